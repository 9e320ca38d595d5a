// @ts-check
/// <reference lib="webworker" />
// Decodes off the page's own thread, so that the picture stays smooth.

import { decode } from './decode.js'

self.onmessage = async ({ data }) => {
  const { id, pixels, width, height, inverted } = data
  try {
    const texts = await decode(new ImageData(new Uint8ClampedArray(pixels), width, height), inverted)
    self.postMessage({ id, texts })
  } catch (error) {
    self.postMessage({ id, error: String(error) })
  }
}
self.postMessage({ ready: true })
