// @ts-check
// The page behind the printed code: reads what stands after the # sign, which no server is ever sent by the browser,
// checks the signature here, and asks the service, or where there is none the published list, for the status.

import { choose } from './decide.js'
import { Inquiry, follow } from './inquiry.js'
import { loadWords, say, speak, spoken, translate } from './language.js'
import { fetchBundle, openKeys, open, takeListFor } from './published.js'
import { photoOfCode, verifyOnline } from './service.js'
import { keepMemory, readBundle, readMemory } from './store.js'
import { EMPTY_MEMORY } from '../verifier/checker.js'
import { sayChecked, showVerdict } from './view.js'

/**
 * @typedef {import('../verifier/checker.js').Checker} Checker
 * @typedef {import('../verifier/checker.js').Checked} Checked
 * @typedef {import('./decide.js').Answer} Answer
 * @typedef {{answer: Answer, portrait: Uint8Array | null, photo: Blob | null}} Found
 */

const REACH_MS = 4000
const NO_DUTY = { place: null, occupation: null, level: null }
const [host, waiting, nothing, failed] = ['answer', 'waiting', 'nothing', 'failed'].map(
  (id) => /** @type {HTMLElement} */ (document.getElementById(id)),
)
/** @type {Map<string, string>} the digits of each entry in the tab's history: the address itself keeps none */
const entries = new Map()
const pageId = Math.random().toString(36).slice(2) // entries left by an earlier load of the page are nobody's
/** @type {string | null} */
let entry = null

/** @type {Inquiry<string, Found>} */
const inquiry = new Inquiry({
  async ask(digits, { signal, report }) {
    await ready()
    const text = `https://${host.dataset.host}/1#${digits}`
    const found = await check(text, signal)
    report(found)
    const isGenuine = found.answer.source === 'online' && found.answer.verdict.card !== null
    const photo = isGenuine ? await photoOfCode(text, signal) : null
    if (photo !== null) report({ ...found, photo })
  },
  blank(phase) {
    host.replaceChildren()
    only(phase === 'idle' ? nothing : waiting)
  },
  show(found) {
    only(host)
    draw(found)
  },
  fail(error) {
    console.warn(error instanceof Error ? error.message : error)
    only(failed)
  },
})

/** @param {Found} found */
function draw({ answer, portrait, photo }) {
  showVerdict(host, { ...answer, portrait, photo })
  sayChecked(host, inquiry.age)
}

/**
 * Follow the link to the report. Where the service cannot be reached, the scanner takes the report if it is on this
 * device, and hands it in later; else it is said what to do.
 * @param {Event} event
 */
async function report(event) {
  const link = event.target instanceof Element && event.target.closest('.report a')
  const { answer: found } = inquiry
  if (!(link instanceof HTMLAnchorElement) || found === null) return
  if (navigator.onLine && found.answer.source === 'online') return
  event.preventDefault()
  const { href, search } = link
  if (await isReached(link.pathname)) location.assign(href)
  else if (navigator.serviceWorker && navigator.serviceWorker.controller) location.assign(`/scan#report${search}`)
  else for (const said of host.querySelectorAll('.report-said')) said.textContent = say('report_no_network')
}

/** @param {string} path @returns {Promise<boolean>} whether a page can be had now */
async function isReached(path) {
  const patience = new AbortController()
  const over = setTimeout(() => patience.abort(), REACH_MS)
  try {
    return (await fetch(path, { method: 'HEAD', cache: 'no-store', signal: patience.signal })).ok
  } catch {
    return false
  } finally {
    clearTimeout(over)
  }
}

/** @param {HTMLElement} part of the page, the only one to be seen */
function only(part) {
  for (const one of [host, waiting, nothing, failed]) one.hidden = one !== part
}

/**
 * Answer what stands in the address now. What the tab's history goes back to is asked anew.
 */
