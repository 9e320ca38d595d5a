// Status list tokens and key documents.

import { inflateSync } from 'node:zlib'
import { decode } from './cbor.js'
import { Refused, hex, isGoodKey, open, sha256, signedBy } from './cose.js'

const SIZE = 65_536
const DAY = 86_400_000
const TAG_18 = [0xd2]

const insist = (condition, stage = 'payload') => {
  if (!condition) throw new Refused(stage)
}
const keysOf = (map) => JSON.stringify([...map.keys()])
const iso = (days) => new Date(days * DAY).toISOString().slice(0, 10)
const asPayload = (read) => {
  try {
    return read()
  } catch {
    throw new Refused('payload')
  }
}

export function checkList(token, number, keys) {
  const message = open(token, TAG_18, [])
  insist(keysOf(message.headers) === '[1,4,16]' && message.headers.get(4).length === 4, 'envelope')
  insist(message.headers.get(16) === 'application/statuslist+cwt', 'envelope')
  signedBy(keys.filter((key) => key.purpose === 'status'), message)
  return asPayload(() => {
    const claims = decode(message.payload)
    insist(claims instanceof Map && keysOf(claims) === '[2,4,6,65533,65534,-65537]')
    for (const key of [4, 6, 65534, -65537]) insist(Number.isInteger(claims.get(key)) && claims.get(key) > 0)
    insist(claims.get(4) > claims.get(6))
    const subject = /^(https:\/\/[^/?#]+\/status-lists)\/([1-9][0-9]*)$/.exec(claims.get(2))
    insist(subject !== null && subject[2] === String(number))
    const list = claims.get(65533)
    insist(keysOf(list) === '["lst","bits","aggregation_uri"]' && list.get('bits') === 4)
    insist(list.get('aggregation_uri') === subject[1])
    const { buffer: entries, engine } = inflateSync(list.get('lst'), { maxOutputLength: SIZE, info: true })
    insist(entries.length === SIZE && engine.bytesWritten === list.get('lst').length)
    return {
      subject: claims.get(2),
      issued_at: claims.get(6),
      expires_at: claims.get(4),
      ttl: claims.get(65534),
      key_document_version: claims.get(-65537),
      status: (index) => (entries[index >> 1] >> (4 * (index & 1))) & 15,
    }
  })
}

export function checkDocument(bytes, aad, pin) {
  const message = open(bytes, TAG_18, new TextEncoder().encode(aad))
  const root = message.headers.get(4)
  insist(message.headers.size === 2 && isGoodKey(root), 'envelope')
  const fingerprint = hex(sha256(root))
  insist(pin === null || fingerprint === pin.root || fingerprint === pin.next_root, 'root')
  insist(message.holds(root), 'signature')
  const content = asPayload(() => readDocument(decode(message.payload)))
  insist(pin === null || content.version >= pin.version, 'older')
  return { content, fingerprint }
}

function readDocument(map) {
  insist(keysOf(map) === '["keys","hosts","issued","version","next_root","valid_until"]')
  const uint = (value) => {
    insist(Number.isInteger(value) && value >= 0)
    return value
  }
  const [version, issued, until] = ['version', 'issued', 'valid_until'].map((key) => uint(map.get(key)))
  insist(version >= 1 && issued < until)
  const hosts = map.get('hosts')
  insist(Array.isArray(hosts) && hosts.length > 0 && hosts.every((host) => typeof host === 'string' && host !== ''))
  const keys = map.get('keys').map((entry) => {
    const [purpose, key, from, to, state] = entry
    insist(entry.length === 5 && ['card/1', 'status', 'head'].includes(purpose))
    insist(['next', 'active', 'retired', 'compromised'].includes(state) && isGoodKey(key))
    insist(uint(from) <= uint(to))
    return [purpose, hex(key), iso(from), iso(to), state]
  })
  insist(new Set(keys.map((key) => key[1])).size === keys.length)
  const next = map.get('next_root')
  insist(next === null || isGoodKey(next))
  return { version, issued, valid_until: until, hosts, keys, next_root: next === null ? null : hex(next) }
}
