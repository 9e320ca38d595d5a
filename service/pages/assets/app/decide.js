// @ts-check
// Which of two answers counts, and how an answer looks. Pure.

import { SHARED } from '../verifier/shared.js'

/**
 * @typedef {import('../verifier/verdict.js').VerdictJson} VerdictJson
 * @typedef {{verdict: VerdictJson, source: 'online' | 'offline'}} Answer
 */

/** From the worst to the best, as the words take precedence. */
export const WORDS = Object.keys(SHARED.verdicts)

/** What a card never comes back from. */
const KNOWN_BAD = ['revoked', 'voided', 'replaced', 'superseded']

/**
 * Choose between what this device found and what the service said.
 *
 * The service knows the register and decides, with two exceptions: what this device has found to be forged is never
 * shown as anything better, whoever says so; and where a register that was restored does not know how a card stands,
 * what this device has seen published before still holds.
 * @param {VerdictJson | null} local
 * @param {VerdictJson | null} online
 * @returns {Answer | null}
 */
export function choose(local, online) {
  if (online === null) return local === null ? null : { verdict: local, source: 'offline' }
  const forgedHere = local !== null && local.verdict === 'forged'
  const knownHere = local !== null && online.verdict === 'status_unknown' && KNOWN_BAD.includes(local.verdict)
  if ((forgedHere && online.verdict !== 'forged') || knownHere) return { verdict: local, source: 'offline' }
  return { verdict: online, source: 'online' }
}

/**
 * Tell whether a later answer is worse than the one that is shown.
 * @param {VerdictJson} later
 * @param {VerdictJson} shown
 */
export function isWorse(later, shown) {
  return rank(later) < rank(shown)
}

/**
 * Choose the look of a verdict; a valid card that is not for the duty asked about is not shown as good.
 * @param {VerdictJson} verdict
 */
export function lookOf(verdict) {
  if (verdict.verdict !== 'valid') return verdict.verdict
  const fit = verdict.fit_for_duty === null ? null : verdict.fit_for_duty.answer
  if (fit === 'no') return 'valid_unfit'
  if (verdict.tone === 'amber') return fit === 'unknown' ? 'valid_unsure' : 'valid_stale'
  return 'valid'
}

/** @param {VerdictJson} verdict */
function rank(verdict) {
  const fit = verdict.fit_for_duty === null ? null : verdict.fit_for_duty.answer
  return 2 * WORDS.indexOf(verdict.verdict) + (verdict.verdict === 'valid' && fit === 'no' ? 0 : 1)
}
