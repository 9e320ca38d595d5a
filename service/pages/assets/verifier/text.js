// @ts-check
// What the QR holds: `https://<host>/1#<digits>`, and the digits that stand for bytes. Blocks of 17 bytes are 41
// digits; a last block of 1–16 bytes takes the fewest digits that hold it. No two texts stand for the same bytes.

import { Refusal } from './refusal.js'
import { SHARED } from './shared.js'

export const VERSION = '1'
const MAX_DIGITS = SHARED.limits.code_digits
const MAX_HOST = SHARED.limits.host_characters
const DIGITS = [0, 3, 5, 8, 10, 13, 15, 17, 20, 22, 25, 27, 29, 32, 34, 37, 39, 41] // for 0…17 bytes
const BLOCK_DIGITS = 41
const TEXT = /^https:\/\/([^/?#]*)\/([0-9]{1,3})#([\s\S]+)$/
const HOST = /^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*(?::[1-9][0-9]{0,4})?$/

/**
 * Take a credential's text apart. The host is not signed: it counts only if the key document names it.
 *
 * Throws `text-malformed`, `text-version`, `host-malformed` or `digits-*`.
 * @param {string} text
 * @returns {{host: string, envelope: Uint8Array}}
 */
export function parseText(text) {
  const match = TEXT.exec(text)
  if (match === null) throw new Refusal('text-malformed')
  const [, host, version, digits] = match
  if (version !== VERSION) throw new Refusal('text-version')
  if (host.length > MAX_HOST || !HOST.test(host)) throw new Refusal('host-malformed')
  return { host, envelope: bytesOf(digits) }
}

/**
 * Read digits as bytes. Throws `digits-too-many`, `digits-malformed`, `digits-length` or `digits-overflow`.
 * @param {string} digits
 * @returns {Uint8Array}
 */
export function bytesOf(digits) {
  if (digits.length > MAX_DIGITS) throw new Refusal('digits-too-many')
  if (!/^[0-9]*$/.test(digits)) throw new Refusal('digits-malformed')
  /** @type {number[]} */
  const bytes = []
  for (let at = 0; at < digits.length; at += BLOCK_DIGITS) {
    bytes.push(...bytesOfBlock(digits.slice(at, at + BLOCK_DIGITS)))
  }
  return Uint8Array.from(bytes)
}

/** @param {string} digits */
function bytesOfBlock(digits) {
  const size = DIGITS.indexOf(digits.length)
  if (size < 0) throw new Refusal('digits-length')
  const written = BigInt(digits).toString(16).padStart(2 * size, '0')
  if (written.length > 2 * size) throw new Refusal('digits-overflow')
  return Array.from({ length: size }, (_, i) => parseInt(written.slice(2 * i, 2 * i + 2), 16))
}
