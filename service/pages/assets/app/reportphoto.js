// @ts-check
// A photograph of a card, made small enough to be kept on the device and sent from a gate.

import { loaded } from './loaded.js'

const LARGEST = 1600 // pixels of the longer side: a card's small print can be read
const QUALITY = 0.85
const MOST = 12 * 1024 * 1024 // bytes the service takes, for a picture that the browser cannot read

/** @typedef {import('./reportstore.js').Photo} Photo */

/**
 * Return the size that a picture is brought down to; never larger than it is.
 * @param {number} width
 * @param {number} height
 */
export function sizeKept(width, height) {
  const scale = Math.min(1, LARGEST / Math.max(width, height))
  return { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) }
}

/**
 * Make a photograph smaller; one that the browser cannot read (HEIC) stays as it is, where the service would take it.
 * @param {Blob} file
 * @returns {Promise<Photo | null>} null: it can be neither read nor sent
 */
export async function shrunk(file) {
  const small = await drawn(file)
  const kept = small || (file.size <= MOST ? file : null)
  return kept && { type: kept.type || 'application/octet-stream', bytes: await bytesOf(kept) }
}

/** @param {Blob} file @returns {Promise<Blob | null>} */
async function drawn(file) {
  const picture = await loaded(file)
  if (picture === null) return null
  const { width, height } = sizeKept(picture.naturalWidth, picture.naturalHeight)
  const canvas = document.createElement('canvas')
  canvas.width = width
  canvas.height = height
  const context = canvas.getContext('2d')
  if (context === null) return null
  context.drawImage(picture, 0, 0, width, height)
  return new Promise((resolve) => canvas.toBlob(resolve, 'image/jpeg', QUALITY))
}

/** @param {Blob} blob @returns {Promise<ArrayBuffer>} as Safari 14 has it too */
const bytesOf = (blob) => new Response(blob).arrayBuffer()
