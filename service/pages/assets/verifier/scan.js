// @ts-check
// Reads and checks a credential's text with public keys alone: the part of a check that needs no status.

import { CARD_AAD, decodeClaims } from './claims.js'
import { Refusal } from './refusal.js'
import { parseText } from './text.js'
import { viewOfClaims } from './view.js'

/**
 * @typedef {import('./claims.js').Claims} Claims
 * @typedef {import('./keydocument.js').KeyDocument} KeyDocument
 * @typedef {import('./keyring.js').Keyring} Keyring
 * @typedef {import('./verdict.js').Scan} Scan
 * @typedef {import('./view.js').Naming} Naming
 */

const FOREIGN_HOST = 'foreign-host'

/**
 * Check a QR code's text, whatever it holds; `claims` only where the signature holds.
 *
 * 1. the text is a credential's, digit for digit; 2. its address is one that the key document names; 3. its envelope
 * has the one form; 4. a known key signed it; 5. only then its claims are parsed.
 * @param {string} text
 * @param {KeyDocument} document
 * @param {Keyring} ring
 * @param {Naming} naming
 * @returns {Promise<{scan: Scan, claims: Claims | null}>}
 */
export async function scanText(text, document, ring, naming) {
  let stage = 'unreadable'
  try {
    const { host, envelope } = parseText(text) // 1
    const { payload, key } = await ring.verifyEnvelope(envelope, 'card/1', CARD_AAD) // 3, 4
    stage = 'forged'
    if (!document.hosts.includes(host)) throw new Refusal(FOREIGN_HOST) // 2: only good digits are called foreign
    const claims = decodeClaims(payload) // 5: signed by a key of ours and still no card, somebody else holds the key
    const view = viewOfClaims(claims, naming)
    return { scan: { kind: 'genuine', view, statusIndex: claims.statusIndex, key }, claims }
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    return { scan: failed(stage, error.code), claims: null }
  }
}

/**
 * @param {string} stage
 * @param {string} code
 * @returns {Scan}
 */
function failed(stage, code) {
  if (code === 'unknown-key') return { kind: 'unknown-key' }
  return { kind: stage === 'forged' || code === 'signature-invalid' ? 'forged' : 'unreadable', code }
}
