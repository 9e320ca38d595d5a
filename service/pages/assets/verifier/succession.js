// @ts-check
// Which of two status lists is the newer one, and what a checker accepts after what it has seen: lists are ordered by
// the position of their key in the key document, then by iat (`service.domain.succession`).

import { hex, unhex } from './bytes.js'
import { civilDay } from './dates.js'
import { Refusal } from './refusal.js'
import { SHARED } from './shared.js'
import { placeOf, presumedSigner } from './standing.js'

/**
 * @typedef {import('./checker.js').Memory} Memory
 * @typedef {import('./keydocument.js').KeyRecord} KeyRecord
 * @typedef {import('./statuslist.js').StatusList} StatusList
 *
 * An accepted list: its key and that key's position, and its iat in seconds since 1970-01-01 UTC.
 * @typedef {{key: Uint8Array | null, place: number, issuedAt: number}} SeenList
 */

const MAX_AHEAD = SHARED.limits.status_list_ahead_s // seconds

/** What was accepted, by list number. */
export class Seen {
  /**
   * Read what is remembered. An earlier version kept no keys: such a list counts as signed by the newest of its day.
   * @param {Memory} memory
   * @param {ReadonlyArray<KeyRecord>} records
   */
  constructor({ highest_iat: iats, signed_by: signers = {} }, records) {
    this.records = records
    /** @type {Map<number, SeenList>} */
    this.lists = new Map()
    for (const [number, issuedAt] of Object.entries(iats)) {
      const noted = signers[number]
      const key = noted === undefined ? presumedSigner(records, 'status', civilDay(issuedAt * 1000)) : unhex(noted)
      this.note(Number(number), key, issuedAt)
    }
  }

  /**
   * @param {number} number
   * @param {Uint8Array | null} key
   * @param {number} issuedAt
   */
  note(number, key, issuedAt) {
    this.lists.set(number, { key, place: placeOf(key, this.records), issuedAt })
  }

  /** Position of the newest key that signed an accepted list. */
  get newestPlace() {
    return Math.max(-Infinity, ...Array.from(this.lists.values(), ({ place }) => place))
  }

  /** Highest iat of an accepted list, those of former keys left aside: a newer key mends a date in the future. */
  get highestIssuedAt() {
    const newest = this.newestPlace
    const last = Array.from(this.lists.values()).filter(({ place }) => place === newest)
    return Math.max(-Infinity, ...last.map(({ issuedAt }) => issuedAt))
  }

  /**
   * Refuse a list older than one seen before, or signed more than 10 minutes ahead of the clock: without this an
   * attacker replays the list from before a revocation. Once a list by a newer key was accepted, none by an older one
   * is, whatever its number. Throws `status-list-former-key`, `-older` or `-from-the-future`.
   * @param {StatusList} list
   * @param {Uint8Array} key that has signed it
   * @param {number} now the clock, in seconds since 1970-01-01 UTC
   */
  check(list, key, now) {
    const place = placeOf(key, this.records)
    if (place < this.newestPlace) throw new Refusal('status-list-former-key')
    const before = this.lists.get(list.number)
    if (before !== undefined && before.place === place && list.issuedAt < before.issuedAt) {
      throw new Refusal('status-list-older')
    }
    if (list.issuedAt > now + MAX_AHEAD) throw new Refusal('status-list-from-the-future')
  }

  /**
   * Tell whether the list of a number was signed by a former key.
   * @param {number} number
   */
  isFormer(number) {
    const seen = this.lists.get(number)
    return seen !== undefined && seen.place < this.newestPlace
  }

  /** @returns {Pick<Memory, 'highest_iat' | 'signed_by'>} */
  get memory() {
    const lists = Array.from(this.lists)
    /** @type {[number, string][]} */
    const keys = lists.flatMap(([number, { key }]) => (key === null ? [] : [[number, hex(key)]]))
    return {
      highest_iat: Object.fromEntries(lists.map(([number, { issuedAt }]) => [number, issuedAt])),
      signed_by: Object.fromEntries(keys),
    }
  }
}
