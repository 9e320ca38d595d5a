// @ts-check
// The status list: a 4-bit status for each card copy, an IETF Token Status List in CWT form, once its signature holds.

import { equal } from './bytes.js'
import { CborError, decode, encode } from './cbor.js'
import { civilDay } from './dates.js'
import { InflateError, inflate } from './inflate.js'
import { Refusal } from './refusal.js'
import { SHARED } from './shared.js'

export const LIST_SIZE = SHARED.limits.status_list_entries
export const MEDIA_TYPE = 'application/statuslist+cwt'

/** Statuses of one card copy: 0 and 1 as registered, C–F from the application-specific range (draft 7.1). */
export const STATUS = { VALID: 0x0, REVOKED: 0x1, SUPERSEDED: 0xc, REPLACED: 0xd, VOIDED: 0xe, NEVER_ISSUED: 0xf }

const BITS = SHARED.limits.status_bits
const SIZE = (LIST_SIZE * BITS) / 8
const MAX_INSTANT = SHARED.limits.instant // 31 December 9999: the last instant that is a date in every time zone
const SUBJECT = /^https:\/\/([^/?#]+)\/status-lists\/([1-9][0-9]{0,9})$/
const [SUB, EXP, IAT, LIST, TTL, KEY_DOCUMENT] = [2, 4, 6, 65533, 65534, -65537]
const KNOWN = new Set(Object.values(STATUS))

/** One version of a list. Instants are seconds since 1970-01-01 UTC. */
export class StatusList {
  /**
   * @param {{
   *   host: string, number: number, issuedAt: number, expiresAt: number, ttl: number, keyVersion: number
   * }} claims
   * @param {Uint8Array} entries
   */
  constructor(claims, entries) {
    this.host = claims.host
    this.number = claims.number
    this.issuedAt = claims.issuedAt
    this.expiresAt = claims.expiresAt
    this.ttl = claims.ttl
    this.keyVersion = claims.keyVersion
    this.entries = entries
  }

  get aggregationUri() {
    return `https://${this.host}/status-lists`
  }

  get subject() {
    return `${this.aggregationUri}/${this.number}`
  }

  /** Civil date in Asia/Shanghai on which this version was signed, in days since 1970-01-01. */
  get publishedOn() {
    return civilDay(this.issuedAt * 1000)
  }

  /** Highest index that was ever given to a card, -1 for none: what lies beyond is not known to this version. */
  get highestIndex() {
    let used = this.entries.length
    while (used > 0 && this.entries[used - 1] === 0xff) used--
    if (used === 0) return -1
    return 2 * used - (this.entries[used - 1] >> BITS === STATUS.NEVER_ISSUED ? 2 : 1)
  }

  /**
   * Read one entry; null for a value that this version does not know.
   * @param {number} index
   */
  statusAt(index) {
    const value = (this.entries[index >> 1] >> (BITS * (index & 1))) & 0xf
    return KNOWN.has(value) ? value : null
  }
}

/**
 * Read a claims set whose signature holds, which must be that of list `number`. Throws `status-list-*`.
 *
 * Re-encoding must give the same bytes; only the deflated list is taken as it came.
 * @param {Uint8Array} data
 * @param {number} number
 * @returns {StatusList}
 */
export function decodeList(data, number) {
  const claims = mapOf(load(data))
  const compressed = claims.get(LIST) instanceof Map ? mapOf(claims.get(LIST)).get('lst') : null
  const subject = claims.get(SUB)
  if (!(compressed instanceof Uint8Array) || typeof subject !== 'string') throw malformed()
  const match = SUBJECT.exec(subject)
  if (match === null || match[2] !== String(number)) throw new Refusal('status-list-subject', subject)
  const instants = {
    issuedAt: integer(claims.get(IAT)),
    expiresAt: integer(claims.get(EXP)),
    ttl: integer(claims.get(TTL)),
    keyVersion: integer(claims.get(KEY_DOCUMENT)),
  }
  const list = new StatusList({ host: match[1], number, ...instants }, entriesOf(compressed))
  checkInstants(list)
  if (!equal(encodeList(list, compressed), data)) throw new Refusal('status-list-not-canonical')
  return list
}

/** @param {Uint8Array} data */
function load(data) {
  try {
    return decode(data, 3)
  } catch (error) {
    if (error instanceof CborError) throw malformed()
    throw error
  }
}

/** @param {StatusList} list */
function checkInstants({ issuedAt, expiresAt, ttl, keyVersion }) {
  if (issuedAt < 0 || issuedAt >= expiresAt || expiresAt > MAX_INSTANT) throw malformed()
  if (ttl <= 0 || keyVersion < 1) throw malformed()
}

/** @param {Uint8Array} compressed */
function entriesOf(compressed) {
  try {
    return inflate(compressed, SIZE)
  } catch (error) {
    if (error instanceof InflateError) throw new Refusal(`status-list-${error.kind}`)
    throw error
  }
}

/**
 * @param {StatusList} list
 * @param {Uint8Array} compressed
 */
function encodeList(list, compressed) {
  /** @type {[string, unknown][]} */
  const content = [['bits', BITS], ['lst', compressed], ['aggregation_uri', list.aggregationUri]]
  /** @type {[number, unknown][]} */
  const claims = [
    [SUB, list.subject],
    [EXP, list.expiresAt],
    [IAT, list.issuedAt],
    [LIST, new Map(content)],
    [TTL, list.ttl],
    [KEY_DOCUMENT, list.keyVersion],
  ]
  return encode(new Map(claims))
}

/**
 * @param {unknown} value
 * @returns {Map<unknown, unknown>}
 */
function mapOf(value) {
  if (!(value instanceof Map)) throw malformed()
  return value
}

/** @param {unknown} value */
function integer(value) {
  if (typeof value !== 'number') throw malformed()
  return value
}

const malformed = () => new Refusal('status-list-malformed')
