// @ts-check
// Pictures in, texts of QR codes out: a module worker does it, or this page where there is none. Each is tried on a
// small code whose text is known before it is trusted with a card.

/** @typedef {(image: ImageData, inverted?: boolean) => Promise<string[]>} Decode */

const READY_MS = 10000
const ANSWER_MS = 10000
const KNOWN = 'zhengka'
const SIDE = 21
// The modules of KNOWN as a QR code of version 1, row by row, four to a hexadecimal digit.
const MODULES = 'fe13fc17506e96bb7495dba9aec12907faafe00000aa6893c9abebccaf92f83479280071c7f9a7f04851baaa1dd1adaea5e3'
  + '04b92fed798'
const SCALE = 4
const QUIET = 4

/**
 * Start what decodes, and again where it has died.
 * @returns {Promise<Decode>} rejected where this browser cannot decode at all
 */
export async function startDecoder() {
  try {
    return await tried(await inWorker())
  } catch {
    const { decode } = await import('./decode.js')
    return tried((image, inverted = false) => decode(image, inverted))
  }
}

/** @param {Decode} decode @returns {Promise<Decode>} */
async function tried(decode) {
  const found = await decode(knownCode())
  if (found.length !== 1 || found[0] !== KNOWN) throw new Error('codes are not read')
  return decode
}

/** @returns {ImageData} */
function knownCode() {
  const side = (SIDE + 2 * QUIET) * SCALE
  const image = new ImageData(side, side)
  image.data.fill(255)
  for (let row = 0; row < SIDE * SCALE; row += 1) {
    for (let column = 0; column < SIDE * SCALE; column += 1) {
      const at = Math.floor(row / SCALE) * SIDE + Math.floor(column / SCALE)
      const isDark = (parseInt(MODULES[at >> 2], 16) >> (3 - (at & 3))) & 1
      const pixel = ((row + QUIET * SCALE) * side + column + QUIET * SCALE) * 4
      if (isDark) image.data.fill(0, pixel, pixel + 3)
    }
  }
  return image
}

/** @returns {Promise<Decode>} */
function inWorker() {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL('decoder-worker.js', import.meta.url).href, { type: 'module' })
    const timer = setTimeout(() => end(new Error('the worker does not start')), READY_MS)
    /** @type {Map<number, {done: (texts: string[]) => void, fail: (error: Error) => void}>} */
    const waiting = new Map()
    let count = 0
    /** @param {Error} error */
    function end(error) {
      clearTimeout(timer)
      worker.terminate()
      reject(error)
      for (const { fail } of waiting.values()) fail(error)
      waiting.clear()
    }
    worker.onerror = () => end(new Error('the worker has died'))
    worker.onmessage = ({ data }) => {
      if (data.ready) {
        clearTimeout(timer)
        resolve((image, inverted = false) => new Promise((done, fail) => {
          const { buffer } = image.data
          const id = ++count
          const late = setTimeout(() => end(new Error('the worker does not answer')), ANSWER_MS)
          waiting.set(id, {
            done: (texts) => { clearTimeout(late); done(texts) }, fail: (error) => { clearTimeout(late); fail(error) },
          })
          worker.postMessage({ id, pixels: buffer, width: image.width, height: image.height, inverted }, [buffer])
        }))
        return
      }
      const asked = waiting.get(data.id)
      waiting.delete(data.id)
      if (asked === undefined) return
      if (data.texts === undefined) asked.fail(new Error(data.error))
      else asked.done(data.texts)
    }
  })
}
