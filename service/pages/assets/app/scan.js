// @ts-check
// The scanner at the gate: camera, album, hand-held scanner or number in; one verdict out, with or without a network.

import { banner, isWarning } from './banners.js'
import { inWeChat } from './camera.js'
import { inquiry, next, onNext, samePerson, sayAge, upload } from './case.js'
import { gate } from './gate.js'
import { isIdle } from './idle.js'
import { follow } from './inquiry.js'
import { loadWords, say, speak, spoken, translate } from './language.js'
import { isHandingIn } from './queue.js'
import { forgetPast, handInRoll, leaveRoll, listenToRoll, redrawRoll, resumeRoll, settleRoll } from './rollcall.js'
import { isHandingInArrivals } from './rollcallqueue.js'
import { listenToReports, redrawReports, reportFromAddress, sendReports, settleReports } from './reporting.js'
import { isHandingInReports } from './reportqueue.js'
import { $, show, shown } from './screen.js'
import { fillForm, readForm } from './settings.js'
import { wakeSound } from './signals.js'
import { refresh, renew, renewSession, setOnline, signOut } from './standing.js'
import { keepSettings, readSettings, readUser } from './store.js'
import { keepUpToDate } from './updating.js'
import {
  camera, fromAlbum, fromKeys, fromNumber, isChoosingPicture, lookAgain, noteAlbum, prepare, startCamera, toggleTorch,
} from './ways.js'

const RENEW_MS = 3600 * 1000
const HAND_IN_MS = 30 * 1000
const SAY_MS = 60 * 1000

let touchedAt = 0 // of performance.now

async function main() {
  await loadWords()
  translate(document)
  gate.settings = await readSettings()
  gate.user = await readUser()
  await gate.offline.restore(gate.settings.root)
  await forgetPast()
  await resumeRoll()
  await redrawReports()
  listen()
  reportFromAddress()
  refresh()
  const known = renewSession()
  await prepare()
  await Promise.all([startCamera(), renew(), known])
  setInterval(renew, RENEW_MS)
  setInterval(handIn, HAND_IN_MS)
  setInterval(refresh, SAY_MS)
  if (navigator.storage && navigator.storage.persist) navigator.storage.persist().catch(() => false)
}

function openSettings() {
  $('sign-out-warning').textContent = ''
  fillForm(gate.settings)
  show('settings')
  $('place').focus()
}

/** @param {Event} event */
async function saveSettings(event) {
  event.preventDefault()
  const chosen = readForm()
  if (chosen === null) return
  const hasNewCamera = chosen.camera !== gate.settings.camera
  const hasNewRoot = chosen.root !== gate.settings.root
  gate.settings = chosen
  await keepSettings(gate.settings)
  show('scanning')
  $('open-settings').focus()
  refresh()
  if (hasNewCamera) await startCamera()
  if (hasNewRoot) await renew()
}

function toggleNumber() {
  const form = $('number-form')
  form.hidden = !form.hidden
  $('open-number').setAttribute('aria-expanded', String(!form.hidden))
  if (!form.hidden) $('number').focus()
}

function switchLanguage() {
  speak(spoken() === 'zh' ? 'en' : 'zh')
  refresh()
  redrawRoll()
  redrawReports()
}

/** Sign out, and wipe what somebody may have made for nothing only when asked a second time. */
async function leave() {
  const warning = $('sign-out-warning')
  const count = warning.textContent ? 0 : (await settleRoll()) + (await settleReports())
  warning.textContent = count > 0 ? say('sign_out_owed', { count }) : ''
  if (count === 0) await signOut()
}

function handIn() {
  upload()
  handInRoll()
  sendReports()
}

function listen() {
  onNext(lookAgain)
  /** @type {[string, string, (event: any) => void][]} */
  const reactions = [
    ['retry', 'click', startCamera], ['torch', 'click', toggleTorch], ['album', 'change', fromAlbum],
    ['album', 'click', noteAlbum], ['album', 'cancel', noteAlbum],
    ['open-number', 'click', toggleNumber], ['number-form', 'submit', fromNumber], ['next', 'click', next],
    ['same-yes', 'click', () => samePerson(true)], ['same-no', 'click', () => samePerson(false)],
    ['open-settings', 'click', openSettings], ['settings-form', 'submit', saveSettings],
    ['switch-language', 'click', switchLanguage], ['sign-out', 'click', leave],
  ]
  for (const [id, kind, run] of reactions) $(id).addEventListener(kind, run)
  listenToRoll()
  listenToReports()
  follow(inquiry, sayAge)
  document.addEventListener('keydown', fromKeys)
  document.addEventListener('click', wakeSound)
  window.addEventListener('online', () => { renew(); renewSession().then(handIn) })
  window.addEventListener('offline', () => setOnline(false))
  document.addEventListener('visibilitychange', () => {
    if (document.hidden) camera.stop()
    else startCamera()
  })
  if (inWeChat()) banner('wechat', say('camera_wechat'))
  for (const kind of ['keydown', 'pointerdown', 'input']) {
    document.addEventListener(kind, () => { touchedAt = performance.now() }, { capture: true })
  }
  keepUpToDate({ isIdle: () => isIdle(doing()), leave: leaveRoll })
  $('scanning').inert = false // until now a touch would have been lost
}

/** @returns {import('./idle.js').Doing} what is being done with the scanner now */
const doing = () => ({
  screen: shown(),
  phase: inquiry.phase,
  isSending: isHandingIn() || isHandingInArrivals() || isHandingInReports(),
  isFilling: isChoosingPicture() || /** @type {HTMLInputElement} */ ($('number')).value !== '',
  isFormOpen: !$('number-form').hidden,
  isWarning: isWarning(),
  quiet: performance.now() - touchedAt,
})

main().catch((error) => {
  const text = error instanceof Error ? error.message : String(error)
  console.error(text)
  $('scanning').inert = false
  banner('failed', text, { danger: true })
})
document.documentElement.dataset.started = ''
