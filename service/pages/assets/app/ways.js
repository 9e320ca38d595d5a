// @ts-check
// The ways a code comes in: camera, album, a hand-held scanner that types, or the number typed by staff.

import { banner } from './banners.js'
import { Camera, CameraError } from './camera.js'
import { checkNumber, checkText, inquiry } from './case.js'
import { startDecoder } from './decoder.js'
import { gate } from './gate.js'
import { say } from './language.js'
import { findInFrame, findInPhoto } from './pictures.js'
import { $, pressed } from './screen.js'
import { offerLenses } from './settings.js'
import { keepSettings } from './store.js'
import { Wedge } from './wedge.js'

const RESTART_MS = 10000
const STRANGERS = 5 // frames in a row before it is said that what is in view is no card
const AGAIN_MS = 2500 // a code that stays in view this long after its verdict is not announced again

export const camera = new Camera(/** @type {HTMLVideoElement} */ ($('video')))
const wedge = new Wedge()
/** @type {import('./decoder.js').Decode | null} */
let decode = null
let last = { text: '', at: -Infinity }
let turn = 0
let generation = 0
let restarted = -Infinity

/** @returns {string} the address whose cards are read here */
const host = () => document.body.dataset.host || ''

/** Make ready to read codes; where this browser cannot, say so and name the other ways in. */
export async function prepare() {
  try {
    decode = decode || (await startDecoder())
  } catch {
    decode = null
  }
  return decode !== null
}

/** The verdict has been read: what is still in view counts from now. */
export function lookAgain() {
  last.at = performance.now()
}

/**
 * Say why the camera is of no use, and what else there is; or that it is.
 * @param {string | null} key
 */
function trouble(key) {
  $('trouble-text').textContent = key === null ? '' : say(key)
  $('trouble').hidden = key === null
  $('hint').hidden = key !== null
}

export async function startCamera() {
  if (!(await prepare())) return stopWith('scan_no_decoder')
  camera.whenLost = restart
  try {
    await camera.start(gate.settings.camera)
  } catch (error) {
    if (!(error instanceof CameraError)) throw error
    if (error.key !== 'camera_none' || gate.settings.camera === '') return stopWith(error.key)
    await forgetCamera()
    return startCamera()
  }
  trouble(null)
  $('torch').hidden = !camera.hasTorch
  offerLenses(await camera.lenses(), gate.settings.camera)
  watch(++generation)
}

/** @param {string} key */
function stopWith(key) {
  generation += 1
  camera.stop()
  trouble(key)
}

/** The camera that was chosen is not there any more: another one will do, and the next time too. */
async function forgetCamera() {
  gate.settings = { ...gate.settings, camera: '' }
  await keepSettings(gate.settings)
  banner('camera', say('camera_gone'), { action: { label: say('close'), run: () => banner('camera', null) } })
}

/**
 * The camera ended by itself: start it once more, unless that has just been tried.
 * @param {string} key
 */
async function restart(key) {
  stopWith(key)
  const now = performance.now()
  if (document.hidden || now - restarted < RESTART_MS) return
  restarted = now
  await startCamera()
}

/**
 * Look for codes in frame after frame, for as long as this camera runs.
 * @param {number} mine
 */
async function watch(mine) {
  let marked = false
  let strangers = 0
  while (mine === generation && camera.stream !== null) {
    const hasCome = await camera.frame()
    if (mine !== generation) return
    if (!hasCome && !document.hidden) return restart('camera_ended')
    if (!camera.isRunning || decode === null || isBusy()) continue
    if (!marked) performance.mark('zhengka-camera')
    marked = true
    /** @type {import('./choosing.js').Choice | null} */
    let found = null
    try {
      found = await findInFrame(decode, camera.video, turn++, host())
    } catch {
      decode = null // it has died: another is started, or that is said
      return startCamera()
    }
    if (mine !== generation || isBusy()) continue
    strangers = found !== null && found.kind !== 'card' ? strangers + 1 : 0
    if (strangers === STRANGERS && found !== null) banner('view', say(`scan_${found.kind}`))
    if (found === null || found.kind !== 'card') continue
    banner('view', null)
    seen(found.text)
  }
}

/** Whether a card is being checked or another screen is up: what the camera sees then is nobody's question. */
const isBusy = () => $('scanning').hidden || inquiry.phase === 'asking'

/** @param {string} text */
function seen(text) {
  const now = performance.now()
  const isSame = text === last.text && now - last.at < AGAIN_MS
  last = { text, at: now }
  if (!isSame) checkText(text)
}

let isChoosing = false

/** Return whether a picture is being chosen, or read. */
export const isChoosingPicture = () => isChoosing

/** @param {Event} event of opening or closing the album */
export function noteAlbum({ type }) {
  isChoosing = type === 'click'
}

/** @param {Event} event */
export async function fromAlbum(event) {
  const input = /** @type {HTMLInputElement} */ (event.target)
  const [file] = Array.from(input.files || [])
  input.value = ''
  try {
    if (file !== undefined) await checkPicture(file)
  } finally {
    isChoosing = false
  }
}

/** @param {File} file */
async function checkPicture(file) {
  const isReady = await prepare()
  const found = decode && (await findInPhoto(decode, file, host()).catch(() => null))
  const key = found === null ? 'scan_none_in_photo' : found.kind === 'card' ? null : `scan_${found.kind}`
  banner('photo', isReady ? key && say(key) : say('scan_no_decoder'))
  if (found !== null && found.kind === 'card') await checkText(found.text)
}

/** @type {{field: HTMLInputElement, value: string} | null} what stood in a field before a machine typed into it */
let before = null

/**
 * Hear a hand-held scanner, also where a field has the focus: what it scans is checked and does not stay in the field.
 * @param {KeyboardEvent} event
 */
export function fromKeys(event) {
  const target = /** @type {HTMLElement} */ (event.target)
  const field = /** @type {HTMLInputElement | null} */ (target.closest('input, select, textarea'))
  const text = wedge.key(event.keyCode === 229 ? 'Process' : event.key, event.timeStamp)
  if (wedge.isSwallowed) banner('ime', say('scan_ime'))
  if (field !== null && wedge.text.length === 1) before = { field, value: field.value }
  const isCode = text !== null && (field === null || text.startsWith('https://'))
  if (text === null || !isCode) return
  event.preventDefault()
  banner('ime', null)
  if (field !== null && before !== null && before.field === field) field.value = before.value
  before = null
  checkText(text)
}

/** @param {Event} event */
export async function fromNumber(event) {
  event.preventDefault()
  $('number-wrong').textContent = ''
  await checkNumber(/** @type {HTMLInputElement} */ ($('number')).value.trim())
}

export async function toggleTorch() {
  const on = $('torch').getAttribute('aria-pressed') !== 'true'
  await camera.light(on)
  pressed('torch', on)
}
