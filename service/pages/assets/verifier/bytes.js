// @ts-check
// Byte strings.

const utf8 = new TextEncoder()

/** @param {string} text */
export const bytesOfText = (text) => utf8.encode(text)

/**
 * @param {ReadonlyArray<Uint8Array>} parts
 * @returns {Uint8Array}
 */
export function concat(parts) {
  const joined = new Uint8Array(parts.reduce((size, part) => size + part.length, 0))
  let at = 0
  for (const part of parts) {
    joined.set(part, at)
    at += part.length
  }
  return joined
}

/**
 * Tell whether `part` stands in `whole` at `at`.
 * @param {Uint8Array} whole
 * @param {ArrayLike<number>} part
 * @param {number} [at]
 */
export function hasAt(whole, part, at = 0) {
  if (at + part.length > whole.length) return false
  for (let i = 0; i < part.length; i++) if (whole[at + i] !== part[i]) return false
  return true
}

/**
 * @param {Uint8Array} one
 * @param {Uint8Array} other
 */
export const equal = (one, other) => one.length === other.length && hasAt(one, other)

/**
 * Order byte strings as deterministic CBOR does: by length, then byte by byte.
 * @param {Uint8Array} one
 * @param {Uint8Array} other
 */
export function compare(one, other) {
  if (one.length !== other.length) return one.length - other.length
  for (let i = 0; i < one.length; i++) if (one[i] !== other[i]) return one[i] - other[i]
  return 0
}

/** @param {Uint8Array} bytes */
export const hex = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')

/** @param {string} text */
export const unhex = (text) => Uint8Array.from(text.match(/../g) || [], (pair) => parseInt(pair, 16))
