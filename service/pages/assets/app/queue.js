// @ts-check
// The log of scans on its way to the service: each is handed in until it is confirmed, and counted there once.

import { isWorse } from './decide.js'
import { uploadScans } from './service.js'
import { dequeue, queued } from './store.js'

/**
 * @typedef {import('./service.js').Scan} Scan
 * @typedef {import('./service.js').Session} Session
 */

const AT_ONCE = 200

let running = 0

/** Return whether scans are on their way. */
export const isHandingIn = () => running > 0

/**
 * Hand in everything that waits. Gives the scans whose cards have turned out worse than was shown at the gate.
 * @param {Session} session
 * @returns {Promise<{scan: Scan, now: string}[] | null>} null: the service did not take them, they wait
 */
export async function handIn(session) {
  running += 1
  try {
    return await handInAll(session)
  } finally {
    running -= 1
  }
}

/** @param {Session} session @returns {ReturnType<typeof handIn>} */
async function handInAll(session) {
  /** @type {{scan: Scan, now: string}[]} */
  const worse = []
  for (let scans = await own(session); scans.length > 0; scans = await own(session)) {
    const answers = await uploadScans(scans, session)
    if (answers === null) return null
    const nowOf = new Map(answers.map((answer) => [answer.nonce, answer.verdict_now]))
    const taken = scans.filter((scan) => nowOf.has(scan.nonce))
    if (taken.length === 0) return null
    await dequeue(taken.map((scan) => scan.nonce))
    for (const scan of taken) {
      const now = nowOf.get(scan.nonce)
      if (now && isWorse(bare(now), bare(scan.verdict))) worse.push({ scan, now })
    }
  }
  return worse
}

/**
 * The next scans that whoever is signed in has made on this device.
 * @param {Session} session
 * @returns {Promise<Scan[]>}
 */
async function own(session) {
  const name = session.user === null ? '' : session.user.name
  const waiting = (await queued()).filter((scan) => scan.by === name).slice(0, AT_ONCE)
  return waiting.map(({ by: _, ...scan }) => scan)
}

/** @param {string} word @returns {import('./decide.js').VerdictJson} */
const bare = (word) => /** @type {any} */ ({ verdict: word, fit_for_duty: null })

/** @returns {string} 16 random bytes: by them a scan handed in twice is known */
export function newNonce() {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('')
}
