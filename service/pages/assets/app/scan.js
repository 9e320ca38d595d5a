// @ts-check
// The scanner at the gate: camera, album, hand-held scanner or number in; one verdict out, with or without a network.

import { banner } from './banners.js'
import { Camera, CameraError, inWeChat } from './camera.js'
import { choose, isWorse } from './decide.js'
import { startDecoder } from './decoder.js'
import { either, loadWords, look, say, speak, spoken, translate } from './language.js'
import { Offline } from './offline.js'
import { findInFrame, findInPhoto } from './pictures.js'
import { handIn, newNonce } from './queue.js'
import * as service from './service.js'
import { fillForm, offerLenses, offerNames, readForm } from './settings.js'
import { signal, wakeSound } from './signals.js'
import { DEFAULTS, enqueue, keepSettings, keepUser, queueLength, readSettings, readUser, wipe } from './store.js'
import { moment, showVerdict } from './view.js'
import { Wedge, tidied } from './wedge.js'

/**
 * @typedef {import('../verifier/verdict.js').VerdictJson} VerdictJson
 * @typedef {import('../verifier/checker.js').Checked} Checked
 * @typedef {import('./decide.js').Answer} Answer
 * @typedef {import('./service.js').Scan} Scan
 * @typedef {{text: string | null, answer: Answer, checked: Checked | null, photo: Blob | null, scan: Scan}} Case
 */

const ONLINE_MS = 1000 // how long the gate waits for the service before it goes by what is on the device
const RENEW_MS = 3600 * 1000
const HAND_IN_MS = 30 * 1000
const AGAIN_MS = 2500 // a code that stays in view this long after its verdict is not announced again
const GO_ON_MS = 2500
const NOTHING = { place: null, occupation: null, level: null }

/** @param {string} id */
const $ = (id) => /** @type {HTMLElement} */ (document.getElementById(id))
const SCREENS = /** @type {const} */ (['scanning', 'verdict-screen', 'settings'])

const camera = new Camera(/** @type {HTMLVideoElement} */ ($('video')))
const offline = new Offline()
const wedge = new Wedge()
let settings = { ...DEFAULTS }
/** @type {service.Session | null} */
let session = null
let user = ''
let isOnline = navigator.onLine
/** @type {import('./decoder.js').Decode | null} */
let decode = null
/** @type {Case | null} */
let current = null
let last = { text: '', at: -Infinity }
let turn = 0
let generation = 0

async function main() {
  await loadWords()
  translate(document)
  settings = await readSettings()
  user = await readUser()
  await offline.restore(settings.root)
  listen()
  refresh()
  decode = await startDecoder()
  await Promise.all([startCamera(), renew(), renewSession()])
  setInterval(renew, RENEW_MS)
  setInterval(upload, HAND_IN_MS)
  setInterval(refresh, 60 * 1000)
  if (navigator.storage && navigator.storage.persist) navigator.storage.persist().catch(() => false)
}

/** @param {typeof SCREENS[number]} name */
function show(name) {
  for (const screen of SCREENS) $(screen).hidden = screen !== name
}

// --- ways in -------------------------------------------------------------------------------------------------------

async function startCamera() {
  $('trouble').hidden = true
  try {
    await camera.start(settings.camera)
  } catch (error) {
    if (!(error instanceof CameraError)) throw error
    $('trouble-text').textContent = say(error.key)
    $('trouble').hidden = false
    return
  }
  $('torch').hidden = !camera.hasTorch
  offerLenses(await camera.lenses(), settings.camera)
  watch(++generation)
}

/**
 * Look for codes in frame after frame, for as long as this camera runs.
 * @param {number} mine
 */
async function watch(mine) {
  let marked = false
  while (mine === generation && camera.stream !== null) {
    await camera.frame()
    if (!camera.isRunning || decode === null || $('scanning').hidden) continue
    if (!marked) performance.mark('zhengka-camera')
    marked = true
    const text = await findInFrame(decode, camera.video, turn++)
    if (text !== null && mine === generation && !$('scanning').hidden) await seen(text)
  }
}

