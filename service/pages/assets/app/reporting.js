// @ts-check
// The report of a card at the gate: kept on this device at once, handed in when there is a network, its receipt said.

import { banner } from './banners.js'
import { inquiry } from './case.js'
import { gate } from './gate.js'
import { either, say } from './language.js'
import { newNonce } from './queue.js'
import { shrunk } from './reportphoto.js'
import { handInReports } from './reportqueue.js'
import { dropReport, isWaiting, keepReport, reportsOf, reportsWaiting } from './reportstore.js'
import { $, hold, release } from './screen.js'
import { refresh } from './standing.js'
import { moment } from './view.js'

/** @typedef {import('./reportstore.js').Report} Report */

// What is empty for each report; the place stays for the next one.
const OF_A_CARD = ['report-number', 'report-note', 'report-front', 'report-back']

const REPORTED = '#report?'

/** @param {string} id @returns {HTMLInputElement} */
const field = (id) => /** @type {HTMLInputElement} */ ($(id))

let verdict = ''
/** @type {{nonce: string, question: unknown}} what was reported last, and of which card on the screen */
let latest = { nonce: '', question: null }

/** Open the form for the card on the screen. @param {Event} event */
function open(event) {
  const link = event.target instanceof Element && event.target.closest('.report a')
  if (!link) return
  event.preventDefault()
  const mine = inquiry.question && inquiry.question.mine
  const card = mine && mine.answer.verdict.card
  begin(card ? card.number : '', mine ? mine.answer.verdict.verdict : '')
}

/** Open the form for a card that was seen on the page behind its code, which has no network for a report of its own. */
export function reportFromAddress() {
  if (!location.hash.startsWith(REPORTED)) return
  const asked = new URLSearchParams(location.hash.slice(REPORTED.length))
  history.replaceState(null, '', location.pathname)
  begin(asked.get('number') || '', asked.get('verdict') || '')
}

/** @param {string} number @param {string} word what the card was found to be */
function begin(number, word) {
  verdict = word
  for (const id of OF_A_CARD) field(id).value = ''
  field('report-number').value = number
  const [day, time] = moment(new Date()).split(' ')
  field('report-day').value = field('report-day').max = day
  field('report-time').value = time
  for (const id of ['report-wrong', 'report-photo-wrong']) $(id).textContent = ''
  hold('reporting')
  field(field('report-place').value ? 'report-note' : 'report-place').focus()
}

/** Keep the report, and hand it in if that can be done now. @param {Event} event */
async function submit(event) {
  event.preventDefault()
  const place = field('report-place').value.trim()
  $('report-wrong').textContent = place ? '' : say('report_place_missing')
  if (!place) return field('report-place').focus()
  const button = /** @type {HTMLButtonElement} */ ($('report-go'))
  button.disabled = true // photographs take a moment
  try {
    const [front, behind] = await Promise.all(['report-front', 'report-back'].map(photoIn))
    if (front === undefined || behind === undefined) return
    const nonce = newNonce()
    await keepReport({
      nonce, by: gate.user, number: field('report-number').value.trim(), verdict, place,
      seen_on: field('report-day').value, seen_time: field('report-time').value,
      note: field('report-note').value.trim(), front, back: behind, receipt: '', refused: null,
    })
    latest = { nonce, question: inquiry.question }
  } catch (error) {
    $('report-wrong').textContent = say('report_not_kept') // no room on the device
    throw error
  } finally {
    button.disabled = false
  }
  release()
  await sendReports()
}

/**
 * @param {string} id
 * @returns {Promise<import('./reportstore.js').Photo | null | undefined>} null: none chosen; undefined: unusable
 */
async function photoIn(id) {
  const [file] = field(id).files || []
  if (file === undefined) return null
  const photo = await shrunk(file)
  if (photo === null) $('report-photo-wrong').textContent = say('report_photo_wrong')
  return photo === null ? undefined : photo
}

/** Hand in what waits, and say what has come of it. */
export async function sendReports() {
  await handInReports()
  await redrawReports()
  refresh()
}

/** Say of each report where it is: kept here, received with its receipt, or refused and why. */
export async function redrawReports() {
  const reports = await reportsOf(gate.user)
  const waiting = reports.filter(isWaiting).length
  banner('reports', waiting ? say('report_kept', { count: waiting }) : null)
  for (const one of reports) {
    const text = said(one)
    if (one.nonce === latest.nonce && inquiry.question === latest.question) $('report-said').textContent = text
    if (isWaiting(one)) continue
    const label = say(one.refused ? 'report_drop' : 'report_noted')
    banner(`report-${one.nonce}`, text, { danger: one.refused !== null, action: { label, run: () => drop(one) } })
  }
}

/** @param {Report} one */
function said({ number, receipt, refused }) {
  const what = number || say('report_no_number')
  if (refused) return say('report_refused', { what, why: either(refused) })
  return receipt ? say('report_received', { what, receipt }) : say('report_kept', { count: 1 })
}

/** @param {Report} one */
async function drop(one) {
  await dropReport(one.nonce)
  banner(`report-${one.nonce}`, null)
  refresh()
}

/**
 * Hand in what waits before the device is wiped.
 * @returns {Promise<number>} how many could not be handed in
 */
export async function settleReports() {
  if (gate.isOnline) await sendReports()
  return reportsWaiting()
}

export function listenToReports() {
  $('answer').addEventListener('click', open)
  $('report-form').addEventListener('submit', submit)
  $('report-back-out').addEventListener('click', release)
}
