// @ts-check
// Who has come, on the way to the service: each is handed in until it is confirmed, and counted there once.

import { gate } from './gate.js'
import { arrivalsOf, confirmArrivals } from './rollcallstore.js'
import { uploadArrivals } from './service.js'
import { renewSession } from './standing.js'

/**
 * @typedef {import('./rollcallstore.js').Arrival} Arrival
 * @typedef {import('./service.js').Refused} Refused
 */

export const GRACE_MS = 8000 // in which what was ticked by mistake can still be taken back
const AT_ONCE = 200
const UNPROCESSABLE = 422

/** @type {Map<number, Refused>} why the service has not taken what waits for an assessment */
export const refusals = new Map()
/** @type {Set<string>} what is on its way now, and cannot be taken back any more */
export const flying = new Set()
let isBusy = false

/** Return whether arrivals are on their way. */
export const isHandingInArrivals = () => isBusy

/**
 * Hand in who has come, as whoever is signed in; what is refused stays, and is not offered again by itself.
 * @param {number} [grace] milliseconds in which somebody can still be taken back
 * @returns {Promise<boolean>} whether anything has changed
 */
export async function handInArrivals(grace = GRACE_MS) {
  const user = gate.session === null ? null : gate.session.user
  if (isBusy || user === null) return false
  isBusy = true
  try {
    let hasChanged = false
    const ripe = (await arrivalsOf(user.name)).filter((one) => Date.now() - Date.parse(one.came_at) >= grace)
    for (const assessment of new Set(ripe.map((one) => one.assessment))) {
      const own = ripe.filter((one) => one.assessment === assessment)
      for (let at = 0; at < own.length && !refusals.has(assessment); at += AT_ONCE) {
        if (!(await handIn(assessment, own.slice(at, at + AT_ONCE), user.name))) return hasChanged
        hasChanged = true
      }
    }
    return hasChanged
  } finally {
    isBusy = false
  }
}

/**
 * @param {number} assessment
 * @param {Arrival[]} arrivals
 * @param {string} by
 * @returns {Promise<boolean>} whether the service has answered
 */
async function handIn(assessment, arrivals, by) {
  const nonces = arrivals.map((one) => one.nonce)
  for (const nonce of nonces) flying.add(nonce)
  try {
    const answer = gate.session && (await uploadArrivals(assessment, arrivals.map(entryOf), gate.session))
    if (answer === null) {
      await renewSession()
      return false
    }
    if ('taken' in answer) {
      await confirmArrivals({ ...answer.taken, by }, nonces)
      return true
    }
    // The service takes all or none: one that it cannot take does not keep the others.
    if (answer.refused.status !== UNPROCESSABLE || arrivals.length === 1) refusals.set(assessment, answer.refused)
    else for (const one of arrivals) if (!(await handIn(assessment, [one], by))) return false
    return true
  } finally {
    for (const nonce of nonces) flying.delete(nonce)
  }
}

/**
 * What is handed in of an arrival: no more than the service asks for.
 * @param {Arrival} arrival
 * @returns {import('./rollcallstore.js').Entry}
 */
function entryOf({ assessment: _assessment, by: _by, shown: _shown, holder: _holder, ...entry }) {
  return entry
}
