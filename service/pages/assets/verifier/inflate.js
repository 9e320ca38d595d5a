// @ts-check
// zlib (RFC 1950) inflated to a size known beforehand and not a byte further: a small file must not fill the memory.
// fflate does it alike in every browser; DecompressionStream tells neither where the data end nor what is wrong.

import { unzlibSync } from '../vendor/fflate/browser.js'

/** What does not inflate: no zlib or a wrong checksum (`malformed`); cut off, too long, more after it (`size`). */
export class InflateError extends Error {
  /** @param {'malformed' | 'size'} kind */
  constructor(kind) {
    super(kind)
    this.kind = kind
  }
}

const CHECKSUM_SIZE = 4
const UNEXPECTED_END = 0 // fflate's code
const BASE = 65521 // RFC 1950 8.2: the largest prime below 65,536

/**
 * @param {Uint8Array} data
 * @param {number} size in bytes
 * @returns {Uint8Array}
 */
export function inflate(data, size) {
  if (data.length > 2 * size) throw new InflateError('size')
  const inflated = attempt(data, size)
  if (inflated.length !== size) throw new InflateError('size')
  const end = holds(data, data.length - 1, size) ? shortest(data, size) : data.length
  const checksum = new DataView(data.buffer, data.byteOffset + end - CHECKSUM_SIZE).getUint32(0)
  if (adler32(inflated) !== checksum) throw new InflateError('malformed')
  if (end !== data.length) throw new InflateError('size')
  return inflated
}

/**
 * @param {Uint8Array} data
 * @param {number} size
 */
function attempt(data, size) {
  try {
    return unzlibSync(data, { out: new Uint8Array(size + 1) }) // what exceeds `out` is dropped, and counts as too long
  } catch (error) {
    const isEnd = /** @type {{code?: number}} */ (error).code === UNEXPECTED_END
    throw new InflateError(isEnd || error instanceof RangeError ? 'size' : 'malformed')
  }
}

/**
 * Find where data end that are followed by more.
 * @param {Uint8Array} data
 * @param {number} size
 */
function shortest(data, size) {
  let [low, high] = [CHECKSUM_SIZE, data.length - 1]
  while (low < high) {
    const middle = (low + high) >> 1
    if (holds(data, middle, size)) high = middle
    else low = middle + 1
  }
  return high
}

/**
 * Tell whether the first `length` bytes hold all there is, a checksum at their end not looked at.
 * @param {Uint8Array} data
 * @param {number} length
 * @param {number} size
 */
function holds(data, length, size) {
  try {
    return attempt(data.subarray(0, length), size).length === size
  } catch {
    return false
  }
}

/** @param {Uint8Array} data */
function adler32(data) {
  let [low, high] = [1, 0]
  for (let at = 0; at < data.length; ) {
    const end = Math.min(at + 3800, data.length) // so many sums stay below 2^31
    for (; at < end; at++) high += low += data[at]
    low %= BASE
    high %= BASE
  }
  return high * 65536 + low
}