/** @param {string} text */
async function seen(text) {
  const now = performance.now()
  const isSame = text === last.text && now - last.at < AGAIN_MS
  last = { text, at: now }
  if (!isSame) await checkText(text)
}

/** @param {Event} event */
async function fromAlbum(event) {
  const input = /** @type {HTMLInputElement} */ (event.target)
  const [file] = Array.from(input.files || [])
  input.value = ''
  if (file === undefined) return
  decode = decode || (await startDecoder())
  const text = await findInPhoto(decode, file)
  banner('photo', text === null ? say('scan_none_in_photo') : null)
  if (text !== null) await checkText(text)
}

/** @param {KeyboardEvent} event */
function fromKeys(event) {
  const target = /** @type {HTMLElement} */ (event.target)
  if (target.closest('input, select, textarea') !== null) return
  const text = wedge.key(event.key, event.timeStamp)
  if (text === null) return
  event.preventDefault()
  checkText(text)
}

/** @param {Event} event */
async function fromNumber(event) {
  event.preventDefault()
  const input = /** @type {HTMLInputElement} */ ($('number'))
  const wrong = $('number-wrong')
  wrong.textContent = ''
  if (session === null || session.user === null) {
    wrong.textContent = say('number_network')
    return
  }
  const response = await service.checkNumber(input.value.trim(), duty(), session)
  if (response === null || !response.ok) {
    const refused = response !== null && response.status === 400 ? 'number_invalid' : 'number_failed'
    wrong.textContent = say(response === null ? 'number_network' : refused)
    return
  }
  /** @type {VerdictJson} */
  const verdict = await response.json()
  input.value = ''
  const photo = verdict.card === null ? Promise.resolve(null) : service.photoOfNumber(verdict.card.number)
  await conclude(null, { verdict, source: 'online' }, null, photo)
}

// --- the check -----------------------------------------------------------------------------------------------------

/** @returns {service.Duty} */
function duty() {
  const { place, occupation, level } = settings
  return { place: place || null, occupation: occupation || null, level: /** @type {any} */ (level) || null }
}

/** @param {string} raw */
async function checkText(raw) {
  const text = tidied(raw)
  const asked = duty()
  const here = offline.checker === null ? null : await offline.checker.check(text, new Date(), asked)
  const online = service.verifyOnline(text, asked)
  const soon = await within(online, here === null ? 8000 : ONLINE_MS)
  setOnline(soon !== null)
  const answer = choose(here && here.verdict, soon)
  if (answer === null) {
    banner('data', say('data_none'), { danger: true })
    return
  }
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
async function conclude(text, answer, checked, photo) {
  const { verdict } = answer
  const mine = { text, answer, checked, photo: null, scan: scanOf(answer, checked) }
  current = mine
  render(mine)
  signal(verdict.tone, settings)
  await log(mine)
  if (photo !== null) photo.then((blob) => showPhoto(mine, blob))
  const goesOn = settings.next && verdict.tone === 'green'
  if (goesOn) setTimeout(() => current === mine && next(), GO_ON_MS)
  return mine
}

/** @param {Case} mine */
function render(mine) {
  const { answer, checked, photo } = mine
  show('verdict-screen')
  showVerdict($('answer'), { ...answer, where: placeName(), photo, portrait: checked && checked.portrait })
  $('same').hidden = photo === null || !isSignedIn()
  pressed('same-yes', mine.scan.same_person === true)
  pressed('same-no', mine.scan.same_person === false)
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
  signal(late.tone, settings)
  log(mine)
}

function next() {
  current = null
  last.at = performance.now()
  show('scanning')
  refresh()
  upload()
}

/** @param {boolean} same */
async function samePerson(same) {
  if (current === null) return
  current.scan = { ...current.scan, same_person: same }
  pressed('same-yes', same)
  pressed('same-no', !same)
  $('same-said').textContent = same ? '' : say('same_no_act')
  if (!same) signal('red', settings)
  await log(current)
}

// --- the log -------------------------------------------------------------------------------------------------------

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
  if (user) await enqueue({ ...mine.scan, by: user })
}

