// @ts-check
// Which 32 bytes are an acceptable Ed25519 public key (RFC 8032 5.1). Browsers load all of those refused here without
// complaint: under a key of small order anyone can sign, and other encodings of one point give one key two identifiers.

import { Refusal } from './refusal.js'

export const PUBLIC_SIZE = 32

const P = 2n ** 255n - 19n
const D = (((-121665n * inverse(121666n)) % P) + P) % P
const ORDER_8_Y = 0x05fc536d880238b13933c6d305acdfd5f098eff289f4c345b027b2c28f95e826n
// The eight points whose order divides the cofactor, by y alone: each y stands for both signs of x.
const SMALL_ORDER_Y = new Set([1n, P - 1n, 0n, ORDER_8_Y, P - ORDER_8_Y])

/**
 * Refuse bytes that must never be taken as a public key. Throws `bad-key`.
 * @param {Uint8Array} key
 */
export function checkPublic(key) {
  if (key.length !== PUBLIC_SIZE) throw new Refusal('bad-key', 'not 32 bytes')
  const y = littleEndian(key) & (2n ** 255n - 1n)
  if (y >= P) throw new Refusal('bad-key', 'not the canonical encoding of a point')
  if (SMALL_ORDER_Y.has(y)) throw new Refusal('bad-key', 'a point of small order')
  const y2 = (y * y) % P
  const x2 = ((y2 - 1n + P) * inverse(D * y2 + 1n)) % P // RFC 8032 5.1.3 step 2; d·y² is never -1
  if (power(x2, (P - 1n) / 2n) !== 1n) throw new Refusal('bad-key', 'no point of the curve')
}

/** @param {Uint8Array} bytes */
const littleEndian = (bytes) => bytes.reduceRight((sum, byte) => (sum << 8n) | BigInt(byte), 0n)

/** @param {bigint} value */
function inverse(value) {
  return power(value, P - 2n)
}

/**
 * @param {bigint} base
 * @param {bigint} exponent
 */
function power(base, exponent) {
  let result = 1n
  let square = base % P
  for (let rest = exponent; rest > 0n; rest >>= 1n) {
    if (rest & 1n) result = (result * square) % P
    square = (square * square) % P
  }
  return result
}
