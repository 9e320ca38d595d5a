// @ts-check
// SHA-256 and Ed25519: the browser's own where it has them, else the vendored libraries, loaded only then. WebCrypto is
// missing on pages without HTTPS, and has Ed25519 since Chrome 137, Safari 17 and Firefox 129.

import { bytesOfText, unhex } from './bytes.js'
import { holds } from './ed25519.js'
import { VerifierError } from './refusal.js'

/** @typedef {(signature: Uint8Array, message: Uint8Array, publicKey: Uint8Array) => Promise<boolean>} Verify */

const subtle = globalThis.crypto === undefined ? undefined : globalThis.crypto.subtle

/** @type {Promise<Verify> | undefined} */
let chosen

/**
 * @param {Uint8Array} data
 * @returns {Promise<Uint8Array>}
 */
export async function sha256(data) {
  if (subtle) return new Uint8Array(await subtle.digest('SHA-256', buffer(data)))
  return (await library(() => import('../vendor/noble-hashes/sha2.js'))).sha256(data)
}

/**
 * Check a signature under a key that `checkPublic` has accepted, by the rules of RFC 8032 and not of ZIP 215.
 * @type {Verify}
 */
export async function verify(signature, message, publicKey) {
  chosen = chosen || choose()
  return (await chosen)(signature, message, publicKey)
}

/** @returns {Promise<Verify>} */
async function choose() {
  return subtle && (await works(native)) ? native : loadNoble()
}

/** @type {Verify} */
async function native(signature, message, publicKey) {
  const own = /** @type {SubtleCrypto} */ (subtle)
  const key = await own.importKey('raw', buffer(publicKey), { name: 'Ed25519' }, false, ['verify'])
  return own.verify({ name: 'Ed25519' }, key, buffer(signature), buffer(message))
}

/** @returns {Promise<Verify>} */
async function loadNoble() {
  const { Point } = await library(() => import('../vendor/noble-ed25519/index.js'))
  const sha512 = await sha512Here()
  return (signature, message, publicKey) => holds(Point, sha512, signature, message, publicKey)
}

/** @returns {Promise<import('./ed25519.js').Sha512>} */
async function sha512Here() {
  if (subtle) return async (message) => new Uint8Array(await subtle.digest('SHA-512', buffer(message)))
  const { sha512 } = await library(() => import('../vendor/noble-hashes/sha2.js'))
  return async (message) => sha512(message)
}

/**
 * Try a way of checking on RFC 8032's own example (7.1, test 2) and on a changed message.
 * @param {Verify} way
 */
async function works(way) {
  const publicKey = unhex('3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c')
  const signature = unhex(
    '92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da' +
      '085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00',
  )
  try {
    return (await way(signature, bytesOfText('r'), publicKey)) && !(await way(signature, bytesOfText('s'), publicKey))
  } catch {
    return false
  }
}

/**
 * @template T
 * @param {() => Promise<T>} load
 * @returns {Promise<T>}
 */
async function library(load) {
  try {
    return await load()
  } catch {
    throw new VerifierError(
      'browser-too-old',
      '本浏览器不能在本机核验签名，请更新浏览器，或联网查验',
      'this browser cannot check signatures by itself: update it, or check online',
    )
  }
}

/**
 * Give the bytes a buffer of their own, as WebCrypto's types ask.
 * @param {Uint8Array} bytes
 * @returns {Uint8Array<ArrayBuffer>}
 */
const buffer = (bytes) => Uint8Array.from(bytes)