function readAddress() {
  const kept = history.state === null ? '' : String(history.state.entry)
  const found = location.hash.length > 1 ? take(location.hash.slice(1)) : kept
  if (found === entry) return
  entry = found
  const digits = entries.get(found) || ''
  if (digits !== '') inquiry.ask(digits)
  else if (inquiry.phase === 'idle') only(nothing)
  else inquiry.clear()
}

/**
 * Take the digits out of the address. They count up to the first other character: what sharing tools put behind them is
 * not part of a credential.
 * @param {string} fragment
 * @returns {string} the entry that keeps them
 */
function take(fragment) {
  const fresh = `${pageId}-${entries.size}`
  entries.set(fresh, (/^[0-9]*/.exec(fragment) || [''])[0])
  try {
    history.replaceState({ entry: fresh }, '', '/1')
  } catch (error) {
    console.warn(error) // WebKit does it a hundred times in half a minute; the digits stay, and are answered
  }
  return fresh
}

/** @type {Promise<void> | null} */
let words = null

/** Have the words of the page; where they could not be fetched, the next question tries again. */
function ready() {
  words = words || loadWords().then(() => translate(document))
  words.catch(() => { words = null })
  return words
}

/**
 * @param {string} text
 * @param {AbortSignal} signal
 * @returns {Promise<Found>}
 */
async function check(text, signal) {
  const [local, online] = await Promise.all([checkHere(text, signal), verifyOnline(text, NO_DUTY, signal)])
  const complete = local !== null && online === null && !signal.aborted
    ? await withStatus(local.checker, text, signal)
    : local && local.checked
  const answer = choose(complete && complete.verdict, online)
  if (answer === null) throw new Error('nothing could be fetched')
  return { answer, portrait: complete && complete.portrait, photo: null }
}

/**
 * Check the signature with the published keys, or with what this device has kept for checking offline.
 * @param {string} text
 * @param {AbortSignal} signal
 * @returns {Promise<{checker: Checker, checked: Checked} | null>}
 */
async function checkHere(text, signal) {
  const memory = await readMemory().catch(() => EMPTY_MEMORY)
  try {
    const checker = (await openKeys(memory)) || (await kept(memory))
    if (checker === null) return null
    await remember(checker, signal)
    return { checker, checked: await checker.check(text, new Date(), NO_DUTY) }
  } catch (error) {
    console.warn(error instanceof Error ? error.message : error)
    return null
  }
}

/**
 * Remember what was accepted, unless the scanner is on this device: its memory goes with the data it keeps, and must
 * not run ahead of it, or that data would be refused as older when the network is gone.
 * @param {Checker} checker
 * @param {AbortSignal} signal
 */
async function remember(checker, signal) {
  if ((await readBundle().catch(() => null)) !== null || signal.aborted) return
  await keepMemory(checker.memory).catch(() => undefined)
}

/** @param {import('../verifier/checker.js').Memory} memory @returns {Promise<Checker | null>} */
async function kept(memory) {
  const bundle = await readBundle().catch(() => null)
  return bundle === null ? null : open(bundle, memory)
}

/**
 * Without the service: take the status list from wherever it is published, and the names behind the codes.
 * @param {Checker} checker
 * @param {string} text
 * @param {AbortSignal} signal
 */
async function withStatus(checker, text, signal) {
  await takeListFor(checker, text)
  const bundle = checker.names.centre === '' ? await fetchBundle() : null
  if (bundle !== null) {
    const named = await open(bundle, checker.memory).catch(() => null)
    if (named !== null) checker.names = named.names
  }
  await remember(checker, signal)
  return checker.check(text, new Date(), NO_DUTY)
}

for (const button of document.querySelectorAll('[data-action="language"]')) {
  button.addEventListener('click', () => {
    speak(spoken() === 'zh' ? 'en' : 'zh')
    if (inquiry.answer !== null) draw(inquiry.answer)
  })
}
host.addEventListener('click', report)
document.documentElement.dataset.started = ''
for (const kind of ['hashchange', 'popstate']) window.addEventListener(kind, readAddress)
follow(inquiry, () => sayChecked(host, inquiry.age))
readAddress()
ready().catch(() => undefined)
