// @ts-check
// The facade: opens what has been downloaded, trusting only what is signed, and checks cards with it and nothing else.
// No network, no clock, no storage: bytes, instants and what was accepted before come in as arguments.

import { NAMES_AAD, decodeBundle, decodeNames } from './bundle.js'
import { NO_DUTY } from './fitness.js'
import { openDocument } from './keydocument.js'
import { Keyring } from './keyring.js'
import { noteOf, opening } from './openingwords.js'
import { webpOf } from './portrait.js'
import { Refusal } from './refusal.js'
import { scanText } from './scan.js'
import { checkVouches } from './standing.js'
import { MEDIA_TYPE, decodeList } from './statuslist.js'
import { Seen } from './succession.js'
import { judge } from './verdict.js'
import { CENTRE } from './view.js'
import { hex } from './bytes.js'

export { wordsOfDetail } from './detailwords.js'
export { NO_DUTY, LEVELS } from './fitness.js'
export { VerifierError } from './refusal.js'

/**
 * @typedef {import('./bundle.js').Names} Names
 * @typedef {import('./fitness.js').Duty} Duty
 * @typedef {import('./keydocument.js').KeyDocument} KeyDocument
 * @typedef {import('./keydocument.js').Pin} Pin
 * @typedef {import('./statuslist.js').StatusList} StatusList
 * @typedef {import('./verdict.js').VerdictJson} VerdictJson
 *
 * What a checker keeps for good, whatever else is deleted; JSON. By list number: `highest_iat` of what was accepted,
 * and `signed_by`, the key that signed it, in hexadecimal; an earlier version did not keep the keys.
 * @typedef {{
 *   root: string | null, next_root: string | null, version: number, highest_iat: Readonly<Record<string, number>>,
 *   signed_by?: Readonly<Record<string, string>>
 * }} Memory
 *
 * The parts of a bundle, as they are published one by one. `statusLists` is by list number.
 * @typedef {{keyDocument: Uint8Array, statusLists?: ReadonlyMap<number, Uint8Array>, names?: Uint8Array | null}} Parts
 * @typedef {{code: string, zh: string, en: string}} Note
 * @typedef {{verdict: VerdictJson, portrait: Uint8Array | null, copyId: string | null, number: string | null}} Checked
 */

/** @type {Readonly<Memory>} */
export const EMPTY_MEMORY = { root: null, next_root: null, version: 0, highest_iat: {}, signed_by: {} }

const STATUS = 'status'
const NO_AAD = new Uint8Array(0) // the Token Status List draft has none
const TYPE = 16 // RFC 9596 2, label "typ"
/** @type {ReadonlyArray<[number, string]>} */
const LIST_HEADERS = [[TYPE, MEDIA_TYPE]]
/** @type {Names} */
const NO_NAMES = { centre: '', institutions: new Map(), occupations: new Map() }

/**
 * Open a verifier bundle.
 *
 * A status list that fails is left out and noted: its cards are then `status_unknown`. Throws VerifierError for a file
 * that is no bundle, and for a key document or names that must not be used.
 * @param {Uint8Array} bytes
 * @param {Readonly<Memory>} memory
 * @param {Date} clock
 * @param {string | null} [root] fingerprint that the root key must have
 * @returns {Promise<Checker>}
 */
export async function openBundle(bytes, memory, clock, root = null) {
  const { keyDocument, statusLists, names } = await opening('bundle', () => decodeBundle(bytes))
  const numbered = new Map(statusLists.map((signed, i) => [i + 1, signed]))
  return openParts({ keyDocument, statusLists: numbered, names }, memory, clock, root)
}

/**
 * Open the parts of a bundle: the key document, and what there is of lists and names.
 *
 * 1. the key document, under the pinned root (`root`, or the one remembered, or the first seen); 2. each status list,
 * with a status key that vouches for it, not older than one seen, nor by an older key; 3. the names, with the status
 * key in use. Throws VerifierError like `openBundle`.
 * @param {Parts} parts
 * @param {Readonly<Memory>} memory
 * @param {Date} clock
 * @param {string | null} [root]
 * @returns {Promise<Checker>}
 */
export async function openParts({ keyDocument, statusLists, names }, memory, clock, root = null) {
  const known = pinOf(memory, root)
  const { document, pin } = await opening('document', () => openDocument(keyDocument, known)) // 1
  const seen = new Seen(memory, document.keys)
  const checker = new Checker(document, await Keyring.of(document.keys), pin, seen, known === null)
  for (const [number, signed] of statusLists || []) await checker.takeList(number, signed, clock) // 2
  if (names) await checker.takeNames(names) // 3
  checker.noteExpiry(clock)
  return checker
}

/** An opened bundle, or its key document to which lists are added one by one. */
export class Checker {
  /**
   * @param {KeyDocument} document
   * @param {Keyring} ring
   * @param {Pin} pin
   * @param {Seen} seen
   * @param {boolean} rootIsNew
   */
  constructor(document, ring, pin, seen, rootIsNew) {
    this.document = document
    this.ring = ring
    this.pin = pin
    this.seen = seen
    /** The root was taken on trust: a person should compare its fingerprint, `memory.root`, with the issuer's. */
    this.rootIsNew = rootIsNew
    /** @type {Map<number, StatusList>} */
    this.lists = new Map()
    /** @type {Note[]} what was left out and why, for a person */
    this.notes = []
    this.names = NO_NAMES
  }

