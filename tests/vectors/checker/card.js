// A card's text, from the first character to the last claim.

import { concat, decode } from './cbor.js'
import { Refused, hex, open, signedBy } from './cose.js'

const TAILS = [0, 3, 5, 8, 10, 13, 15, 17, 20, 22, 25, 27, 29, 32, 34, 37, 39]
const TEXT = /^https:\/\/([a-z0-9.-]{1,32}|[a-z0-9.-]{1,30}:[1-9][0-9]{0,4})\/1#([0-9]{1,2500})$/
const NUMBER = /^(R[0-9]{4}|[HYS][0-9]{8}|([0-9]{6})[123])(?!0000)[0-9]{4}$/
const DAY = 86_400_000
const LAST_DAY = Date.UTC(9999, 11, 31) / DAY

const insist = (condition, stage) => {
  if (!condition) throw new Refused(stage)
}

export function bytesOf(digits) {
  insist(digits.length <= 2500 && /^[0-9]*$/.test(digits), 'text')
  const blocks = []
  for (let at = 0; at < digits.length; at += 41) {
    const block = digits.slice(at, at + 41)
    const size = block.length === 41 ? 17 : TAILS.indexOf(block.length)
    insist(size > 0, 'text')
    const number = BigInt(block)
    insist(number < 1n << BigInt(8 * size), 'text')
    blocks.push(Buffer.from(number.toString(16).padStart(2 * size, '0'), 'hex'))
  }
  return concat(...blocks)
}

export function check(text, { hosts, keys, aad }) {
  const match = TEXT.exec(text)
  insist(match !== null && !text.endsWith('\n'), 'text')
  const labels = match[1].replace(/:.*/, '').split('.')
  insist(match[1].length <= 32 && labels.every((label) => /^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/.test(label)), 'text')
  const message = open(bytesOf(match[2]), [], new TextEncoder().encode(aad))
  insist(message.headers.size === 2 && message.headers.get(4).length === 4, 'envelope')
  const key = signedBy(keys.filter((candidate) => candidate.purpose === 'card/1'), message)
  const claims = claimsOf(message.payload)
  insist(claims.issued_on <= key.signs_until, 'date')
  insist(hosts.includes(match[1]), 'host')
  return { claims, key: key.name, payload: hex(message.payload) }
}

function claimsOf(payload) {
  try {
    return readClaims(decode(payload))
  } catch {
    throw new Refused('claims')
  }
}

function readClaims(map) {
  const ok = (condition) => insist(condition, 'claims')
  const text = (value, limit) => {
    ok(typeof value === 'string' && value.normalize('NFC') === value)
    ok(value.length > 0 && Buffer.byteLength(value) <= limit)
    return value
  }
  ok(map instanceof Map)
  for (const key of map.keys()) ok(Number.isInteger(key) && key >= -9 && key <= -1)
  const number = map.get(-1)
  ok(typeof number === 'string' && NUMBER.test(number) && !number.endsWith('\n'))
  const isAssessor = /^[0-9]/.test(number)

  ok(map.has(-3) === isAssessor)
  const occupations = map.get(-3) ?? []
  ok(Array.isArray(occupations) && (!isAssessor || occupations.length === 1 || occupations.length === 2))
  for (const one of occupations) {
    if (typeof one === 'number') ok(one >= 1_000_000 && one < 9_000_000)
    else text(one, 60)
  }

  const copy = map.get(-4)
  ok(copy instanceof Uint8Array && copy.length === 8)

  const status = map.get(-5)
  ok(Array.isArray(status) && status.length === 2 && status.every(Number.isInteger))
  ok(status[0] >= 1 && status[0] < 2 ** 32 && status[1] >= 0 && status[1] < 131_072)

  const [issued, expires] = [map.get(-6), map.get(-7)]
  ok(Number.isInteger(issued) && Number.isInteger(expires))
  ok(issued >= 0 && issued <= LAST_DAY && issued <= expires && expires <= threeYearsAfter(issued))

  ok(!(map.has(-8) && isAssessor))
  const portrait = map.get(-9)
  if (map.has(-9)) ok(isPortrait(portrait))
  return {
    number,
    name: text(map.get(-2), 60),
    occupations,
    copy_id: hex(copy),
    status_list: status[0],
    status_index: status[1],
    issued_on: iso(issued),
    expires_on: iso(expires),
    work_unit: map.has(-8) ? text(map.get(-8), 90) : null,
    portrait: portrait === undefined ? null : hex(portrait),
  }
}

const iso = (days) => new Date(days * DAY).toISOString().slice(0, 10)

function threeYearsAfter(days) {
  const from = new Date(days * DAY)
  const to = new Date(Date.UTC(from.getUTCFullYear() + 3, from.getUTCMonth(), from.getUTCDate()))
  if (to.getUTCMonth() !== from.getUTCMonth()) to.setUTCDate(0) // 29 February: the last day of February
  return to.getTime() / DAY
}

// RFC 6386 9.1: a shown key frame of 48×64, unscaled.
function isPortrait(bytes) {
  if (!(bytes instanceof Uint8Array) || bytes.length < 10 || bytes.length > 400 || bytes.length % 2) return false
  const tag = bytes[0] | (bytes[1] << 8) | (bytes[2] << 16)
  const isShownKeyFrame = (tag & 1) === 0 && ((tag >> 4) & 1) === 1 && ((tag >> 1) & 7) <= 3
  return isShownKeyFrame && tag >> 5 <= bytes.length - 10 && hex(bytes.subarray(3, 10)) === '9d012a30004000'
}
