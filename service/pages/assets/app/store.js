// @ts-check
// What stays on the device. Signing out wipes all of it but the memory of what was accepted: pinned root, versions and
// times of lists, without which an older list could be passed off as the newest.

import { EMPTY_MEMORY } from '../verifier/checker.js'
import { say } from './language.js'

/**
 * @typedef {import('../verifier/checker.js').Memory} Memory
 * A scan that waits, and whose it is: somebody else who signs in on this device does not hand it in as his own.
 * @typedef {import('./service.js').Scan & {by: string}} Waiting
 * @typedef {{
 *   place: string, occupation: string, level: string, sound: boolean, vibration: boolean, next: boolean,
 *   camera: string, root: string
 * }} Settings
 */

/** @type {Readonly<Settings>} */
export const DEFAULTS = {
  place: '', occupation: '', level: '', sound: true, vibration: true, next: false, camera: '', root: '',
}

const NAME = 'zhengka'
const VERSION = 4
const [MEMORY, BUNDLE, SETTINGS, QUEUE] = ['memory', 'bundle', 'settings', 'queue']
/** The assessments of the day, and who has come and is not handed in yet. */
export const [ASSESSMENTS, ARRIVALS] = ['assessments', 'arrivals']
/** The reports of cards that were made here. */
export const REPORTS = 'reports'
const USER = 'user'

/** @type {Promise<IDBDatabase> | undefined} */
let opened

/** @returns {Promise<IDBDatabase>} where a newer version of the scanner has changed it, as that has left it */
function database() {
  opened = opened || connect(VERSION).catch((error) => {
    if (error.name === 'VersionError') return connect()
    throw error
  })
  return opened
}

/** @param {number} [version] @returns {Promise<IDBDatabase>} */
function connect(version) {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(NAME, version)
    request.onupgradeneeded = ({ oldVersion }) => {
      if (oldVersion < 1) {
        for (const name of [MEMORY, BUNDLE, SETTINGS]) request.result.createObjectStore(name)
        request.result.createObjectStore(QUEUE, { keyPath: 'nonce' })
      }
      if (oldVersion < 2) request.result.createObjectStore(ARRIVALS, { keyPath: 'nonce' })
      if (oldVersion === 2) renameSessions(/** @type {IDBTransaction} */ (request.transaction))
      if (oldVersion < 3) request.result.createObjectStore(ASSESSMENTS, { keyPath: 'assessment' })
      request.result.createObjectStore(REPORTS, { keyPath: 'nonce' })
    }
    request.onsuccess = () => {
      request.result.onversionchange = () => {
        request.result.close() // else a newer page would wait for this one
        opened = undefined
      }
      resolve(request.result)
    }
    request.onerror = () => reject(request.error)
    request.onblocked = () => reject(new Error(say('store_blocked')))
  })
}

/**
 * Version 2 called an assessment a session: what waits to be handed in takes the new name, what was fetched is emptied
 * and fetched again. The old store stays for a page of the former version that is still open.
 * @param {IDBTransaction} transaction
 */
function renameSessions(transaction) {
  transaction.objectStore('sessions').clear()
  transaction.objectStore(ARRIVALS).openCursor().onsuccess = ({ target }) => {
    const cursor = /** @type {IDBRequest<IDBCursorWithValue | null>} */ (target).result
    if (cursor === null) return
    const { session, ...arrival } = cursor.value
    cursor.update({ ...arrival, assessment: session })
    cursor.continue()
  }
}

/**
 * Run one transaction; it is over, and stored, when the promise resolves.
 * @template T
 * @param {string[]} names
 * @param {IDBTransactionMode} mode
 * @param {(transaction: IDBTransaction) => IDBRequest<T> | void} work
 * @returns {Promise<T | undefined>}
 */
export async function run(names, mode, work) {
  const transaction = (await database()).transaction(names, mode)
  const request = work(transaction)
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve(request ? request.result : undefined)
    transaction.onabort = () => reject(transaction.error)
  })
}

/** @returns {Promise<Memory>} */
export async function readMemory() {
  return (await run([MEMORY], 'readonly', (t) => t.objectStore(MEMORY).get(0))) || EMPTY_MEMORY
}

/** @param {Memory} memory */
export async function keepMemory(memory) {
  await run([MEMORY], 'readwrite', (t) => t.objectStore(MEMORY).put(memory, 0))
}

/** @returns {Promise<Uint8Array | null>} */
export async function readBundle() {
  return (await run([BUNDLE], 'readonly', (t) => t.objectStore(BUNDLE).get(0))) || null
}

/**
 * Keep a bundle with the memory of having accepted it, both or neither.
 * @param {Uint8Array} bytes
 * @param {Memory} memory
 */
export async function keepBundle(bytes, memory) {
  await run([BUNDLE, MEMORY], 'readwrite', (t) => {
    t.objectStore(MEMORY).put(memory, 0)
    t.objectStore(BUNDLE).put(bytes, 0)
  })
}

/** @returns {Promise<Settings>} */
export async function readSettings() {
  return { ...DEFAULTS, ...(await run([SETTINGS], 'readonly', (t) => t.objectStore(SETTINGS).get(0))) }
}

/** @param {Settings} settings */
export async function keepSettings(settings) {
  await run([SETTINGS], 'readwrite', (t) => t.objectStore(SETTINGS).put(settings, 0))
}

/** @returns {Promise<string>} who signed in on this device last, empty after a sign-out: known without a network too */
export async function readUser() {
  return (await run([SETTINGS], 'readonly', (t) => t.objectStore(SETTINGS).get(USER))) || ''
}

/** @param {string} name */
export async function keepUser(name) {
  await run([SETTINGS], 'readwrite', (t) => t.objectStore(SETTINGS).put(name, USER))
}

/** @param {Waiting} scan */
export async function enqueue(scan) {
  await run([QUEUE], 'readwrite', (t) => t.objectStore(QUEUE).put(scan))
}

/** @returns {Promise<Waiting[]>} */
export async function queued() {
  return (await run([QUEUE], 'readonly', (t) => t.objectStore(QUEUE).getAll())) || []
}

/** @returns {Promise<number>} */
export async function queueLength() {
  return (await run([QUEUE], 'readonly', (t) => t.objectStore(QUEUE).count())) || 0
}

/** @param {string[]} nonces that the service has confirmed */
export async function dequeue(nonces) {
  await run([QUEUE], 'readwrite', (t) => {
    for (const nonce of nonces) t.objectStore(QUEUE).delete(nonce)
  })
}

/** Wipe all but the memory. */
export async function wipe() {
  const names = [BUNDLE, SETTINGS, QUEUE, ASSESSMENTS, ARRIVALS, REPORTS]
  await run(names, 'readwrite', (t) => {
    for (const name of names) t.objectStore(name).clear()
  })
}