/** Hand in what waits, but not the scan on the screen, whose question may still be open. */
async function upload() {
  if (session === null || session.user === null || !$('verdict-screen').hidden) return
  const worse = await handIn(session)
  if (worse === null) await renewSession()
  for (const { scan, now } of worse || []) {
    const text = say('queue_worse', {
      number: scan.number || '–', time: moment(new Date(scan.scanned_at)), now: look(now)[spoken()],
    })
    banner(`worse-${scan.nonce}`, text, {
      danger: true, action: { label: say('close'), run: () => banner(`worse-${scan.nonce}`, null) },
    })
    signal('red', settings)
  }
  refresh()
}

// --- data, network, account ----------------------------------------------------------------------------------------

async function renew() {
  const answered = await offline.renew(settings.root)
  setOnline(answered)
  if (offline.checker !== null) offerNames(offline.checker.names)
  refresh()
}

async function renewSession() {
  let found = await service.currentSession()
  if (found !== null && found.user !== null && isOwed(found)) {
    if (await service.endSession(found)) owe(null)
    found = null
  }
  if (found !== null) session = found
  if (found !== null && found.user !== null && found.user.name !== user) {
    user = found.user.name
    await keepUser(user)
  }
  refresh()
}

const isSignedIn = () => session !== null && session.user !== null

/** @param {boolean} online */
function setOnline(online) {
  isOnline = online
  refresh()
}

async function signOut() {
  const ended = session !== null && (await service.endSession(session))
  owe(ended ? null : (session && session.csrf) || ANY)
  await wipe()
  settings = { ...DEFAULTS }
  offline.checker = null
  location.reload()
}

const OWED = 'zhengka-sign-out'
const ANY = '*'

/**
 * A sign-out without a network is made good as soon as there is one.
 * @param {string | null} csrf of the sign-in to be ended
 */
function owe(csrf) {
  if (csrf === null) localStorage.removeItem(OWED)
  else localStorage.setItem(OWED, csrf)
}

/** @param {service.Session} found */
const isOwed = (found) => [ANY, found.csrf].includes(localStorage.getItem(OWED) || '')

/** Say on the screen how things stand. */
async function refresh() {
  const state = isOnline ? 'online' : 'offline'
  $('net').querySelector('use')?.setAttribute('href', `#i-${state}`)
  $('net-text').textContent = say(state)
  $('place-name').textContent = placeName()
  const { checker } = offline
  banner('data', checker === null ? say('data_none') : null, { danger: !isOnline })
  const why = offline.refusals.map(either).join(' ')
  banner('refused', why ? say('data_refused', { why }) : null, { danger: true })
  const root = checker === null ? '' : String(checker.memory.root)
  $('fingerprint').textContent = root || '–'
  banner('root', root !== settings.root ? say('root_new') : null, {
    detail: root, action: { label: say('root_confirm'), run: confirmRoot },
  })
  banner('account', user && isOnline && !isSignedIn() ? say('account_ended') : null)
  $('sign-in').hidden = isSignedIn()
  $('sign-out').hidden = !user
  const waiting = await queueLength().catch(() => 0)
  const queue = waiting ? `${say('queue_waiting', { count: waiting })} · ` : ''
  const who = user ? say('signed_in_as', { name: user }) : say('account_none')
  $('account-text').textContent = queue + who
  sayAge(queue)
}

