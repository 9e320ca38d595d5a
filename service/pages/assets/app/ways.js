// @ts-check
// The ways a code comes in: camera, album, a hand-held scanner that types, or the number typed by staff.

import { banner } from './banners.js'
import { Camera, CameraError } from './camera.js'
import { checkText, conclude } from './case.js'
import { startDecoder } from './decoder.js'
import { duty, gate } from './gate.js'
import { say } from './language.js'
import { findInFrame, findInPhoto } from './pictures.js'
import { $, pressed } from './screen.js'
import * as service from './service.js'
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
  const input = /** @type {HTMLInputElement} */ ($('number'))
  const wrong = $('number-wrong')
  wrong.textContent = ''
  if (gate.session === null || gate.session.user === null) {
    wrong.textContent = say('number_network')
    return
  }
  const response = await service.checkNumber(input.value.trim(), duty(), gate.session)
  if (response === null || !response.ok) {
    const refused = response !== null && response.status === 400 ? 'number_invalid' : 'number_failed'
    wrong.textContent = say(response === null ? 'number_network' : refused)
    return
  }
  /** @type {import('../verifier/verdict.js').VerdictJson} */
  const verdict = await response.json()
  input.value = ''
  const photo = verdict.card === null ? Promise.resolve(null) : service.photoOfNumber(verdict.card.number)
  await conclude(null, { verdict, source: 'online' }, null, photo)
}

export async function toggleTorch() {
  const on = $('torch').getAttribute('aria-pressed') !== 'true'
  await camera.light(on)
  pressed('torch', on)
}
