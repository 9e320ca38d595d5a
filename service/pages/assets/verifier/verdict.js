// @ts-check
// The judgement of a check without a register: `service.domain.verdict.judge` on a status list, rule for rule, so that
// the same facts give the same verdict on the server and here. Instants are milliseconds since 1970-01-01 UTC.

import { civilDay, isoDay, isoInstant } from './dates.js'
import { NO_DUTY, fitForDuty, isAboutScope, isAsked } from './fitness.js'
import { SHARED } from './shared.js'
import { STATUS } from './statuslist.js'
import { cardJson } from './view.js'
import { firstWord, summarise } from './words.js'

/**
 * @typedef {import('./fitness.js').Duty} Duty
 * @typedef {import('./fitness.js').Fit} Fit
 * @typedef {import('./fitness.js').Reason} Reason
 * @typedef {import('./keydocument.js').KeyDocument} KeyDocument
 * @typedef {import('./keydocument.js').KeyRecord} KeyRecord
 * @typedef {import('./statuslist.js').StatusList} StatusList
 * @typedef {import('./view.js').CardView} CardView
 * @typedef {import('./words.js').Word} Word
 * @typedef {{name: string, outcome: 'passed' | 'failed' | 'unknown' | 'not_checked', detail: string}} Check
 *
 * What the reading and the signature gave; `code` is the refusal's.
 * @typedef {{kind: 'unreadable', code: string} | {kind: 'forged', code: string} | {kind: 'unknown-key'}} Failed
 * @typedef {{kind: 'genuine', view: CardView, statusIndex: number, key: KeyRecord}} Genuine
 * @typedef {Failed | Genuine} Scan
 *
 * A verdict as programs get it from the service, the command line and here.
 * @typedef {{
 *   verdict: Word, summary: {zh: string, en: string}, as_of: string, tone: 'green' | 'amber' | 'red', checks: Check[],
 *   card: ReturnType<typeof cardJson> | null,
 *   fit_for_duty: {answer: string, reasons: {article: string, zh: string, en: string}[]} | null
 * }} VerdictJson
 */

const FRESH = SHARED.limits.status_list_fresh_s * 1000 // younger lists give green, older ones amber until their exp
const NEWER = 'card-newer-than-list'

/** @type {Readonly<Record<number, Word>>} */
const WORD_OF_STATUS = {
  [STATUS.REVOKED]: 'revoked',
  [STATUS.VOIDED]: 'voided',
  [STATUS.REPLACED]: 'replaced',
  [STATUS.SUPERSEDED]: 'superseded',
}

/**
 * Give the verdict: of all that applies, the word that comes first.
 *
 * 1 `unreadable`, 2 `forged`, 3 `unknown_key`, 4 `suspect`, 5 `unregistered`, 6–9 what the list says of this copy, 10
 * `expired`, 11 `not_yet_valid`, 12 `status_unknown`, 13 `valid`, as numbered on the server.
 * @param {Scan} scan
 * @param {StatusList | null} list the newest accepted version of the list the credential names
 * @param {KeyDocument} document
 * @param {number} now
 * @param {Readonly<Duty>} [duty]
 * @returns {VerdictJson}
 */
export function judge(scan, list, document, now, duty = NO_DUTY) {
  switch (scan.kind) {
    case 'unreadable': // 1
      return refusal('unreadable', { name: 'signature', outcome: 'not_checked', detail: scan.code }, now)
    case 'forged': // 2
      return refusal('forged', { name: 'signature', outcome: 'failed', detail: scan.code }, now)
    case 'unknown-key': // 3: it may be newer than the key document at hand
      return refusal('unknown_key', { name: 'signature', outcome: 'unknown', detail: 'unknown-key' }, now)
    default:
      return byList(scan, list, document, now, duty)
  }
}

/**
 * @param {Genuine} scan
 * @param {StatusList | null} list
 * @param {KeyDocument} document
 * @param {number} now
 * @param {Readonly<Duty>} duty
 */
function byList(scan, list, document, now, duty) {
  const fault = keyFault(scan) // 4: no register vouches for it
  const entry = list === null ? null : list.statusAt(scan.statusIndex)
  const doubt = doubtOf(scan, list, entry, document, now)
  const isUnregistered = entry === STATUS.NEVER_ISSUED && doubt !== NEWER // 5
  const status = isUnregistered ? 'unregistered' : entry === null ? null : WORD_OF_STATUS[entry] || null // 6-9
  /** @type {Check[]} */
  const checks = [
    { name: 'signature', outcome: fault === null ? 'passed' : 'failed', detail: fault || 'signed-by-issuer' },
    { name: 'register', outcome: 'not_checked', detail: 'offline' },
    status !== null
      ? { name: 'status', outcome: 'failed', detail: status }
      : doubt !== null
        ? { name: 'status', outcome: 'unknown', detail: doubt }
        : { name: 'status', outcome: 'passed', detail: 'in-force' },
  ]
  const asOf = list === null ? now : list.issuedAt * 1000
  /** @type {(Word | null)[]} */
  const found = [fault === null ? null : 'suspect', status, doubt === null ? null : 'status_unknown'] // 12
  return conclude(found, checks, scan.view, { now, asOf, duty })
}

