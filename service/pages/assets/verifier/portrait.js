// @ts-check
// The portrait inside a credential: the bitstream of a lossy WebP picture of 48×64 without its container. Nothing goes
// to a browser's decoder that has not passed here: lossless (VP8L) and extended (VP8X) files are other, larger doors.

import { bytesOfText, concat, hasAt } from './bytes.js'
import { Refusal } from './refusal.js'
import { SHARED } from './shared.js'

const WIDTH = SHARED.limits.portrait_width
const HEIGHT = SHARED.limits.portrait_height
const MAX_BYTES = SHARED.limits.portrait_bytes
const RIFF_SIZE = 20
const FRAME_HEAD = SHARED.limits.portrait_frame_head_bytes // RFC 6386 9.1: frame tag 3, start code 3, width 2, height 2

/**
 * Restore the WebP file of a checked bitstream.
 * @param {Uint8Array} bitstream
 * @returns {Uint8Array}
 */
export function webpOf(bitstream) {
  const sizes = new DataView(new ArrayBuffer(8))
  sizes.setUint32(0, bitstream.length + RIFF_SIZE - 8, true)
  sizes.setUint32(4, bitstream.length, true)
  const [whole, chunk] = [new Uint8Array(sizes.buffer, 0, 4), new Uint8Array(sizes.buffer, 4, 4)]
  return concat([bytesOfText('RIFF'), whole, bytesOfText('WEBPVP8 '), chunk, bitstream])
}

/**
 * Refuse anything but one shown VP8 key frame of 48×64 (RFC 6386 9.1 and 19.1). Throws `portrait-*`.
 * @param {Uint8Array} bitstream
 */
export function checkBitstream(bitstream) {
  if (bitstream.length > MAX_BYTES || bitstream.length % 2) throw new Refusal('portrait-size')
  if (bitstream.length < FRAME_HEAD || !hasAt(bitstream, [0x9d, 0x01, 0x2a], 3)) throw new Refusal('portrait-malformed')
  const tag = bitstream[0] | (bitstream[1] << 8) | (bitstream[2] << 16)
  const isShownKeyFrame = (tag & 1) === 0 && ((tag >> 4) & 1) === 1 && ((tag >> 1) & 7) <= 3
  if (!isShownKeyFrame || tag >> 5 > bitstream.length - FRAME_HEAD) throw new Refusal('portrait-malformed')
  // Little-endian sizes; the top two bits scale, and none is allowed.
  if (!hasAt(bitstream, [WIDTH, 0, HEIGHT, 0], 6)) throw new Refusal('portrait-dimensions')
}
