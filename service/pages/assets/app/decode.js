// @ts-check
// Find a QR code in a picture. Runs in the worker, and on the page where there are no module workers.

import { prepareZXingModule, readBarcodes } from '../vendor/zxing-wasm/es/reader/index.js'

/** @type {import('../vendor/zxing-wasm/es/reader/index.js').ReaderOptions} */
export const OPTIONS = {
  formats: ['QRCode'], tryHarder: true, tryInvert: false, maxNumberOfSymbols: 8, textMode: 'Plain',
}

prepareZXingModule({
  overrides: {
    locateFile: (/** @type {string} */ name) => new URL(`../vendor/zxing-wasm/reader/${name}`, import.meta.url).href,
  },
})

/**
 * @param {ImageData} image
 * @param {boolean} inverted whether light codes on dark ground are looked for too, which takes longer
 * @returns {Promise<string[]>} the texts of all codes in it
 */
export async function decode(image, inverted) {
  const found = await readBarcodes(image, { ...OPTIONS, tryInvert: inverted })
  return found.filter(({ isValid }) => isValid).map(({ text }) => text)
}
