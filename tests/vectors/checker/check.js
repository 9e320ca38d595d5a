// Checks every vector beside this folder and prints what it found as JSON: one entry a vector, `ok` for one that was
// accepted and says what the vector says, else the stage that refused it. The status lists are also read by
// @owf/token-status-list, an implementation of the draft by others.

import { readFileSync } from 'node:fs'
import { isDeepStrictEqual } from 'node:util'
import { StatusListCwt } from '@owf/token-status-list'
import { bytesOf, check } from './card.js'
import { Refused, hex, isGoodKey, kidOf, unhex } from './cose.js'
import { checkDocument, checkList } from './lists.js'

const load = (name) => JSON.parse(readFileSync(new URL(`../${name}`, import.meta.url), 'utf-8'))
const outcome = (run) => {
  try {
    return run() ? 'ok' : 'differs'
  } catch (error) {
    if (error instanceof Refused) return error.stage
    throw error
  }
}
const each = (vectors, run) => Object.fromEntries(vectors.map((vector) => [vector.name, outcome(() => run(vector))]))

const digits = load('digits.json')
const cards = load('cards.json')
const lists = load('status-lists.json')
const documents = load('key-documents.json')

const readCard = (vector) => {
  const { claims, key, payload } = check(vector.text, cards)
  return isDeepStrictEqual(claims, vector.claims) && key === vector.key && payload === vector.payload
}

const sameStatuses = (vector, statusAt) =>
  Object.entries(vector.statuses).every(([index, status]) => statusAt(Number(index)) === status)

const readList = (vector) => {
  const list = checkList(unhex(vector.token), vector.number, lists.keys)
  const fields = ['subject', 'issued_at', 'expires_at', 'ttl', 'key_document_version']
  let highest = 131_071
  while (highest >= 0 && list.status(highest) === 15) highest -= 1
  return (
    sameStatuses(vector, list.status) &&
    highest === vector.highest_index &&
    fields.every((field) => list[field] === vector[field])
  )
}

const readListByOthers = (vector) => {
  const { payload, protectedHeaders } = StatusListCwt.fromToken(unhex(vector.token))
  return (
    sameStatuses(vector, (index) => payload.statusList.getStatus(index)) &&
    payload.statusList.getBitsPerStatus() === 4 &&
    payload.statusList.statusList.length === 131_072 &&
    payload.subject === vector.subject &&
    payload.issuedAt.getTime() === vector.issued_at * 1000 &&
    payload.expirationTime.getTime() === vector.expires_at * 1000 &&
    payload.timeToLive === vector.ttl &&
    protectedHeaders.headers.get(16) === 'application/statuslist+cwt'
  )
}

const readDocument = (vector) => {
  const { content, fingerprint } = checkDocument(unhex(vector.document), documents.aad, vector.pin)
  return (
    vector.content !== undefined &&
    isDeepStrictEqual(content, vector.content) &&
    (vector.pin === null || [vector.pin.root, vector.pin.next_root].includes(fingerprint))
  )
}

const kids = cards.keys.filter((key) => key.purpose === 'card/1').map((key) => kidOf(unhex(key.public)))

const results = {
  'digits.json valid': { all: digits.valid.every((v) => hex(bytesOf(v.digits)) === v.bytes) ? 'ok' : 'differs' },
  'digits.json refused': each(digits.refused, (vector) => bytesOf(vector.digits)),
  'cards.json valid': each(cards.valid, readCard),
  'cards.json refused': each(cards.refused, readCard),
  'cards.json refused_keys': each(cards.refused_keys, (vector) => {
    if (!isGoodKey(unhex(vector.public))) throw new Refused('key')
    return true
  }),
  'cards.json keys': {
    good: cards.keys.every((key) => isGoodKey(unhex(key.public))) ? 'ok' : 'differs',
    'two share an identifier': new Set(kids).size === kids.length - 1 ? 'ok' : 'differs',
  },
  'status-lists.json valid': each(lists.valid, readList),
  'status-lists.json refused': each(lists.refused, readList),
  'status-lists.json valid, by @owf/token-status-list': each(lists.valid, readListByOthers),
  'key-documents.json valid': each(documents.valid, readDocument),
  'key-documents.json refused': each(documents.refused, readDocument),
}
process.stdout.write(JSON.stringify(results, null, 1) + '\n')
