// @ts-check
// What a credential says of its card: a deterministic CBOR map, key by key, once its signature holds. The checks and
// their order are those of the server's `credential.claims`, so that both give the same code.

import { bytesOfText, equal } from './bytes.js'
import { CborError, decode, encode } from './cbor.js'
import { LAST_DAY, lastValidDay } from './dates.js'
import { isCardNumber } from './number.js'
import { checkBitstream } from './portrait.js'
import { Refusal } from './refusal.js'
import { SHARED } from './shared.js'
import { LIST_SIZE } from './statuslist.js'

/**
 * Dates are days since 1970-01-01, civil dates in Asia/Shanghai, both inclusive; a job type is a code or a name.
 * @typedef {{
 *   number: string, name: string, occupations: (number | string)[], copyId: Uint8Array, statusList: number,
 *   statusIndex: number, issuedOn: number, expiresOn: number, workUnit: string | null, portrait: Uint8Array | null
 * }} Claims
 */

export const CARD_AAD = bytesOfText('zhengka/card/1')

const [NUMBER, NAME, OCCUPATIONS, COPY_ID, STATUS, ISSUED_ON, EXPIRES_ON, WORK_UNIT, PORTRAIT] = [
  -1, -2, -3, -4, -5, -6, -7, -8, -9,
]
const MAX_NAME_BYTES = SHARED.limits.name_bytes
const MAX_OCCUPATION_BYTES = SHARED.limits.occupation_bytes
const MAX_WORK_UNIT_BYTES = SHARED.limits.work_unit_bytes
const COPY_ID_BYTES = SHARED.limits.copy_id_bytes
const MAX_OCCUPATIONS = SHARED.limits.occupations // 考§9
const FIRST_CODE = SHARED.limits.first_occupation_code // 1-00-00-00
const LAST_CODE = SHARED.limits.last_occupation_code // the classification has eight major groups

/**
 * Read a payload whose signature holds. Throws `claims-*`, `claim-*` or `portrait-*`.
 * @param {Uint8Array} payload
 * @returns {Claims}
 */
export function decodeClaims(payload) {
  const content = load(payload)
  const number = take(content, NUMBER, isText)
  if (!isCardNumber(number)) throw new Refusal('claim-number')
  const name = received(take(content, NAME, isText))
  const occupations = content.has(OCCUPATIONS) ? take(content, OCCUPATIONS, isList).map(occupation) : []
  const copyId = take(content, COPY_ID, isBytes)
  const status = take(content, STATUS, isList)
  if (status.length !== 2 || !status.every(isInteger)) throw new Refusal('claim-type')
  const [issuedOn, expiresOn] = [day(take(content, ISSUED_ON, isInteger)), day(take(content, EXPIRES_ON, isInteger))]
  const claims = {
    number,
    name,
    occupations,
    copyId,
    statusList: /** @type {number} */ (status[0]),
    statusIndex: /** @type {number} */ (status[1]),
    issuedOn,
    expiresOn,
    workUnit: content.has(WORK_UNIT) ? received(take(content, WORK_UNIT, isText)) : null,
    portrait: content.has(PORTRAIT) ? take(content, PORTRAIT, isBytes) : null,
  }
  check(claims)
  if (!equal(encodeClaims(claims), payload)) throw new Refusal('claims-not-canonical')
  return claims
}

/**
 * Write the national code of a numeric claim: 6310103 → 6-31-01-03.
 * @param {number} claim
 */
export const occupationCode = (claim) => String(claim).replace(/^(.)(..)(..)(..)$/, '$1-$2-$3-$4')

/**
 * @param {Claims} claims
 * @returns {Uint8Array}
 */
function encodeClaims(claims) {
  /** @type {Map<number, unknown>} */
  const content = new Map()
  content.set(NUMBER, claims.number).set(NAME, claims.name).set(COPY_ID, claims.copyId)
  content.set(STATUS, [claims.statusList, claims.statusIndex])
  content.set(ISSUED_ON, claims.issuedOn).set(EXPIRES_ON, claims.expiresOn)
  if (claims.occupations.length) content.set(OCCUPATIONS, claims.occupations)
  if (claims.workUnit !== null) content.set(WORK_UNIT, claims.workUnit)
  if (claims.portrait !== null) content.set(PORTRAIT, claims.portrait)
  return encode(content)
}