/** @param {string} queue */
function sayAge(queue) {
  const asOf = offline.checker && offline.checker.asOf
  const strip = $('data-age')
  if (!asOf || offline.checker === null) {
    $('data-age-text').textContent = queue + say('data_none')
    strip.classList.add('old')
    return
  }
  const hours = (Date.now() - asOf.getTime()) / 3600000
  const age = hours < 1
    ? say('age_minutes', { minutes: Math.max(0, Math.floor(hours * 60)) })
    : hours < 48 ? say('age_hours', { hours: Math.floor(hours) }) : say('age_days', { days: Math.floor(hours / 24) })
  const isOver = Date.now() >= offline.checker.expiresAt.getTime()
  const key = isOver ? 'data_expired' : hours >= 24 ? 'data_old' : 'data_fresh'
  $('data-age-text').textContent = queue + say(key, { age })
  strip.classList.toggle('old', key !== 'data_fresh')
}

function confirmRoot() {
  settings = { ...settings, root: offline.checker === null ? settings.root : String(offline.checker.memory.root) }
  keepSettings(settings)
  refresh()
}

/** @returns {string} */
function placeName() {
  const names = offline.checker === null ? null : offline.checker.names.institutions
  const name = (names && names.get(settings.place)) || settings.place
  const level = settings.level ? say(`level_${settings.level}`) : ''
  return [name, settings.occupation, level].filter(Boolean).join(' · ') || say('scan_settings')
}

// --- what the fingers do -------------------------------------------------------------------------------------------

/** @param {string} id @param {boolean} on */
const pressed = (id, on) => $(id).setAttribute('aria-pressed', String(on))

function openSettings() {
  fillForm(settings)
  show('settings')
  $('place').focus()
}

/** @param {Event} event */
async function saveSettings(event) {
  event.preventDefault()
  const chosen = readForm()
  if (chosen === null) return
  const hasNewCamera = chosen.camera !== settings.camera
  const hasNewRoot = chosen.root !== settings.root
  settings = chosen
  await keepSettings(settings)
  show('scanning')
  $('open-settings').focus()
  refresh()
  if (hasNewCamera) await startCamera()
  if (hasNewRoot) await renew()
}

async function toggleTorch() {
  const on = $('torch').getAttribute('aria-pressed') !== 'true'
  await camera.light(on)
  pressed('torch', on)
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
}

function listen() {
  /** @type {[string, string, (event: any) => void][]} */
  const reactions = [
    ['retry', 'click', startCamera], ['album', 'change', fromAlbum], ['torch', 'click', toggleTorch],
    ['open-number', 'click', toggleNumber], ['number-form', 'submit', fromNumber], ['next', 'click', next],
    ['same-yes', 'click', () => samePerson(true)], ['same-no', 'click', () => samePerson(false)],
    ['open-settings', 'click', openSettings], ['settings-form', 'submit', saveSettings],
    ['switch-language', 'click', switchLanguage], ['sign-out', 'click', signOut],
  ]
  for (const [id, kind, run] of reactions) $(id).addEventListener(kind, run)
  document.addEventListener('keydown', fromKeys)
  document.addEventListener('click', wakeSound)
  window.addEventListener('online', () => { renew(); renewSession().then(upload) })
  window.addEventListener('offline', () => setOnline(false))
  document.addEventListener('visibilitychange', () => {
    if (document.hidden) camera.stop()
    else startCamera()
  })
  if (inWeChat()) banner('wechat', say('camera_wechat'))
  if ('serviceWorker' in navigator) navigator.serviceWorker.register('/sw.js').then(watchForUpdate, () => undefined)
}

/** @param {ServiceWorkerRegistration} registration */
function watchForUpdate(registration) {
  registration.addEventListener('updatefound', () => {
    const { installing } = registration
    if (installing === null || navigator.serviceWorker.controller === null) return
    installing.addEventListener('statechange', () => {
      if (installing.state !== 'installed') return
      banner('update', say('update_ready'), { action: { label: say('update_now'), run: () => location.reload() } })
    })
  })
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

main().catch((error) => {
  const text = error instanceof Error ? error.message : String(error)
  console.error(text)
  banner('failed', text, { danger: true })
})
