// @ts-check
// COSE_Sign1 (RFC 9052 4.2) in the two forms there are, read as bytes: nothing is parsed as CBOR before its signature
// holds, and whatever has another form is refused before any cryptography.

import { bytesOfText, concat, equal, hasAt } from './bytes.js'
import { encode } from './cbor.js'
import { Refusal } from './refusal.js'

/**
 * A message taken apart: the key identifier, what is signed over, and the payload.
 * @typedef {{kid: Uint8Array, payload: Uint8Array, signature: Uint8Array, message: Uint8Array}} Signed
 */

export const KID_SIZE = 4
const SIGNATURE_SIZE = 64
const ALGORITHM = 1 // RFC 9052 3.1, label "alg"
const EDDSA = -8
const KEY_ID = 4 // RFC 9052 3.1, label "kid"
const KEY_ID_AT = 4 // in a protected header: after the map's head, 01 27 and 04
const CARD_PROTECTED = [0xa2, 0x01, 0x27, 0x04, 0x44]
const CARD_HEAD = [0x84, 0x40 | (CARD_PROTECTED.length + KID_SIZE), ...CARD_PROTECTED]
const TAGGED_ARRAY = [0xd2, 0x84]
const CONTEXT = concat([Uint8Array.of(0x84, 0x6a), bytesOfText('Signature1')])

/**
 * Read the envelope of a card: `84 49 a201270444‖kid a0 ‖ payload ‖ 5840‖signature`. Throws `envelope-malformed`.
 * @param {Uint8Array} data
 * @param {Uint8Array} aad
 * @returns {Signed}
 */
export function openEnvelope(data, aad) {
  if (!hasAt(data, CARD_HEAD)) throw malformed('not a signed card of version 1')
  const end = CARD_HEAD.length + KID_SIZE
  const { payload, signature } = contentAndSignature(data, end)
  return signed(data.subarray(2, end), data.subarray(CARD_HEAD.length, end), payload, signature, aad)
}

/**
 * Read a published document: `d2 84 ‖ protected ‖ a0 ‖ payload ‖ 5840‖signature`. Throws `envelope-malformed`.
 * @param {Uint8Array} data
 * @param {Uint8Array} aad
 * @param {ReadonlyArray<[number, string]>} headers what the header holds beside algorithm and key identifier
 * @returns {Signed}
 */
export function openTagged(data, aad, headers) {
  if (!hasAt(data, TAGGED_ARRAY)) throw malformed('not a COSE_Sign1 message with tag 18')
  const header = readBstr(data, TAGGED_ARRAY.length)
  const { payload, signature } = contentAndSignature(data, header.end)
  const kid = readBstr(header.content, KEY_ID_AT).content
  /** @type {[number, unknown][]} */
  const expected = [[ALGORITHM, EDDSA], [KEY_ID, kid], ...headers]
  if (!equal(header.content, encode(new Map(expected)))) throw malformed('another protected header')
  return signed(header.content, kid, payload, signature, aad)
}

/**
 * @param {Uint8Array} header
 * @param {Uint8Array} kid
 * @param {Uint8Array} payload
 * @param {Uint8Array} signature
 * @param {Uint8Array} aad
 * @returns {Signed}
 */
function signed(header, kid, payload, signature, aad) {
  // Sig_structure (RFC 9052 4.4): the aad names the use, so that a signature for one never counts for another.
  const message = concat([CONTEXT, encode(header), encode(aad), encode(payload)])
  return { kid, payload, signature, message }
}

/**
 * Read what follows the protected header, up to the last byte.
 * @param {Uint8Array} data
 * @param {number} at
 */
function contentAndSignature(data, at) {
  if (data[at] !== 0xa0) throw malformed('an unprotected header')
  const { content: payload, end } = readBstr(data, at + 1)
  const start = end + 2
  if (!hasAt(data, [0x58, SIGNATURE_SIZE], end) || data.length !== start + SIGNATURE_SIZE) {
    throw malformed('not 64 bytes of signature at the end')
  }
  return { payload, signature: data.subarray(start) }
}

/**
 * Read a byte string with its shortest length header (RFC 8949 4.2.1).
 * @param {Uint8Array} data
 * @param {number} at
 */
function readBstr(data, at) {
  const head = at < data.length ? data[at] : -1
  let start = at + 1
  let size = head - 0x40
  if (head >= 0x58 && head <= 0x5a) {
    start += 1 << (head - 0x58)
    size = data.subarray(at + 1, start).reduce((sum, byte) => sum * 256 + byte, 0)
    if (size < [24, 2 ** 8, 2 ** 16][head - 0x58]) throw malformed('a length that is not in its shortest form')
  } else if (head < 0x40 || head > 0x57) {
    throw malformed('not a byte string of definite length')
  }
  if (start + size > data.length) throw malformed('cut off')
  return { content: data.subarray(start, start + size), end: start + size }
}

/** @param {string} what */
const malformed = (what) => new Refusal('envelope-malformed', what)