/**
 * @param {Uint8Array} payload
 * @returns {Map<unknown, unknown>}
 */
function load(payload) {
  let content
  try {
    content = decode(payload, 4)
  } catch (error) {
    if (error instanceof CborError) throw new Refusal('claims-malformed', error.message)
    throw error
  }
  if (!(content instanceof Map)) throw new Refusal('claims-malformed')
  for (const key of content.keys()) {
    if (!Number.isInteger(key) || Number(key) < PORTRAIT || Number(key) > NUMBER) throw new Refusal('claim-unknown')
  }
  return content
}

/**
 * @template T
 * @param {Map<unknown, unknown>} content
 * @param {number} key
 * @param {(value: unknown) => value is T} isRight
 * @returns {T}
 */
function take(content, key, isRight) {
  if (!content.has(key)) throw new Refusal('claim-missing')
  const value = content.get(key)
  if (!isRight(value)) throw new Refusal('claim-type')
  return value
}

/** @type {(value: unknown) => value is string} */
const isText = (value) => typeof value === 'string'
/** @type {(value: unknown) => value is Uint8Array} */
const isBytes = (value) => value instanceof Uint8Array
/** @type {(value: unknown) => value is unknown[]} */
const isList = (value) => Array.isArray(value)
/** @type {(value: unknown) => value is number | bigint} */
const isInteger = (value) => typeof value === 'number' || typeof value === 'bigint'

/**
 * Refuse what the signer would have normalised: two spellings of one name would be two credentials.
 * @param {string} text
 */
function received(text) {
  if (text.normalize('NFC') !== text) throw new Refusal('claim-not-nfc')
  return text
}

/**
 * @param {unknown} item
 * @returns {number | string}
 */
function occupation(item) {
  if (isText(item)) return received(item)
  if (!isInteger(item)) throw new Refusal('claim-type')
  return Number(item)
}

/** @param {number | bigint} days */
function day(days) {
  if (days < 0 || days > LAST_DAY) throw new Refusal('claim-dates')
  return Number(days)
}

/** @param {Claims} claims */
function check(claims) {
  checkLength(claims.name, MAX_NAME_BYTES)
  for (const one of claims.occupations) {
    if (typeof one === 'string') checkLength(one, MAX_OCCUPATION_BYTES)
    else if (one < FIRST_CODE || one > LAST_CODE) throw new Refusal('claim-occupations')
  }
  if (claims.workUnit !== null) checkLength(claims.workUnit, MAX_WORK_UNIT_BYTES)
  if (claims.copyId.length !== COPY_ID_BYTES) throw new Refusal('claim-length')
  const isAssessor = /^[0-9]/.test(claims.number)
  const [fewest, most] = isAssessor ? [1, MAX_OCCUPATIONS] : [0, 0]
  if (claims.occupations.length < fewest || claims.occupations.length > most) throw new Refusal('claim-occupations')
  if (isAssessor && claims.workUnit !== null) throw new Refusal('claim-work-unit')
  const { statusList, statusIndex } = claims
  if (statusList < 1 || statusList >= 2 ** 32 || statusIndex < 0 || statusIndex >= LIST_SIZE) {
    throw new Refusal('claim-status')
  }
  const latest = lastValidDay(claims.issuedOn)
  if (latest === null || claims.expiresOn < claims.issuedOn || claims.expiresOn > latest) {
    throw new Refusal('claim-dates')
  }
  if (claims.portrait !== null) checkBitstream(claims.portrait)
}

/**
 * @param {string} text
 * @param {number} limit
 */
function checkLength(text, limit) {
  const size = bytesOfText(text).length
  if (size === 0 || size > limit) throw new Refusal('claim-length')
}
