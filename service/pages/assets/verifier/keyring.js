// @ts-check
// Public keys with their purpose and dates, and the checking of signatures against them.

import { equal, hex } from './bytes.js'
import { KID_SIZE, openEnvelope, openTagged } from './cose.js'
import { sha256, verify } from './crypto.js'
import { Refusal } from './refusal.js'

/**
 * @typedef {import('./keydocument.js').KeyRecord} KeyRecord
 * @typedef {import('./cose.js').Signed} Signed
 */

/** The public keys a verifier knows, by purpose and key identifier. */
export class Keyring {
  /** @param {ReadonlyArray<readonly [string, KeyRecord]>} named */
  constructor(named) {
    /** @type {Map<string, KeyRecord[]>} */
    this.keys = new Map()
    for (const [place, record] of named) this.keys.set(place, [...(this.keys.get(place) || []), record])
  }

  /**
   * @param {ReadonlyArray<KeyRecord>} records
   * @returns {Promise<Keyring>}
   */
  static async of(records) {
    const kids = await Promise.all(records.map((record) => kidOf(record.publicKey)))
    return new Keyring(records.map((record, i) => [placeOf(record.purpose, kids[i]), record]))
  }

  /**
   * Check a card's envelope against every key of the purpose that has its key identifier, and no other.
   *
   * Throws `envelope-malformed`, `unknown-key` (none has it) or `signature-invalid` (those that have it did not sign).
   * @param {Uint8Array} envelope
   * @param {string} purpose
   * @param {Uint8Array} aad
   */
  verifyEnvelope(envelope, purpose, aad) {
    return this.verify(openEnvelope(envelope, aad), purpose)
  }

  /**
   * Check a published document likewise.
   * @param {Uint8Array} data
   * @param {string} purpose
   * @param {Uint8Array} aad
   * @param {ReadonlyArray<[number, string]>} headers
   */
  verifyTagged(data, purpose, aad, headers) {
    return this.verify(openTagged(data, aad, headers), purpose)
  }

  /**
   * @param {Signed} signed
   * @param {string} purpose
   * @returns {Promise<{payload: Uint8Array, key: KeyRecord}>}
   */
  async verify({ kid, payload, signature, message }, purpose) {
    const candidates = this.keys.get(placeOf(purpose, kid))
    if (candidates === undefined) throw new Refusal('unknown-key')
    for (const key of candidates) if (await verify(signature, message, key.publicKey)) return { payload, key }
    throw new Refusal('signature-invalid')
  }
}

/**
 * Refuse a key that stands twice, whether for two purposes or for one. Throws `bad-key`.
 * @param {ReadonlyArray<KeyRecord>} records
 */
export function checkDistinct(records) {
  records.forEach((record, i) => {
    if (records.slice(0, i).some((other) => equal(other.publicKey, record.publicKey))) throw new Refusal('bad-key')
  })
}

/**
 * Name a public key by its SHA-256, 64 lower-case hexadecimal digits: what root keys are pinned by.
 * @param {Uint8Array} publicKey
 */
export const fingerprint = async (publicKey) => hex(await sha256(publicKey))

/** @param {Uint8Array} publicKey */
const kidOf = async (publicKey) => (await sha256(publicKey)).subarray(0, KID_SIZE)

/**
 * @param {string} purpose
 * @param {Uint8Array} kid
 */
const placeOf = (purpose, kid) => `${purpose} ${hex(kid)}`
