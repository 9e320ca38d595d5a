// @ts-check
// Reports of cards that are made at this device: each with its photographs until the service has it, then with its
// receipt until that was read.

import { REPORTS, run } from './store.js'

/**
 * A photograph as it is kept: small enough, and as bytes, for not every browser keeps files.
 * @typedef {{type: string, bytes: ArrayBuffer}} Photo
 *
 * `by` is who was signed in here, '' for nobody; `receipt` is '' until the service has given it; `refused` is why it
 * has not taken the report, which then waits for whoever made it.
 * @typedef {{
 *   nonce: string, by: string, number: string, verdict: string, place: string, seen_on: string, seen_time: string,
 *   note: string, front: Photo | null, back: Photo | null, receipt: string, refused: {zh: string, en: string} | null
 * }} Report
 */

/** @param {string} by @returns {Promise<Report[]>} what was reported by somebody, or by nobody who was signed in */
export async function reportsOf(by) {
  const all = /** @type {Report[]} */ ((await run([REPORTS], 'readonly', (t) => t.objectStore(REPORTS).getAll())) || [])
  return all.filter((one) => one.by === by || one.by === '')
}

/** @param {Report} one whether the service is still to be asked to take it */
export const isWaiting = (one) => one.receipt === '' && one.refused === null

/** @returns {Promise<number>} how many the service is still to be handed */
export async function reportsWaiting() {
  const all = /** @type {Report[]} */ ((await run([REPORTS], 'readonly', (t) => t.objectStore(REPORTS).getAll())) || [])
  return all.filter(isWaiting).length
}

/** @param {Report} report */
export async function keepReport(report) {
  await run([REPORTS], 'readwrite', (t) => t.objectStore(REPORTS).put(report))
}

/** @param {string} nonce */
export async function dropReport(nonce) {
  await run([REPORTS], 'readwrite', (t) => t.objectStore(REPORTS).delete(nonce))
}
