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
import { Wedge } from './wedge.js'

const AGAIN_MS = 2500 // a code that stays in view this long after its verdict is not announced again

export const camera = new Camera(/** @type {HTMLVideoElement} */ ($('video')))
const wedge = new Wedge()
/** @type {import('./decoder.js').Decode | null} */
let decode = null
let last = { text: '', at: -Infinity }
let turn = 0
let generation = 0

/** Make ready to read codes. */
export async function prepare() {
  decode = decode || (await startDecoder())
}

/** The verdict has been read: what is still in view counts from now. */
export function lookAgain() {
  last.at = performance.now()
}

export async function startCamera() {
  $('trouble').hidden = true
  try {
    await camera.start(gate.settings.camera)
  } catch (error) {
    if (!(error instanceof CameraError)) throw error
    $('trouble-text').textContent = say(error.key)
    $('trouble').hidden = false
    return
  }
  $('torch').hidden = !camera.hasTorch
  offerLenses(await camera.lenses(), gate.settings.camera)
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
    if (!camera.isRunning || decode === null || isBusy()) continue
    if (!marked) performance.mark('zhengka-camera')
    marked = true
    const text = await findInFrame(decode, camera.video, turn++)
    if (text !== null && mine === generation && !isBusy()) seen(text)
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

/** @param {Event} event */
export async function fromAlbum(event) {
  const input = /** @type {HTMLInputElement} */ (event.target)
  const [file] = Array.from(input.files || [])
  input.value = ''
  if (file === undefined) return
  await prepare()
  const text = decode && (await findInPhoto(decode, file))
  banner('photo', text === null ? say('scan_none_in_photo') : null)
  if (text !== null) await checkText(text)
}

/** @param {KeyboardEvent} event */
export function fromKeys(event) {
  const target = /** @type {HTMLElement} */ (event.target)
  if (target.closest('input, select, textarea') !== null) return
  const text = wedge.key(event.key, event.timeStamp)
  if (text === null) return
  event.preventDefault()
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