  /**
   * What to remember from now on: keep it before the checker is used.
   * @returns {Memory}
   */
  get memory() {
    const { root, nextRoot, version } = this.pin
    return { root, next_root: nextRoot, version, ...this.seen.memory }
  }

  /** The addresses under which genuine cards stand. */
  get hosts() {
    return this.document.hosts
  }

  /** When the oldest list was signed; null without any. */
  get asOf() {
    return this.lists.size === 0 ? null : new Date(1000 * Math.min(...this.values('issuedAt')))
  }

  /** From when on no card can be confirmed any more: the first list or the key document has expired. */
  get expiresAt() {
    return new Date(1000 * Math.min(this.document.validUntil, ...this.values('expiresAt')))
  }

  /**
   * Take a status list under its number; one that must not be used is noted instead. Tells whether it was taken.
   * @param {number} number
   * @param {Uint8Array} signed
   * @param {Date} clock
   * @returns {Promise<boolean>}
   */
  async takeList(number, signed, clock) {
    try {
      const { payload, key } = await this.ring.verifyTagged(signed, STATUS, NO_AAD, LIST_HEADERS)
      const list = decodeList(payload, number)
      checkVouches(key, list.publishedOn)
      this.seen.check(list, key.publicKey, Math.floor(clock.getTime() / 1000))
      this.lists.set(number, list)
      this.seen.note(number, key.publicKey, list.issuedAt)
      this.dropFormer()
      return true
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      this.notes.push(noteOf(error.code, number))
      return false
    }
  }

  /** Let go of lists by a former key, once there is one by a newer: in whatever order they came. */
  dropFormer() {
    for (const number of Array.from(this.lists.keys()).filter((one) => this.seen.isFormer(one))) {
      this.lists.delete(number)
      this.notes.push(noteOf('status-list-former-key', number))
    }
  }

  /**
   * Take the names behind the codes. Throws VerifierError for names that must not be used.
   * @param {Uint8Array} signed
   */
  async takeNames(signed) {
    this.names = await opening('names', async () => {
      const { payload, key } = await this.ring.verifyTagged(signed, STATUS, NAMES_AAD, [])
      checkVouches(key, null)
      return decodeNames(payload)
    })
  }

  /**
   * Note what has expired already.
   * @param {Date} clock
   */
  noteExpiry(clock) {
    const now = this.now(clock)
    for (const [number, list] of this.lists) {
      if (now >= list.expiresAt * 1000) this.notes.push(noteOf('status-list-expired', number))
    }
    if (now > this.document.validUntil * 1000) this.notes.push(noteOf('key-document-expired', 0))
  }

  /**
   * Tell which status list a text's verdict hangs on: its number, once the signature holds; null if none is wanted.
   * @param {string} text
   * @returns {Promise<number | null>}
   */
  async listWanted(text) {
    const { claims } = await this.scan(text)
    return claims === null ? null : claims.statusList
  }

  /**
   * Give the verdict on a QR code's text, as far as what is here can tell.
   *
   * `portrait` is the whole WebP file of the picture inside, `copyId` 16 hexadecimal digits.
   * @param {string} text
   * @param {Date} clock
   * @param {Readonly<Duty>} [duty]
   * @returns {Promise<Checked>}
   */
  async check(text, clock, duty = NO_DUTY) {
    const { scan, claims } = await this.scan(text)
    const list = claims === null ? null : this.lists.get(claims.statusList) || null
    const verdict = judge(scan, list, this.document, this.now(clock), duty)
    if (claims === null) return { verdict, portrait: null, copyId: null, number: null }
    const portrait = claims.portrait === null || verdict.card === null ? null : webpOf(claims.portrait)
    return { verdict, portrait, copyId: hex(claims.copyId), number: claims.number }
  }

  /** @param {string} text */
  scan(text) {
    const { centre, institutions, occupations } = this.names
    return scanText(text, this.document, this.ring, {
      occupation: (code) => occupations.get(code) || null,
      issuer: (code) => (code === CENTRE ? centre || null : orNull(institutions.get(code))),
    })
  }

  /**
   * The time to go by: the clock, but never before the newest list seen. A clock set back brings no card to life.
   * @param {Date} clock
   */
  now(clock) {
    return Math.max(clock.getTime(), this.seen.highestIssuedAt * 1000)
  }

  /** @param {'issuedAt' | 'expiresAt'} field */
  values(field) {
    return Array.from(this.lists.values(), (list) => list[field])
  }
}

/**
 * @param {Readonly<Memory>} memory
 * @param {string | null} root
 * @returns {Pin | null}
 */
function pinOf(memory, root) {
  if (root !== null) {
    const chosen = root.trim().toLowerCase()
    return { root: chosen, nextRoot: null, version: memory.root === chosen ? memory.version : 0 }
  }
  if (memory.root === null) return null
  return { root: memory.root, nextRoot: memory.next_root, version: memory.version }
}

/** @param {string | undefined} text */
const orNull = (text) => (text === undefined ? null : text)
