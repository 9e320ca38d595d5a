// @ts-check
// Find a QR code in a picture. Runs in the worker, and on the page where there are no module workers.

import { prepareZXingModule, readBarcodes } from '../vendor/zxing-wasm/es/reader/index.js'

/** @type {import('../vendor/zxing-wasm/es/reader/index.js').ReaderOptions} */
export const OPTIONS = {
  formats: ['QRCode'], tryHarder: true, tryInvert: false, maxNumberOfSymbols: 1, textMode: 'Plain',
}

prepareZXingModule({
  overrides: {
    locateFile: (/** @type {string} */ name) => new URL(`../vendor/zxing-wasm/reader/${name}`, import.meta.url).href,
  },
})

/**
 * @param {ImageData} image
 * @returns {Promise<string | null>} the text of the code
 */
export async function decode(image) {
  const [found] = await readBarcodes(image, OPTIONS)
  return found === undefined || !found.isValid ? null : found.text
}
