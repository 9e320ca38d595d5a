// @ts-check
// One check, from a text or a number to the verdict on the screen and its line in the log.

import { banner } from './banners.js'
import { choose, isWorse } from './decide.js'
import { duty, gate, isSignedIn, placeName } from './gate.js'
import { Inquiry } from './inquiry.js'
import { look, say, spoken } from './language.js'
import { handIn, newNonce } from './queue.js'
import { $, pressed, show } from './screen.js'
import * as service from './service.js'
import { signal as give } from './signals.js'
import { refresh, renewSession, setOnline } from './standing.js'
import { enqueue } from './store.js'
import { moment, node, sayChecked, showVerdict } from './view.js'
import { tidied } from './wedge.js'

/**
 * @typedef {import('../verifier/verdict.js').VerdictJson} VerdictJson
 * @typedef {import('../verifier/checker.js').Checked} Checked
 * @typedef {import('./decide.js').Answer} Answer
 * @typedef {import('./service.js').Scan} Scan
 * @typedef {{
 *   text: string | null, answer: Answer, checked: Checked | null, photo: Blob | null, scan: Scan, generation: number
 * }} Case
 *
 * What is asked of one card, again and again while it is on the screen; `mine` is what has come of it so far.
 * @typedef {{text: string, mine: Case | null} | {number: string, mine: Case | null}} Question
 * @typedef {{answer: Answer, checked: Checked | null, photo: Blob | null}} Found
 * @typedef {import('./inquiry.js').Turn<Found>} Turn
 */

const ONLINE_MS = 1000 // how long the gate waits for the service before it goes by what is on the device
const PATIENT_MS = 8000 // where there is nothing on the device to go by
const GO_ON_MS = 2500
const NOTHING = { place: null, occupation: null, level: null }

/** @type {() => void} what is done when the next card's turn has come */
let whenNext = () => undefined

/** @param {() => void} react */
export function onNext(react) {
  whenNext = react
}

/** @type {(mine: Case) => void} what else is asked of a card on the screen */
let whenShown = () => undefined

/** @param {(mine: Case) => void} react */
export function onShown(react) {
  whenShown = react
}

/** Why a card was not checked, in the words of a text. */
class NotChecked extends Error {
  /** @param {string} key */
  constructor(key) {
    super(key)
    this.key = key
  }
}

/** @type {Inquiry<Question, Found>} */
export const inquiry = new Inquiry({
  ask: (question, turn) => ('text' in question ? askText(question.text, turn) : askNumber(question.number, turn)),
  blank(phase) {
    const isAsked = phase === 'asking' || phase === 'away'
    $('answer').replaceChildren(...(isAsked ? [node('p', say('check_waiting'), 'checking')] : []))
    $('report-said').textContent = ''
    for (const part of ['same', 'arrival', 'arrival-record']) $(part).hidden = true
  },
  show: (found) => shown(/** @type {Question} */ (inquiry.question), found),
  fail(error) {
    const question = /** @type {Question} */ (inquiry.question)
    if (!(error instanceof NotChecked)) throw error
    inquiry.clear()
    show('scanning')
    const isTyped = 'number' in question && question.mine === null
    $('number-wrong').textContent = isTyped ? say(error.key) : ''
    banner('unchecked', null) // so that it is said again at each try
    if (isTyped) return
    banner('unchecked', say(error.key), { danger: true })
    give('amber', gate.settings)
  },
})

const current = () => (inquiry.question === null ? null : inquiry.question.mine)

/** @param {string} raw */
export const checkText = (raw) => inquiry.ask({ text: tidied(raw), mine: null })

/** @param {string} number */
export const checkNumber = (number) => inquiry.ask({ number, mine: null })

/**
 * Ask this device and the service about a code. An answer of the service that came late is shown only if it is worse:
 * nobody who was let in is called back for good news.
 * @param {string} text
 * @param {Turn} turn
 */
async function askText(text, { signal, report, isOver }) {
  const asked = duty()
  const checked = gate.offline.checker === null ? null : await gate.offline.checker.check(text, new Date(), asked)
  const online = service.verifyOnline(text, asked, signal)
  const soon = await within(online, checked === null ? PATIENT_MS : ONLINE_MS)
  if (isOver()) return
  setOnline(soon !== null)
  let answer = choose(checked && checked.verdict, soon)
  if (answer === null) throw new NotChecked('scan_unchecked')
  report({ answer, checked, photo: null })
  const late = soon === null ? await online : null
  if (late !== null && !isOver()) {
    setOnline(true)
    if (isWorse(late, answer.verdict)) answer = { verdict: late, source: 'online' }
    report({ answer, checked, photo: null })
  }
  const hasPhoto = answer.source === 'online' && answer.verdict.card !== null && !isOver()
  const photo = hasPhoto ? await service.photoOfCode(text, signal) : null
  if (photo !== null) report({ answer, checked, photo })
}

/** What is said of a number that was not checked, by status. @type {Record<number, string>} */
const WRONG_NUMBER = { 400: 'number_invalid', 429: 'number_limited' }

/**
 * Ask the service about the number of a card, as signed-in staff.
 * @param {string} number
 * @param {Turn} turn
 */
