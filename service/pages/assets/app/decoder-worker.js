// @ts-check
/// <reference lib="webworker" />
// Decodes off the page's own thread, so that the picture stays smooth.

import { decode } from './decode.js'

self.onmessage = async ({ data }) => {
  const { id, pixels, width, height } = data
  try {
    self.postMessage({ id, text: await decode(new ImageData(new Uint8ClampedArray(pixels), width, height)) })
  } catch (error) {
    self.postMessage({ id, text: null, error: String(error) })
  }
}
self.postMessage({ ready: true })
