// A reader of deterministic CBOR (RFC 8949 4.2.1) that has only what the formats use: integers, byte strings, text,
// arrays, maps, null. Everything else, and every other encoding of these, throws.

export class Malformed extends Error {}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

export function decode(bytes) {
  const reader = { bytes, at: 0 }
  const value = item(reader, 0)
  if (reader.at !== bytes.length) throw new Malformed('bytes after the end')
  return value
}

export function bstr(content) {
  const n = content.length
  if (n < 24) return concat([0x40 | n], content)
  if (n < 0x100) return concat([0x58, n], content)
  if (n < 0x10000) return concat([0x59, n >> 8, n & 0xff], content)
  return concat([0x5a, n >>> 24, (n >> 16) & 0xff, (n >> 8) & 0xff, n & 0xff], content)
}

export function concat(...parts) {
  return Uint8Array.from(Buffer.concat(parts.map((part) => Uint8Array.from(part))))
}

export function readBstr(reader) {
  const [major, size] = head(reader)
  if (major !== 2) throw new Malformed('expected a byte string')
  return take(reader, size)
}

export function take(reader, size) {
  if (reader.at + size > reader.bytes.length) throw new Malformed('cut off')
  reader.at += size
  return reader.bytes.subarray(reader.at - size, reader.at)
}

function head(reader) {
  const [first] = take(reader, 1)
  const info = first & 0x1f
  if (info < 24) return [first >> 5, info]
  if (info > 27) throw new Malformed('indefinite length or reserved')
  let value = 0n
  for (const byte of take(reader, 1 << (info - 24))) value = (value << 8n) | BigInt(byte)
  if (value < [24n, 0x100n, 0x10000n, 0x100000000n][info - 24]) throw new Malformed('not the shortest form')
  if (value > BigInt(Number.MAX_SAFE_INTEGER)) throw new Malformed('integer too large')
  return [first >> 5, Number(value)]
}

function item(reader, depth) {
  if (depth > 4) throw new Malformed('nested too deeply')
  if (reader.bytes[reader.at] === 0xf6) {
    reader.at += 1
    return null
  }
  const [major, value] = head(reader)
  switch (major) {
    case 0:
      return value
    case 1:
      return -1 - value
    case 2:
      return take(reader, value)
    case 3:
      return utf8.decode(take(reader, value))
    case 4:
      return Array.from({ length: value }, () => item(reader, depth + 1))
    case 5:
      return map(reader, value, depth)
    default:
      throw new Malformed(`major type ${major} has no place here`)
  }
}

function map(reader, size, depth) {
  const entries = new Map()
  let last = null
  for (let i = 0; i < size; i++) {
    const start = reader.at
    const key = item(reader, depth + 1)
    if (typeof key !== 'number' && typeof key !== 'string') throw new Malformed('map key of another type')
    const encoded = Buffer.from(reader.bytes.subarray(start, reader.at))
    if (last !== null && Buffer.compare(last, encoded) >= 0) throw new Malformed('map keys doubled or out of order')
    last = encoded
    entries.set(key, item(reader, depth + 1))
  }
  return entries
}
