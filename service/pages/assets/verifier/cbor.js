// @ts-check
// CBOR (RFC 8949): a reader as lenient as any, and a writer of the one deterministic form. What the formats accept is
// decided by writing again what was read and comparing: so doubled keys, other key orders, longer integers, indefinite
// lengths and bytes after the end are refused without being looked for.

import { bytesOfText, compare, concat } from './bytes.js'

/** Not CBOR. */
export class CborError extends Error {}

/** A number with a floating point, kept apart from integers: 20780.0 is not 20780. */
export class Float {
  /** @param {number} value */
  constructor(value) {
    this.value = value
  }
}

/** A tagged or simple value that no format here has. */
export class Foreign {}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
const BREAK = Symbol('break')
const INDEFINITE = -1

/**
 * Read one item that fills all bytes but trailing ones, which the comparison after re-encoding finds.
 *
 * Integers become numbers, or bigint beyond 2^53; byte strings Uint8Array; maps Map. Raises CborError.
 * @param {Uint8Array} bytes
 * @param {number} maxDepth how many containers may stand in each other
 * @returns {unknown}
 */
export function decode(bytes, maxDepth) {
  const value = new Reader(bytes, maxDepth).item(0)
  if (value === BREAK) throw new CborError('a break where an item was expected')
  return value
}

class Reader {
  /**
   * @param {Uint8Array} bytes
   * @param {number} maxDepth
   */
  constructor(bytes, maxDepth) {
    this.bytes = bytes
    this.maxDepth = maxDepth
    this.at = 0
  }

  /** @param {number} size */
  take(size) {
    if (size > this.bytes.length - this.at) throw new CborError('cut off')
    this.at += size
    return this.bytes.subarray(this.at - size, this.at)
  }

  /**
   * Read the argument of an item's head (RFC 8949 3).
   * @param {number} info
   * @returns {number | bigint}
   */
  argument(info) {
    if (info < 24) return info
    if (info > 27) throw new CborError('reserved head')
    let value = 0n
    for (const byte of this.take(1 << (info - 24))) value = (value << 8n) | BigInt(byte)
    return narrow(value)
  }

  /**
   * @param {number} info
   * @returns {number} a length, or INDEFINITE
   */
  size(info) {
    return info === 31 ? INDEFINITE : Number(this.argument(info))
  }

  /**
   * @param {number} depth
   * @returns {unknown}
   */
  item(depth) {
    const [head] = this.take(1)
    const info = head & 0x1f
    switch (head >> 5) {
      case 0:
        return this.argument(info)
      case 1:
        return narrow(-1n - BigInt(this.argument(info)))
      case 2:
        return this.chunks(info, 2, concat)
      case 3:
        return this.chunks(info, 3, (parts) => parts.map(textOf).join(''))
      case 4:
        return this.array(this.size(info), this.deeper(depth))
      case 5:
        return this.map(this.size(info), this.deeper(depth))
      case 6:
        return this.tagged(this.argument(info), this.deeper(depth))
      default:
        return this.simple(info)
    }
  }

  /** @param {number} depth */
  deeper(depth) {
    if (depth >= this.maxDepth) throw new CborError('nested too deeply')
    return depth + 1
  }

  /**
   * Read a string, whole or in chunks of definite length (RFC 8949 3.2.3).
   * @template T
   * @param {number} info
   * @param {number} major
   * @param {(parts: Uint8Array[]) => T} join
   * @returns {T}
   */
  chunks(info, major, join) {
    const size = this.size(info)
    if (size !== INDEFINITE) return join([this.take(size)])
    const parts = []
    for (let [head] = this.take(1); head !== 0xff; [head] = this.take(1)) {
      if (head >> 5 !== major) throw new CborError('another item inside a string')
      parts.push(this.take(Number(this.argument(head & 0x1f))))
    }
    return join(parts)
  }

  /**
   * @param {number} size
   * @param {number} depth
   */
  array(size, depth) {
    const items = []
    for (let i = 0; size === INDEFINITE || i < size; i++) {
      const item = this.item(depth)
      if (item === BREAK && size === INDEFINITE) break
      items.push(whole(item))
    }
    return items
  }

