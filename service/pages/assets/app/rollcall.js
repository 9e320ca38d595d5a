// @ts-check
// Roll-call at the door of an assessment: choose the assessment, scan or tick who comes, see whether all are
// there whom the rules ask for. 督§13, §15, 督附1; 考§6, §14, §15. Works on without a network.

import { civilDay, isoDay } from '../verifier/dates.js'
import { ROLES, kindsOf } from '../verifier/assessmentmodel.js'
import { tidyName } from '../verifier/tidy.js'
import { next, onShown } from './case.js'
import { gate, isSignedIn } from './gate.js'
import { either, say } from './language.js'
import { answered, arrival, ask, option, sayRole } from './rollcallpanel.js'
import { judged, together } from './rollcallpeople.js'
import { GRACE_MS, flying, handInArrivals, refusals } from './rollcallqueue.js'
import * as store from './rollcallstore.js'
import { counted, drawRoll, drawAssessments, isToday, roleName, titleOf } from './rollcallview.js'
import { $, show } from './screen.js'
import * as service from './service.js'
import { refresh, whoIsKnown } from './standing.js'

/**
 * @typedef {import('../verifier/assessmentmodel.js').Attendee} Attendee
 * @typedef {import('../verifier/assessmentmodel.js').Role} Role
 * @typedef {import('./rollcallstore.js').Arrival} Arrival
 * @typedef {import('./rollcallstore.js').Kept} Kept
 */

/** @type {Kept | null} the assessment whose roll is called */
let kept = null
/** @type {Arrival[]} who has come to it and is not handed in yet */
let waiting = []

const CALLED = 'zhengka-roll-call'

const today = () => isoDay(civilDay(Date.now()))
const rowsNow = () => (kept === null ? [] : together(kept.people, waiting))
const form = () => /** @type {HTMLFormElement} */ ($('roll-add'))

export function listenToRoll() {
  onShown((mine) => ask(mine, kept, rowsNow()))
  /** @type {[string, string, (event: any) => void][]} */
  const reactions = [
    ['open-roll', 'click', () => (kept === null ? pick() : showRoll())], ['roll-back', 'click', toScanner],
    ['roll-list', 'click', showRoll], ['roll-scan', 'click', toScanner], ['roll-other', 'click', pick],
    ['roll-end', 'click', end], ['roll-again', 'click', offerAgain], ['roll-add', 'submit', addByName],
    ['arrival-form', 'submit', recordCard], ['arrival-as', 'change', sayRole],
  ]
  for (const [id, kind, run] of reactions) $(id).addEventListener(kind, run)
}

/** Show what the roll says now, in the language of the page. */
export async function redrawRoll() {
  if (kept === null) return
  const { assessment } = kept
  waiting = (await store.arrivalsOf(gate.user)).filter((one) => one.assessment === assessment)
  kept = (await store.keptAssessments(gate.user)).find((one) => one.assessment === assessment) || kept
  draw()
}

/** Note the assessment whose roll is called, for the page that comes next in this tab. */
export function leaveRoll() {
  if (kept !== null) sessionStorage.setItem(CALLED, String(kept.assessment))
}

/** Go on with the roll that the page before was calling when a newer version took its place. */
export async function resumeRoll() {
  const called = sessionStorage.getItem(CALLED)
  sessionStorage.removeItem(CALLED)
  const found = (await store.keptAssessments(gate.user)).find((one) => String(one.assessment) === called)
  if (found === undefined || kept !== null) return // somebody who was quicker has opened another roll already
  kept = found
  gate.isCalling = true
  await redrawRoll()
}

/** Hand in what is ripe, and show what has come of it. */
export async function handInRoll() {
  if (!(await handInArrivals())) return
  await redrawRoll()
  refresh()
}

/** Let go of the assessments of days past, with the names in them, once all who came are handed in. */
export async function forgetPast() {
  const owed = await owedNow()
  const past = (await store.keptAssessments(gate.user)).filter((one) => !isToday(one) && owed(one.assessment) === 0)
  await store.dropAssessments(past.map((one) => one.assessment))
}

/**
 * Hand in all who came before the device is wiped.
 * @returns {Promise<number>} how many could not be handed in
 */
export async function settleRoll() {
  if (gate.isOnline) await handInArrivals(0)
  await redrawRoll()
  return store.arrivalsWaiting()
}

/** Offer today's assessments: those on the device at once, and what the service has to say of them when it answers. */
async function pick() {
  show('roll-call')
  part('roll-pick')
  $('roll-pick-note').textContent = say('roll_fetching')
  await whoIsKnown() // or the assessments kept for whoever had the device before would be offered
  await drawPick()
  $('roll-pick-title').focus()
  const found = await service.assessmentsOn(today())
  if (found !== null) await keep(found)
  const isLost = !isSignedIn() && gate.isOnline ? 'roll_sign_in' : 'roll_offline'
  const isNone = (await drawPick()) === 0
  $('roll-pick-note').textContent = found === null ? say(isLost) : isNone ? say('roll_none') : ''
}

