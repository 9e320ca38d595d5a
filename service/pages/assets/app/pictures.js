// @ts-check
// Which parts of a picture are tried, and how large: the middle first, then enlarged, then the whole.

import { choose } from './choosing.js'
import { loaded } from './loaded.js'

/**
 * @typedef {import('./decoder.js').Decode} Decode
 * @typedef {import('./choosing.js').Choice} Choice
 */

const LARGEST = 2000 // pixels a side: a photograph from a telephone is brought down to this

const canvas = document.createElement('canvas')
const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext('2d', { willReadFrequently: true }))

/**
 * Cut a part out of a picture, scaled, with what is transparent in a colour.
 * @param {CanvasImageSource} picture
 * @param {{x: number, y: number, width: number, height: number}} part
 * @param {number} scale
 * @param {string} [behind]
 * @returns {ImageData}
 */
function cut(picture, part, scale, behind = '#fff') {
  canvas.width = Math.round(part.width * scale)
  canvas.height = Math.round(part.height * scale)
  context.fillStyle = behind
  context.fillRect(0, 0, canvas.width, canvas.height)
  context.drawImage(picture, part.x, part.y, part.width, part.height, 0, 0, canvas.width, canvas.height)
  return context.getImageData(0, 0, canvas.width, canvas.height)
}

/**
 * Look for a card's code in one frame of the camera; `turn` counts the frames. Light codes on dark ground are looked
 * for in every fourth.
 * @param {Decode} decode
 * @param {HTMLVideoElement} video
 * @param {number} turn
 * @param {string} host
 */
export async function findInFrame(decode, video, turn, host) {
  const { videoWidth: width, videoHeight: height } = video
  const side = Math.min(width, height)
  const middle = { x: (width - side) / 2, y: (height - side) / 2, width: side, height: side }
  const part = turn % 3 === 2 ? { x: 0, y: 0, width, height } : middle
  const isInverted = turn % 4 === 3
  const first = choose(await decode(cut(video, part, 1), isInverted), host)
  if (first !== null && first.kind !== 'foreign') return first
  return choose(await decode(cut(video, part, 1.5), isInverted), host) || first
}

/**
 * Look for a card's code in a photograph, larger and smaller; a transparent one on white, then on black.
 * @param {Decode} decode
 * @param {Blob} file
 * @param {string} host
 * @returns {Promise<Choice | null>}
 */
export async function findInPhoto(decode, file, host) {
  const picture = await loaded(file)
  if (picture === null) return null
  const whole = { x: 0, y: 0, width: picture.naturalWidth, height: picture.naturalHeight }
  const fits = Math.min(1, LARGEST / Math.max(whole.width, whole.height))
  /** @type {Choice | null} */
  let best = null
  for (const behind of ['#fff', '#000']) {
    for (const scale of [fits, fits * 1.5, fits / 2, fits / 3]) {
      const found = choose(await decode(cut(picture, whole, scale, behind), true), host)
      if (found !== null && found.kind !== 'foreign') return found
      best = best || found
    }
  }
  return best
}