async function askNumber(number, { signal, report }) {
  if (gate.session === null || gate.session.user === null) throw new NotChecked('number_network')
  const response = await service.checkNumber(number, duty(), gate.session, signal)
  if (response === null) throw new NotChecked('number_network')
  if (!response.ok) throw new NotChecked(WRONG_NUMBER[response.status] || 'number_failed')
  /** @type {VerdictJson | null} */
  const verdict = await response.json().catch(() => null)
  if (verdict === null) throw new NotChecked('number_network')
  /** @type {Answer} */
  const answer = { verdict, source: 'online' }
  report({ answer, checked: null, photo: null })
  const photo = verdict.card === null ? null : await service.photoOfNumber(verdict.card.number, signal)
  if (photo !== null) report({ answer, checked: null, photo })
}

/**
 * Show what was found, say it to ears and hands, and write it into the log of whoever is signed in. What is found again
 * of the same card is said and logged only where it is something else: what came late in place of what it corrects,
 * what was asked anew as a scan of its own.
 * @param {Question} question
 * @param {Found} found
 */
function shown(question, { answer, checked, photo }) {
  const before = question.mine
  const text = 'text' in question ? question.text : null
  const { generation } = inquiry
  const mine = before || { text, answer, checked, photo, scan: scanOf(answer, checked), generation }
  const isNews = before === null || before.answer.verdict.verdict !== answer.verdict.verdict
    || before.answer.verdict.tone !== answer.verdict.tone
  if (before !== null && isNews) {
    const { nonce, same_person } = before.scan
    mine.scan = { ...scanOf(answer, checked), same_person, ...(before.generation === generation ? { nonce } : {}) }
  }
  Object.assign(mine, { answer, checked, photo, generation })
  question.mine = mine
  if (before === null) banner('unchecked', null)
  if (before === null && text === null) /** @type {HTMLInputElement} */ ($('number')).value = ''
  render(mine)
  if (!isNews) return
  give(answer.verdict.tone, gate.settings)
  log(mine)
  const goesOn = gate.settings.next && !gate.isCalling && answer.verdict.tone === 'green'
  if (goesOn) setTimeout(() => current() === mine && isGreen(mine) && next(), GO_ON_MS)
}

/** @param {Case} mine */
const isGreen = (mine) => mine.answer.verdict.tone === 'green'

/** @param {Case} mine */
function render(mine) {
  const { answer, checked, photo } = mine
  show('verdict-screen')
  const portrait = checked && checked.portrait
  showVerdict($('answer'), { ...answer, text: mine.text, where: placeName(), photo, portrait })
  sayAge()
  $('same').hidden = photo === null || !isSignedIn()
  pressed('same-yes', mine.scan.same_person === true)
  pressed('same-no', mine.scan.same_person === false)
  whenShown(mine)
}

/** Say how old the verdict on the screen is. */
export const sayAge = () => sayChecked($('answer'), inquiry.age)

export function next() {
  inquiry.clear()
  whenNext()
  show('scanning')
  refresh()
  upload()
}

/** @param {boolean} same */
export async function samePerson(same) {
  const mine = current()
  if (mine === null) return
  mine.scan = { ...mine.scan, same_person: same }
  pressed('same-yes', same)
  pressed('same-no', !same)
  $('same-said').textContent = same ? '' : say('same_no_act')
  if (!same) give('red', gate.settings)
  await log(mine)
}

/**
 * What is kept of a scan: no name, no picture, and not the credential.
 * @param {Answer} answer
 * @param {Checked | null} checked
 * @returns {Scan}
 */
function scanOf({ verdict, source }, checked) {
  const card = verdict.card
  return {
    nonce: newNonce(),
    scanned_at: new Date().toISOString(),
    number: card === null ? null : card.number,
    copy: checked === null || card === null ? null : checked.copyId,
    verdict: verdict.verdict,
    ...NOTHING,
    ...duty(),
    same_person: null,
    offline: source === 'offline',
    as_of: verdict.as_of,
  }
}

/** @param {Case} mine */
async function log(mine) {
  if (gate.user) await enqueue({ ...mine.scan, by: gate.user })
}

/** Hand in what waits, but not the scan on the screen, whose question may still be open. */
export async function upload() {
  const isAsking = !$('verdict-screen').hidden || !$('reporting').hidden
  if (gate.session === null || gate.session.user === null || isAsking) return
  const worse = await handIn(gate.session)
  if (worse === null) await renewSession()
  for (const { scan, now } of worse || []) {
    const text = say('queue_worse', {
      number: scan.number || '–', time: moment(new Date(scan.scanned_at)), now: look(now)[spoken()],
    })
    banner(`worse-${scan.nonce}`, text, {
      danger: true, action: { label: say('close'), run: () => banner(`worse-${scan.nonce}`, null) },
    })
    give('red', gate.settings)
  }
  refresh()
}

/**
 * @template T
 * @param {Promise<T | null>} promise
 * @param {number} milliseconds
 * @returns {Promise<T | null>}
 */
function within(promise, milliseconds) {
  return Promise.race([promise, new Promise((resolve) => setTimeout(() => resolve(null), milliseconds))])
}
