// @ts-check
// One check, from a text to the verdict on the screen and its line in the log.

import { banner } from './banners.js'
import { choose, isWorse } from './decide.js'
import { duty, gate, isSignedIn, placeName } from './gate.js'
import { look, say, spoken } from './language.js'
import { handIn, newNonce } from './queue.js'
import { $, pressed, show } from './screen.js'
import * as service from './service.js'
import { signal } from './signals.js'
import { refresh, renewSession, setOnline } from './standing.js'
import { enqueue } from './store.js'
import { moment, showVerdict } from './view.js'
import { tidied } from './wedge.js'

/**
 * @typedef {import('../verifier/verdict.js').VerdictJson} VerdictJson
 * @typedef {import('../verifier/checker.js').Checked} Checked
 * @typedef {import('./decide.js').Answer} Answer
 * @typedef {import('./service.js').Scan} Scan
 * @typedef {{text: string | null, answer: Answer, checked: Checked | null, photo: Blob | null, scan: Scan}} Case
 */

const ONLINE_MS = 1000 // how long the gate waits for the service before it goes by what is on the device
const GO_ON_MS = 2500
const NOTHING = { place: null, occupation: null, level: null }

/** @type {Case | null} */
let current = null
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

/** @param {string} raw */
export async function checkText(raw) {
  const text = tidied(raw)
  const asked = duty()
  const here = gate.offline.checker === null ? null : await gate.offline.checker.check(text, new Date(), asked)
  const online = service.verifyOnline(text, asked)
  const soon = await within(online, here === null ? 8000 : ONLINE_MS)
  setOnline(soon !== null)
  const answer = choose(here && here.verdict, soon)
  if (answer === null) {
    banner('unchecked', null) // so that it is said again at each try
    banner('unchecked', say('scan_unchecked'), { danger: true })
    signal('amber', gate.settings)
    return
  }
  banner('unchecked', null)
  const photo = answer.source === 'online' && answer.verdict.card !== null ? service.photoOfCode(text) : null
  const mine = await conclude(text, answer, here, photo)
  if (soon === null) online.then((late) => late !== null && correct(mine, late))
}

/**
 * Show a verdict, say it to ears and hands, and write it into the log of whoever is signed in.
 * @param {string | null} text
 * @param {Answer} answer
 * @param {Checked | null} checked
 * @param {Promise<Blob | null> | null} photo
 * @returns {Promise<Case>}
 */
export async function conclude(text, answer, checked, photo) {
  const { verdict } = answer
  const mine = { text, answer, checked, photo: null, scan: scanOf(answer, checked) }
  current = mine
  render(mine)
  signal(verdict.tone, gate.settings)
  await log(mine)
  if (photo !== null) photo.then((blob) => showPhoto(mine, blob))
  const goesOn = gate.settings.next && !gate.isCalling && verdict.tone === 'green'
  if (goesOn) setTimeout(() => current === mine && next(), GO_ON_MS)
  return mine
}

/** @param {Case} mine */
function render(mine) {
  const { answer, checked, photo } = mine
  show('verdict-screen')
  const portrait = checked && checked.portrait
  showVerdict($('answer'), { ...answer, text: mine.text, where: placeName(), photo, portrait })
  $('same').hidden = photo === null || !isSignedIn()
  pressed('same-yes', mine.scan.same_person === true)
  pressed('same-no', mine.scan.same_person === false)
  whenShown(mine)
}

/** @param {Case} mine @param {Blob | null} blob */
function showPhoto(mine, blob) {
  if (blob === null || current !== mine) return
  mine.photo = blob
  render(mine)
}

/**
 * An answer that came late is shown only if it is worse: nobody who was let in is called back for good news.
 * @param {Case} mine
 * @param {VerdictJson} late
 */
function correct(mine, late) {
  setOnline(true)
  if (current !== mine || !isWorse(late, mine.answer.verdict)) return
  mine.answer = { verdict: late, source: 'online' }
  mine.scan = { ...scanOf(mine.answer, mine.checked), nonce: mine.scan.nonce }
  render(mine)
  signal(late.tone, gate.settings)
  log(mine)
}

export function next() {
  current = null
  whenNext()
  show('scanning')
  refresh()
  upload()
}

/** @param {boolean} same */
export async function samePerson(same) {
  if (current === null) return
  current.scan = { ...current.scan, same_person: same }
  pressed('same-yes', same)
  pressed('same-no', !same)
  $('same-said').textContent = same ? '' : say('same_no_act')
  if (!same) signal('red', gate.settings)
  await log(current)
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
  if (gate.session === null || gate.session.user === null || !$('verdict-screen').hidden) return
  const worse = await handIn(gate.session)
  if (worse === null) await renewSession()
  for (const { scan, now } of worse || []) {
    const text = say('queue_worse', {
      number: scan.number || '–', time: moment(new Date(scan.scanned_at)), now: look(now)[spoken()],
    })
    banner(`worse-${scan.nonce}`, text, {
      danger: true, action: { label: say('close'), run: () => banner(`worse-${scan.nonce}`, null) },
    })
    signal('red', gate.settings)
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
