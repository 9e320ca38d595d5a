// @ts-check
// The verifier bundle: key document, status lists in order of their numbers, and the names behind the codes. Each part
// carries its own signature, so the map needs none.

import { bytesOfText, equal } from './bytes.js'
import { CborError, decode, encode } from './cbor.js'
import { Refusal } from './refusal.js'
import { SHARED } from './shared.js'

/**
 * The signed parts, unopened.
 * @typedef {{keyDocument: Uint8Array, statusLists: Uint8Array[], names: Uint8Array}} Bundle
 *
 * What the codes in a credential stand for: institutions by code, occupations by national code.
 * @typedef {{centre: string, institutions: Map<string, string>, occupations: Map<string, string>}} Names
 */

export const NAMES_AAD = bytesOfText('zhengka/names/1')

const [KEY_DOCUMENT, LISTS, NAMES] = [1, 2, 3]
const MAX_BUNDLE_BYTES = SHARED.limits.bundle_bytes

/**
 * Take a file apart; nothing of it is trusted yet. Throws `bundle-invalid`.
 * @param {Uint8Array} data
 * @returns {Bundle}
 */
export function decodeBundle(data) {
  if (data.length > MAX_BUNDLE_BYTES) throw invalid()
  const content = load(data)
  const [keyDocument, statusLists, names] = [KEY_DOCUMENT, LISTS, NAMES].map((key) => content.get(key))
  const bundle = { keyDocument: bytes(keyDocument), statusLists: list(statusLists).map(bytes), names: bytes(names) }
  /** @type {[number, unknown][]} */
  const parts = [[KEY_DOCUMENT, bundle.keyDocument], [LISTS, bundle.statusLists], [NAMES, bundle.names]]
  if (!equal(encode(new Map(parts)), data)) throw invalid()
  return bundle
}

/**
 * Read names whose signature holds. Throws `bundle-invalid`.
 * @param {Uint8Array} payload
 * @returns {Names}
 */
export function decodeNames(payload) {
  const content = load(payload)
  const names = {
    centre: text(content.get('centre')),
    institutions: texts(content.get('institutions')),
    occupations: texts(content.get('occupations')),
  }
  if (!equal(encode(new Map(Object.entries(names))), payload)) throw invalid()
  return names
}

/**
 * @param {Uint8Array} data
 * @returns {Map<unknown, unknown>}
 */
function load(data) {
  try {
    return mapOf(decode(data, 3))
  } catch (error) {
    if (error instanceof CborError) throw invalid()
    throw error
  }
}

/** @param {unknown} value */
function texts(value) {
  /** @type {Map<string, string>} */
  const found = new Map()
  for (const [key, name] of mapOf(value)) found.set(text(key), text(name))
  return found
}

/**
 * @param {unknown} value
 * @returns {Map<unknown, unknown>}
 */
function mapOf(value) {
  if (!(value instanceof Map)) throw invalid()
  return value
}

/** @param {unknown} value */
function text(value) {
  if (typeof value !== 'string') throw invalid()
  return value
}

/** @param {unknown} value */
function bytes(value) {
  if (!(value instanceof Uint8Array)) throw invalid()
  return value
}

/**
 * @param {unknown} value
 * @returns {unknown[]}
 */
function list(value) {
  if (!Array.isArray(value)) throw invalid()
  return value
}

const invalid = () => new Refusal('bundle-invalid')
