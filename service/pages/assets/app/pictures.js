// @ts-check
// Which parts of a picture are tried, and how large: the middle first, then enlarged, then the whole.

/** @typedef {import('./decoder.js').Decode} Decode */

const LARGEST = 2000 // pixels a side: a photograph from a telephone is brought down to this

const canvas = document.createElement('canvas')
const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext('2d', { willReadFrequently: true }))

/**
 * Cut a part out of a picture, scaled.
 * @param {CanvasImageSource} picture
 * @param {{x: number, y: number, width: number, height: number}} part
 * @param {number} scale
 * @returns {ImageData}
 */
function cut(picture, part, scale) {
  canvas.width = Math.round(part.width * scale)
  canvas.height = Math.round(part.height * scale)
  context.drawImage(picture, part.x, part.y, part.width, part.height, 0, 0, canvas.width, canvas.height)
  return context.getImageData(0, 0, canvas.width, canvas.height)
}

/**
 * Look for a code in one frame of the camera; `turn` counts the frames.
 * @param {Decode} decode
 * @param {HTMLVideoElement} video
 * @param {number} turn
 */
export async function findInFrame(decode, video, turn) {
  const { videoWidth: width, videoHeight: height } = video
  const side = Math.min(width, height)
  const middle = { x: (width - side) / 2, y: (height - side) / 2, width: side, height: side }
  const part = turn % 3 === 2 ? { x: 0, y: 0, width, height } : middle
  return (await decode(cut(video, part, 1))) || decode(cut(video, part, 1.5))
}

/**
 * Look for a code in a photograph.
 * @param {Decode} decode
 * @param {Blob} file
 * @returns {Promise<string | null>}
 */
export async function findInPhoto(decode, file) {
  const picture = await loaded(file)
  if (picture === null) return null
  const whole = { x: 0, y: 0, width: picture.naturalWidth, height: picture.naturalHeight }
  const fits = Math.min(1, LARGEST / Math.max(whole.width, whole.height))
  for (const scale of [fits, fits * 1.5, fits / 2, fits / 3]) {
    const text = await decode(cut(picture, whole, scale))
    if (text !== null) return text
  }
  return null
}

/** @param {Blob} file @returns {Promise<HTMLImageElement | null>} */
function loaded(file) {
  const address = URL.createObjectURL(file)
  const picture = new Image()
  return new Promise((resolve) => {
    picture.onload = () => resolve(picture)
    picture.onerror = () => resolve(null)
    picture.src = address
  }).then((found) => {
    URL.revokeObjectURL(address)
    return /** @type {HTMLImageElement | null} */ (found)
  })
}
