// @ts-check
// The data for checking without a network: kept on the device, renewed by itself, and never replaced by anything older.

import { VerifierError } from '../verifier/checker.js'
import { fetchBundle, open } from './published.js'
import { keepBundle, readBundle, readMemory } from './store.js'

/**
 * @typedef {import('../verifier/checker.js').Checker} Checker
 * @typedef {{zh: string, en: string}} Words
 */

export class Offline {
  constructor() {
    /** @type {Checker | null} */
    this.checker = null
    /** @type {Words[]} why newer data was not taken, or not all of it */
    this.refusals = []
    /** The root that was asked for last: an answer that was waited for under another one comes too late. */
    this.root = ''
  }

  /**
   * Open what is on the device.
   * @param {string} root fingerprint the root must have, empty for the one remembered
   */
  async restore(root) {
    const [bytes, memory] = await Promise.all([readBundle(), readMemory()])
    if (bytes === null) return
    try {
      this.checker = await open(bytes, memory, root || null)
    } catch (error) {
      this.refuse(error)
    }
  }

  /**
   * Fetch newer data and take it, if it is genuine and as good as what is here: otherwise that stays in use.
   * @param {string} root
   * @returns {Promise<boolean>} whether the service gave any
   */
  async renew(root) {
    this.root = root
    if (root && this.checker !== null && this.checker.memory.root !== root) this.checker = null // not to be trusted
    const bytes = await fetchBundle()
    if (bytes === null) return false
    const memory = await readMemory()
    try {
      const checker = await open(bytes, memory, root || null)
      if (this.root !== root) return true
      this.refusals = checker.notes.slice()
      if (this.checker !== null && isPoorer(checker, this.checker)) return true
      await keepBundle(bytes, checker.memory)
      if (this.root === root) this.checker = checker
    } catch (error) {
      if (this.root === root) this.refuse(error)
    }
    return true
  }

  /** @param {unknown} error */
  refuse(error) {
    if (!(error instanceof VerifierError)) throw error
    this.refusals = [{ zh: error.zh, en: error.en }]
  }
}

/**
 * Tell whether data lacks a list that is here, because it was refused, or will expire before what is here. Lists under
 * a newer key document may expire earlier: a new key mends lists that were dated in the future.
 * @param {Checker} found
 * @param {Checker} kept
 */
function isPoorer(found, kept) {
  if (Array.from(kept.lists.keys()).some((number) => !found.lists.has(number))) return true
  return found.document.version === kept.document.version && found.expiresAt < kept.expiresAt
}
