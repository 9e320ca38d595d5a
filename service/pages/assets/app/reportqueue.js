// @ts-check
// Reports of cards on their way to the service: each is handed in until it has a receipt, and taken there once.

import { gate } from './gate.js'
import { isWaiting, keepReport, reportsOf } from './reportstore.js'
import { uploadReport } from './service.js'

/** @typedef {import('./reportstore.js').Report} Report */

let isBusy = false
let notBefore = 0 // of Date.now: the service wants no more of them until then

/** Return whether reports are on their way. */
export const isHandingInReports = () => isBusy

/**
 * Hand in what whoever uses this device has reported. A report keeps its key, so that one whose receipt was lost on the
 * way gets the same again.
 * @returns {Promise<Report[]>} those that have a receipt since, or were refused
 */
export async function handInReports() {
  if (isBusy || Date.now() < notBefore) return []
  isBusy = true
  /** @type {Report[]} */
  const answered = []
  try {
    const waiting = (await reportsOf(gate.user)).filter(isWaiting)
    for (const one of waiting) {
      const answer = await uploadReport(one)
      if ('later' in answer) {
        notBefore = Date.now() + answer.later * 1000
        break
      }
      const taken = { ...one, ...answer, ...('receipt' in answer ? { front: null, back: null } : {}) }
      await keepReport(taken)
      answered.push(taken)
    }
  } finally {
    isBusy = false
  }
  return answered
}
