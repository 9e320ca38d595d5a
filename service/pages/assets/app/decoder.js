// @ts-check
// Pictures in, texts of QR codes out: a module worker does it, or this page where there is none.

/** @typedef {(image: ImageData) => Promise<string | null>} Decode */

const READY_MS = 10000

/** @returns {Promise<Decode>} */
export async function startDecoder() {
  try {
    return await inWorker()
  } catch {
    return (await import('./decode.js')).decode
  }
}

/** @returns {Promise<Decode>} */
function inWorker() {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL('decoder-worker.js', import.meta.url).href, { type: 'module' })
    const timer = setTimeout(() => reject(new Error('the worker does not start')), READY_MS)
    /** @type {Map<number, (text: string | null) => void>} */
    const waiting = new Map()
    let count = 0
    worker.onerror = () => reject(new Error('no module workers'))
    worker.onmessage = ({ data }) => {
      if (data.ready) {
        clearTimeout(timer)
        resolve((image) => new Promise((done) => {
          const { buffer } = image.data
          waiting.set(++count, done)
          worker.postMessage({ id: count, pixels: buffer, width: image.width, height: image.height }, [buffer])
        }))
        return
      }
      const done = waiting.get(data.id)
      waiting.delete(data.id)
      if (done !== undefined) done(data.text)
    }
  })
}
