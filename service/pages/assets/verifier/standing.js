// @ts-check
// What a key vouches for, by its state and its days, and which of two keys of a purpose came later (`keys.standing`).

import { equal } from './bytes.js'
import { Refusal } from './refusal.js'

/** @typedef {import('./keydocument.js').KeyRecord} KeyRecord */

const UNKNOWN_PLACE = -1 // of a key that the key document does not name: before all others

/**
 * Refuse what a key has signed where its state or its days are against it: a stolen key vouches for nothing, whatever
 * the date inside. Throws `key-compromised`, `key-not-in-use` or `key-out-of-use`.
 * @param {KeyRecord} key
 * @param {number | null} signedOn day in Shanghai, in days since 1970-01-01; null for what bears no date
 */
export function checkVouches({ state, signsFrom, signsUntil }, signedOn) {
  if (state === 'compromised') throw new Refusal('key-compromised')
  if (state === 'next') throw new Refusal('key-not-in-use')
  const isOnItsDays = signedOn === null ? state !== 'retired' : signsFrom <= signedOn && signedOn <= signsUntil
  if (!isOnItsDays) throw new Refusal('key-out-of-use')
}

/**
 * A key's position in a key document, in which a later key of a purpose stands behind an earlier one.
 * @param {Uint8Array | null} publicKey
 * @param {ReadonlyArray<KeyRecord>} records
 */
export function placeOf(publicKey, records) {
  const isIt = (/** @type {KeyRecord} */ record) => publicKey !== null && equal(record.publicKey, publicKey)
  const place = records.findIndex(isIt)
  return place === -1 ? UNKNOWN_PLACE : place
}

/**
 * The key that is taken to have signed on a day where it was not noted: the newest that may have.
 * @param {ReadonlyArray<KeyRecord>} records
 * @param {string} purpose
 * @param {number} signedOn
 * @returns {Uint8Array | null}
 */
export function presumedSigner(records, purpose, signedOn) {
  const begun = records.filter((record) => record.purpose === purpose && record.state !== 'next')
  const candidates = begun.filter((record) => record.signsFrom <= signedOn)
  const chosen = candidates.length > 0 ? candidates[candidates.length - 1] : begun[0]
  return chosen === undefined ? null : chosen.publicKey
}
