// @ts-check
// Ed25519 (RFC 8032 5.1.7) for browsers that lack it, with noble's arithmetic and the verdict of all others.
//
// noble's own `verify` multiplies by the cofactor, as RFC 8032 allows: it takes signatures whose R has a point of small
// order added, which whoever has the key can make, and which OpenSSL and WebCrypto refuse. Here R is computed anew and
// its bytes are compared, as they do.

import { concat, equal } from './bytes.js'

/**
 * @typedef {typeof import('../vendor/noble-ed25519/index.js').Point} Points
 * @typedef {(message: Uint8Array) => Promise<Uint8Array>} Sha512
 */

const ORDER = 2n ** 252n + 27742317777372353535851937790883648493n
const POINT_SIZE = 32

/**
 * Check a signature under a key that `checkPublic` has accepted: R = S·B − k·A, byte for byte.
 * @param {Points} points
 * @param {Sha512} sha512
 * @param {Uint8Array} signature 64 bytes
 * @param {Uint8Array} message
 * @param {Uint8Array} publicKey
 */
export async function holds(points, sha512, signature, message, publicKey) {
  const r = signature.subarray(0, POINT_SIZE)
  const s = littleEndian(signature.subarray(POINT_SIZE))
  if (s >= ORDER) return false
  const k = littleEndian(await sha512(concat([r, publicKey, message]))) % ORDER
  const key = points.fromBytes(publicKey)
  const expected = points.BASE.multiply(s, false).subtract(key.multiply(k, false))
  return equal(expected.toBytes(), r)
}

/** @param {Uint8Array} bytes */
const littleEndian = (bytes) => bytes.reduceRight((sum, byte) => (sum << 8n) | BigInt(byte), 0n)