  /**
   * @param {number} size
   * @param {number} depth
   */
  map(size, depth) {
    const entries = new Map()
    for (let i = 0; size === INDEFINITE || i < size; i++) {
      const key = this.item(depth)
      if (key === BREAK && size === INDEFINITE) break
      entries.set(keyOf(whole(key)), whole(this.item(depth)))
    }
    return entries
  }

  /**
   * Read a tagged item: bignums (tags 2 and 3) are integers, everything else is foreign.
   * @param {number | bigint} tag
   * @param {number} depth
   */
  tagged(tag, depth) {
    const content = whole(this.item(depth))
    if (!(content instanceof Uint8Array) || (tag !== 2 && tag !== 3)) return new Foreign()
    const value = content.reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n)
    return narrow(tag === 2 ? value : -1n - value)
  }

  /** @param {number} info */
  simple(info) {
    if (info === 20 || info === 21) return info === 21
    if (info === 22) return null
    if (info === 31) return BREAK
    if (info === 24 && this.take(1)[0] < 32) throw new CborError('not a simple value')
    if (info > 27) throw new CborError('reserved head')
    if (info < 25) return new Foreign()
    const view = this.take(1 << (info - 24))
    const data = new DataView(view.buffer, view.byteOffset, view.length)
    return new Float(info === 25 ? half(data.getUint16(0)) : info === 26 ? data.getFloat32(0) : data.getFloat64(0))
  }
}

/**
 * Write an item in its one form (RFC 8949 4.2): safe integers, text, byte strings, arrays, maps and null.
 * @param {unknown} value
 * @returns {Uint8Array}
 */
export function encode(value) {
  if (value === null) return Uint8Array.of(0xf6)
  if (typeof value === 'number') return value < 0 ? head(1, -1 - value) : head(0, value)
  if (typeof value === 'string') {
    const text = bytesOfText(value)
    return concat([head(3, text.length), text])
  }
  if (value instanceof Uint8Array) return concat([head(2, value.length), value])
  if (Array.isArray(value)) return concat([head(4, value.length), ...value.map(encode)])
  if (!(value instanceof Map)) throw new CborError('nothing that a format here has')
  const entries = Array.from(value, ([key, item]) => [encode(key), encode(item)])
  entries.sort(([one], [other]) => compare(one, other))
  return concat([head(5, entries.length), ...entries.map(concat)])
}

/**
 * @param {number} major
 * @param {number} argument
 */
function head(major, argument) {
  if (argument < 24) return Uint8Array.of((major << 5) | argument)
  const size = argument < 2 ** 8 ? 1 : argument < 2 ** 16 ? 2 : argument < 2 ** 32 ? 4 : 8
  const bytes = new Uint8Array(1 + size)
  bytes[0] = (major << 5) | (24 + Math.log2(size))
  let rest = argument
  for (let at = size; at > 0; at--) {
    bytes[at] = rest % 256
    rest = Math.floor(rest / 256)
  }
  return bytes
}

/** @param {bigint} value */
const narrow = (value) =>
  BigInt(Number.MIN_SAFE_INTEGER) <= value && value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : value

/** @param {unknown} item */
function whole(item) {
  if (item === BREAK) throw new CborError('a break where an item was expected')
  return item
}

/**
 * Take equal numbers for equal keys, as Python does: the comparison after re-encoding tells them apart.
 * @param {unknown} key
 */
const keyOf = (key) => (key instanceof Float ? key.value : typeof key === 'boolean' ? Number(key) : key)

/** @param {Uint8Array} bytes */
function textOf(bytes) {
  try {
    return utf8.decode(bytes)
  } catch {
    throw new CborError('text that is not UTF-8')
  }
}

/**
 * Read a number of half precision (RFC 8949 appendix D).
 * @param {number} bits
 */
function half(bits) {
  const exponent = (bits >> 10) & 0x1f
  const fraction = bits & 0x3ff
  const sign = bits & 0x8000 ? -1 : 1
  if (exponent === 0) return sign * fraction * 2 ** -24
  if (exponent === 31) return fraction ? NaN : sign * Infinity
  return sign * (1024 + fraction) * 2 ** (exponent - 25)
}
