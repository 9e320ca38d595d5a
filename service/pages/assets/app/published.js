// @ts-check
// What is published for checking without the service: fetched with what the browser has of it, and opened.

import { openBundle, openParts } from '../verifier/checker.js'
import { ask } from './service.js'

/**
 * @typedef {import('../verifier/checker.js').Checker} Checker
 * @typedef {import('../verifier/checker.js').Memory} Memory
 */

/** @param {string} path @returns {Promise<Uint8Array | null>} */
async function bytesOf(path) {
  const response = await ask(path, { credentials: 'omit', cache: 'no-cache' })
  return response !== null && response.ok ? new Uint8Array(await response.arrayBuffer()) : null
}

/** @returns {Promise<Uint8Array | null>} the verifier bundle, unopened */
export const fetchBundle = () => bytesOf('/verifier-bundle')

/**
 * Open the published key document alone: enough to tell what is genuine. Throws VerifierError.
 * @param {Memory} memory
 * @returns {Promise<Checker | null>} null: it cannot be had
 */
export async function openKeys(memory) {
  const keyDocument = await bytesOf('/.well-known/zhengka-keys')
  return keyDocument === null ? null : openParts({ keyDocument }, memory, new Date())
}

/**
 * Fetch the one status list a text's verdict hangs on.
 * @param {Checker} checker
 * @param {string} text
 */
export async function takeListFor(checker, text) {
  const wanted = await checker.listWanted(text)
  const signed = wanted === null ? null : await bytesOf(`/status-lists/${wanted}`)
  if (wanted !== null && signed !== null) await checker.takeList(wanted, signed, new Date())
}

/**
 * @param {Uint8Array} bytes
 * @param {Memory} memory
 * @param {string | null} [root]
 */
export const open = (bytes, memory, root = null) => openBundle(bytes, memory, new Date(), root)
