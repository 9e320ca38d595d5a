// COSE_Sign1 (RFC 9052 4.2 and 4.4) with Ed25519, checked by noble under the rules of RFC 8032 and not of ZIP 215.

import { createHash } from 'node:crypto'
import { ed25519 } from '@noble/curves/ed25519.js'
import { Malformed, bstr, concat, decode, readBstr, take } from './cbor.js'

export class Refused extends Error {
  constructor(stage) {
    super(stage)
    this.stage = stage
  }
}

export const hex = (bytes) => Buffer.from(bytes).toString('hex')
export const unhex = (text) => Uint8Array.from(Buffer.from(text, 'hex'))
export const sha256 = (bytes) => createHash('sha256').update(bytes).digest()
export const kidOf = (publicKey) => hex(sha256(publicKey).subarray(0, 4))

export function isGoodKey(publicKey) {
  try {
    return publicKey.length === 32 && !ed25519.Point.fromBytes(publicKey, false).isSmallOrder()
  } catch {
    return false
  }
}

// Gives [protected header as a map, payload, holds(publicKey)]. `tag` is the leading bytes of the form.
export function open(bytes, tag, aad) {
  try {
    const reader = { bytes, at: 0 }
    if (hex(take(reader, tag.length)) !== hex(tag)) throw new Malformed('another form')
    if (take(reader, 1)[0] !== 0x84) throw new Malformed('not an array of four')
    const header = readBstr(reader)
    if (take(reader, 1)[0] !== 0xa0) throw new Malformed('an unprotected header')
    const payload = readBstr(reader)
    const signature = readBstr(reader)
    if (signature.length !== 64 || reader.at !== bytes.length) throw new Malformed('another signature')
    const headers = decode(header)
    if (!(headers instanceof Map) || headers.get(1) !== -8) throw new Malformed('another algorithm')
    if (!(headers.get(4) instanceof Uint8Array)) throw new Malformed('no key identifier')
    const context = new TextEncoder().encode('Signature1')
    const message = concat([0x84, 0x60 | context.length], context, bstr(header), bstr(aad), bstr(payload))
    const holds = (publicKey) => ed25519.verify(signature, message, publicKey, { zip215: false })
    return { headers, payload, holds }
  } catch (error) {
    if (error instanceof Refused) throw error
    throw new Refused('envelope')
  }
}

export function signedBy(keys, { headers, holds }) {
  const candidates = keys.filter((key) => kidOf(unhex(key.public)) === hex(headers.get(4)))
  if (candidates.length === 0) throw new Refused('key')
  const key = candidates.find((candidate) => holds(unhex(candidate.public)))
  if (key === undefined) throw new Refused('signature')
  return key
}
