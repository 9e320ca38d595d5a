// @ts-check
// What a roll-call keeps on the device: the day's assessments as the service gave them, and who has come since. Whoever
// signs in next on this device neither sees them nor hands them in.

import { ARRIVALS, ASSESSMENTS, run } from './store.js'

/**
 * An assessment, and for whom it was fetched.
 * @typedef {import('./service.js').CalledAssessment & {by: string}} Kept
 *
 * Somebody who has come, in one role: `person` of the plan, or the number of a card, or a name. `shown` and `holder`
 * are what the card says; they are for the list on this device and are not handed in.
 * @typedef {{
 *   nonce: string, came_at: string, role: import('../verifier/assessmentmodel.js').Role, person: string | null,
 *   number: string | null, copy: string | null, name: string | null, verdict: string | null,
 *   is_holder: boolean | null, declared: 'clear' | 'ties' | null, offline: boolean
 * }} Entry
 * @typedef {Entry & {
 *   assessment: number, by: string, shown: import('../verifier/assessmentmodel.js').ShownCard | null, holder: string
 * }} Arrival
 */

/** @param {string} by @returns {Promise<Kept[]>} */
export async function keptAssessments(by) {
  const found = await run([ASSESSMENTS], 'readonly', (t) => t.objectStore(ASSESSMENTS).getAll())
  const all = /** @type {Kept[]} */ (found || [])
  return all.filter((kept) => kept.by === by)
}

/** @param {Kept} kept */
export async function keepAssessment(kept) {
  await run([ASSESSMENTS], 'readwrite', (t) => t.objectStore(ASSESSMENTS).put(kept))
}

/** @param {number[]} assessments */
export async function dropAssessments(assessments) {
  await run([ASSESSMENTS], 'readwrite', (t) => {
    for (const assessment of assessments) t.objectStore(ASSESSMENTS).delete(assessment)
  })
}

/** @param {string} by @returns {Promise<Arrival[]>} in the order in which they came */
export async function arrivalsOf(by) {
  const found = await run([ARRIVALS], 'readonly', (t) => t.objectStore(ARRIVALS).getAll())
  const all = /** @type {Arrival[]} */ (found || [])
  return all.filter((one) => one.by === by).sort((one, other) => Date.parse(one.came_at) - Date.parse(other.came_at))
}

/** @returns {Promise<number>} */
export async function arrivalsWaiting() {
  return (await run([ARRIVALS], 'readonly', (t) => t.objectStore(ARRIVALS).count())) || 0
}

/** @param {Arrival} arrival */
export async function keepArrival(arrival) {
  await run([ARRIVALS], 'readwrite', (t) => t.objectStore(ARRIVALS).put(arrival))
}

/** @param {string[]} nonces */
export async function dropArrivals(nonces) {
  await run([ARRIVALS], 'readwrite', (t) => {
    for (const nonce of nonces) t.objectStore(ARRIVALS).delete(nonce)
  })
}

/**
 * Keep an assessment as the service has it now, and let go of the arrivals that it holds: both or neither.
 * @param {Kept} kept
 * @param {string[]} nonces
 */
export async function confirmArrivals(kept, nonces) {
  await run([ASSESSMENTS, ARRIVALS], 'readwrite', (t) => {
    t.objectStore(ASSESSMENTS).put(kept)
    for (const nonce of nonces) t.objectStore(ARRIVALS).delete(nonce)
  })
}