/** @returns {Promise<number>} how many assessments are offered */
async function drawPick() {
  const owed = await owedNow()
  const offered = (await store.keptAssessments(gate.user)).filter((one) => isToday(one) || owed(one.assessment) > 0)
  offered.sort((one, other) => Date.parse(one.starts_at) - Date.parse(other.starts_at))
  if (!$('roll-pick').hidden) drawAssessments(offered, owed, open)
  return offered.length
}

/** @returns {Promise<(assessment: number) => number>} how many have come to an assessment and are not handed in */
async function owedNow() {
  const all = await store.arrivalsOf(gate.user)
  return (assessment) => all.filter((one) => one.assessment === assessment).length
}

/**
 * Keep the day's assessments with their people, and let go of those that are no more.
 * @param {service.Listed[]} listed
 */
async function keep(listed) {
  const whole = await Promise.all(listed.map((one) => service.assessmentWith(one.assessment)))
  for (const one of whole) if (one !== null) await store.keepAssessment({ ...one, by: gate.user })
  const [owed, current] = [await owedNow(), new Set(listed.map((one) => one.assessment))]
  const all = (await store.keptAssessments(gate.user)).map((one) => one.assessment)
  await store.dropAssessments(all.filter((assessment) => !current.has(assessment) && owed(assessment) === 0))
}

/** @param {number} assessment */
async function open(assessment) {
  kept = (await store.keptAssessments(gate.user)).find((one) => one.assessment === assessment) || null
  gate.isCalling = kept !== null
  await showRoll()
  const newest = await service.assessmentWith(assessment)
  if (newest !== null) await store.keepAssessment({ ...newest, by: gate.user })
  await redrawRoll()
}

async function showRoll() {
  show('roll-call')
  part('roll-open')
  offerRoles()
  await redrawRoll()
  $('roll-title').focus({ preventScroll: true })
  window.scrollTo(0, 0)
}

function toScanner() {
  show('scanning')
  $(kept === null ? 'open-roll' : 'roll-list').focus()
}

function end() {
  kept = null
  gate.isCalling = false
  draw()
  toScanner()
}

/** @param {'roll-pick' | 'roll-open'} which */
function part(which) {
  for (const id of ['roll-pick', 'roll-open']) $(id).hidden = id !== which
}

function draw() {
  $('roll-strip').hidden = kept === null
  if (kept === null) return
  const rows = rowsNow()
  const refused = waiting.length === 0 ? undefined : refusals.get(kept.assessment)
  $('roll-strip-text').textContent = `${say('roll_calling')} ${titleOf(kept)} · ${say('roll_count', counted(rows))}`
  $('roll-refused').hidden = refused === undefined
  $('roll-refused-text').textContent = refused === undefined ? '' : say('roll_refused', { why: either(refused) })
  drawRoll(kept, rows, judged(kept, rows), { tick, takeBack, isFlying: (nonce) => flying.has(nonce) })
}

/** @param {Attendee} one who has come and shows no card */
function tick({ person, role }) {
  if (kept !== null) record({ ...arrival(kept, role), person })
}

/** @param {Event} event */
async function addByName(event) {
  event.preventDefault()
  const [name, role] = ['roll-name', 'roll-role'].map((id) => /** @type {HTMLInputElement} */ ($(id)))
  const tidy = tidyName(name.value)
  $('roll-add-wrong').textContent = tidy ? '' : say('roll_name_first')
  if (!tidy || kept === null) return name.focus()
  name.value = ''
  await record({ ...arrival(kept, /** @type {Role} */ (role.value)), name: tidy })
}

/** @param {Event} event */
async function recordCard(event) {
  event.preventDefault()
  const come = kept === null ? null : answered(kept)
  if (come === null) return
  next()
  await record(come)
  await showRoll()
}

/** @param {Arrival} come */
async function record(come) {
  await store.keepArrival(come)
  refusals.delete(come.assessment)
  await redrawRoll()
  refresh()
  setTimeout(handInRoll, GRACE_MS + 1000)
}

/** @param {string[]} nonces */
async function takeBack(nonces) {
  await store.dropArrivals(nonces.filter((nonce) => !flying.has(nonce)))
  await redrawRoll()
  refresh()
}

async function offerAgain() {
  refusals.clear()
  draw()
  await handInRoll()
}

/** Whoever is added by name mostly needs no card: those roles come first. */
function offerRoles() {
  const roles = /** @type {Role[]} */ (Object.keys(ROLES)).sort((a, b) => kindsOf(a).length - kindsOf(b).length)
  form().querySelector('select')?.replaceChildren(...roles.map((role) => option(role, roleName(role))))
}