/**
 * Say why the list in hand cannot show that a card is valid; null if it can.
 * @param {Genuine} scan
 * @param {StatusList | null} list
 * @param {number | null} entry
 * @param {KeyDocument} document
 * @param {number} now
 */
function doubtOf(scan, list, entry, document, now) {
  if (list === null) return 'no-status-list'
  if (entry === null) return 'status-not-listed'
  // A card made after the list was is no alarm; beyond the highest index the list knows of none at all.
  if (entry === STATUS.NEVER_ISSUED) {
    if (scan.view.issuedOn >= list.publishedOn || scan.statusIndex > list.highestIndex) return NEWER
  }
  if (now > document.validUntil * 1000) return 'key-document-expired'
  if (list.keyVersion > document.version) return 'key-document-outdated'
  return now >= list.expiresAt * 1000 ? 'status-list-expired' : null
}

/** @param {Genuine} scan */
function keyFault({ key, view }) {
  if (key.state === 'compromised') return 'key-compromised'
  return view.issuedOn > key.signsUntil ? 'key-out-of-use' : null
}

/**
 * Add the dates (10, 11) and the question to what was found, and take the first word.
 * @param {(Word | null)[]} found
 * @param {Check[]} checks
 * @param {CardView} view
 * @param {{now: number, asOf: number, duty: Readonly<Duty>}} asked
 * @returns {VerdictJson}
 */
function conclude(found, checks, view, { now, asOf, duty }) {
  const today = civilDay(now)
  const term = today > view.expiresOn ? 'expired' : today < view.issuedOn ? 'not_yet_valid' : null // 10, 11
  const word = firstWord([...found, term, 'valid'])
  const shown = word === 'unregistered' ? null : view
  // An internal card always has a place that matters (督§9).
  const isFitAsked = word === 'valid' && (isAsked(duty) || view.kind === 'internal')
  const fit = isFitAsked ? fitForDuty(view, duty) : null
  /** @type {Check} */
  const validity = {
    name: 'validity',
    outcome: term === null ? 'passed' : 'failed',
    detail: `${isoDay(view.issuedOn)}/${isoDay(view.expiresOn)}`,
  }
  return {
    verdict: word,
    summary: summarise(word, asOf, shown, fit),
    as_of: isoInstant(asOf),
    tone: toneOf(word, fit, now - asOf),
    checks: [...checks, validity, ...dutyChecks(fit)],
    card: shown === null ? null : cardJson(shown),
    fit_for_duty: fit === null ? null : fitJson(fit),
  }
}

/**
 * @param {Word} word
 * @param {Check} check
 * @param {number} now
 * @returns {VerdictJson}
 */
function refusal(word, check, now) {
  const tone = check.outcome === 'failed' ? 'red' : 'amber'
  const summary = summarise(word, now, null, null)
  return { verdict: word, summary, as_of: isoInstant(now), tone, checks: [check], card: null, fit_for_duty: null }
}

/**
 * @param {Word} word
 * @param {Fit | null} fit
 * @param {number} age
 */
function toneOf(word, fit, age) {
  if (word === 'status_unknown') return 'amber'
  if (word !== 'valid' || (fit !== null && fit.answer === 'no')) return 'red'
  return age >= FRESH || (fit !== null && fit.answer === 'unknown') ? 'amber' : 'green'
}

/**
 * @param {Fit | null} fit
 * @returns {Check[]}
 */
function dutyChecks(fit) {
  if (fit === null) return []
  const scope = fit.reasons.filter(isAboutScope)
  return [dutyCheck('scope', scope), dutyCheck('place', fit.reasons.filter((reason) => !isAboutScope(reason)))]
}

/**
 * Sum up the reasons of one sort; where none is left, that side raises no objection.
 * @param {string} name
 * @param {Reason[]} reasons
 * @returns {Check}
 */
function dutyCheck(name, reasons) {
  const answers = reasons.map((reason) => reason.answer)
  const outcome = answers.includes('no') ? 'failed' : answers.includes('unknown') ? 'unknown' : 'passed'
  return { name, outcome, detail: reasons.map((reason) => reason.article).join(',') }
}

/** @param {Fit} fit */
const fitJson = ({ answer, reasons }) => ({
  answer,
  reasons: reasons.map(({ article, zh, en }) => ({ article, zh, en })),
})
