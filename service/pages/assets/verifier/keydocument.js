// @ts-check
// The key document: public keys, hosts and validity, signed by a root key that is kept off the server. Its key
// identifier is the root's whole public key, so that it is compared with the pinned fingerprint before anything else.

import { bytesOfText, equal } from './bytes.js'
import { CborError, decode, encode } from './cbor.js'
import { openTagged } from './cose.js'
import { verify } from './crypto.js'
import { checkPublic } from './curve.js'
import { FIRST_DAY, LAST_DAY } from './dates.js'
import { checkDistinct, fingerprint } from './keyring.js'
import { Refusal } from './refusal.js'
import { SHARED } from './shared.js'

/**
 * A public key as others know it; dates are days since 1970-01-01, both inclusive.
 * @typedef {{purpose: string, publicKey: Uint8Array, signsFrom: number, signsUntil: number, state: string}} KeyRecord
 *
 * Instants are seconds since 1970-01-01 UTC.
 * @typedef {{
 *   version: number, issued: number, validUntil: number, hosts: string[], keys: KeyRecord[],
 *   nextRoot: Uint8Array | null
 * }} KeyDocument
 *
 * What is remembered for good: fingerprints of the root and its announced successor, highest version.
 * @typedef {{root: string, nextRoot: string | null, version: number}} Pin
 */

const AAD = bytesOfText('zhengka/keys/1')
const PURPOSES = ['card/1', 'status', 'head']
const STATES = ['next', 'active', 'retired', 'compromised']
const MAX_INSTANT = SHARED.limits.instant

/**
 * Check a key document and say what to remember from now on.
 *
 * 1. the form, and that the key identifier is an acceptable root key; 2. that root is the pinned one, or the successor
 * it announced; without a pin the first seen is taken, and the caller warns; 3. the signature; 4. the payload, in its
 * one encoding; 5. the version is not lower than the highest accepted so far.
 *
 * Once a successor has signed, the pin moves to it and the old root counts no more. Throws `envelope-malformed`,
 * `root-not-pinned`, `signature-invalid`, `key-document-malformed` or `key-document-older`.
 * @param {Uint8Array} data
 * @param {Pin | null} pin
 * @returns {Promise<{document: KeyDocument, pin: Pin}>}
 */
export async function openDocument(data, pin) {
  const { kid: root, payload, signature, message } = openTagged(data, AAD, []) // 1
  refusedAs('envelope-malformed', () => checkPublic(root))
  const print = await fingerprint(root)
  if (pin !== null && print !== pin.root && print !== pin.nextRoot) throw new Refusal('root-not-pinned') // 2
  if (!(await verify(signature, message, root))) throw new Refusal('signature-invalid') // 3
  const document = read(payload) // 4
  if (pin !== null && document.version < pin.version) throw new Refusal('key-document-older') // 5
  const nextRoot = document.nextRoot === null ? null : await fingerprint(document.nextRoot)
  return { document, pin: { root: print, nextRoot, version: document.version } }
}

/**
 * @param {Uint8Array} payload
 * @returns {KeyDocument}
 */
function read(payload) {
  const content = load(payload)
  insist(content instanceof Map)
  const map = /** @type {Map<unknown, unknown>} */ (content)
  const nextRoot = map.get('next_root')
  const document = {
    version: integer(map.get('version')),
    issued: integer(map.get('issued')),
    validUntil: integer(map.get('valid_until')),
    hosts: list(map.get('hosts')).map(text),
    keys: list(map.get('keys')).map((entry) => record(list(entry))),
    nextRoot: nextRoot === null ? null : bytes(nextRoot),
  }
  const { version, issued, validUntil, hosts } = document
  insist(version >= 1 && 0 <= issued && issued < validUntil && validUntil <= MAX_INSTANT)
  insist(hosts.length > 0 && hosts.every((host) => host !== ''))
  refusedAs('key-document-malformed', () => {
    checkDistinct(document.keys)
    for (const key of document.keys) checkPublic(key.publicKey)
    if (document.nextRoot !== null) checkPublic(document.nextRoot)
  })
  insist(equal(write(document), payload)) // every other encoding, and every unknown entry
  return document
}

/** @param {Uint8Array} payload */
function load(payload) {
  try {
    return decode(payload, 4)
  } catch (error) {
    if (error instanceof CborError) throw malformed()
    throw error
  }
}

/**
 * @param {unknown[]} entry
 * @returns {KeyRecord}
 */
function record(entry) {
  insist(entry.length === 5)
  const [purpose, publicKey, signsFrom, signsUntil, state] = entry
  const key = {
    purpose: text(purpose),
    publicKey: bytes(publicKey),
    signsFrom: integer(signsFrom),
    signsUntil: integer(signsUntil),
    state: text(state),
  }
  insist(PURPOSES.includes(key.purpose) && STATES.includes(key.state))
  insist(FIRST_DAY <= key.signsFrom && key.signsFrom <= key.signsUntil && key.signsUntil <= LAST_DAY)
  return key
}

/** @param {KeyDocument} document */
function write(document) {
  const keys = document.keys.map((key) => [key.purpose, key.publicKey, key.signsFrom, key.signsUntil, key.state])
  /** @type {[string, unknown][]} */
  const content = [
    ['version', document.version],
    ['issued', document.issued],
    ['valid_until', document.validUntil],
    ['hosts', document.hosts],
    ['keys', keys],
    ['next_root', document.nextRoot],
  ]
  return encode(new Map(content))
}

/**
 * Let a key that must not be taken be refused by another code.
 * @param {string} code
 * @param {() => void} checks
 */
function refusedAs(code, checks) {
  try {
    checks()
  } catch (error) {
    throw error instanceof Refusal ? new Refusal(code, error.message) : error
  }
}

/**
 * @param {boolean} condition
 * @returns {asserts condition}
 */
function insist(condition) {
  if (!condition) throw malformed()
}

/** @param {unknown} value */
function integer(value) {
  if (typeof value !== 'number') throw malformed()
  return value
}

/** @param {unknown} value */
function text(value) {
  if (typeof value !== 'string') throw malformed()
  return value
}

/** @param {unknown} value */
function bytes(value) {
  if (!(value instanceof Uint8Array)) throw malformed()
  return value
}

/**
 * @param {unknown} value
 * @returns {unknown[]}
 */
function list(value) {
  if (!Array.isArray(value)) throw malformed()
  return value
}

const malformed = () => new Refusal('key-document-malformed')
