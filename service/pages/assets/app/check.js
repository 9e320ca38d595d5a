// @ts-check
// The page behind the printed code: reads what stands after the # sign, which no server is ever sent by the browser,
// checks the signature here, and asks the service, or where there is none the published list, for the status.

import { choose } from './decide.js'
import { loadWords, say, speak, spoken, translate } from './language.js'
import { fetchBundle, openKeys, open, takeListFor } from './published.js'
import { photoOfCode, verifyOnline } from './service.js'
import { keepMemory, readBundle, readMemory } from './store.js'
import { EMPTY_MEMORY } from '../verifier/checker.js'
import { showVerdict } from './view.js'

/**
 * @typedef {import('../verifier/checker.js').Checker} Checker
 * @typedef {import('../verifier/checker.js').Checked} Checked
 */

const NO_DUTY = { place: null, occupation: null, level: null }
const fragment = location.hash
history.replaceState(null, '', '/1')
const [host, waiting, nothing] = ['answer', 'waiting', 'nothing'].map(
  (id) => /** @type {HTMLElement} */ (document.getElementById(id)),
)
let again = () => {}

async function main() {
  await loadWords()
  translate(document)
  for (const button of document.querySelectorAll('[data-action="language"]')) {
    button.addEventListener('click', () => {
      speak(spoken() === 'zh' ? 'en' : 'zh')
      again()
    })
  }
  const digits = fragment.slice(1)
  if (digits === '') {
    waiting.hidden = true
    nothing.hidden = false
    return
  }
  const text = `https://${host.dataset.host}/1#${digits}`
  const { answer, portrait, photo } = await check(text)
  waiting.hidden = true
  const show = () => showVerdict(host, { ...answer, portrait, photo: null })
  again = show
  show()
  const registered = await photo
  if (registered !== null) {
    again = () => showVerdict(host, { ...answer, portrait, photo: registered })
    again()
  }
}

/** @param {string} text */
async function check(text) {
  const [local, online] = await Promise.all([checkHere(text), verifyOnline(text, NO_DUTY)])
  const complete = local !== null && online === null ? await withStatus(local.checker, text) : local && local.checked
  const answer = choose(complete && complete.verdict, online)
  if (answer === null) throw new Error('nothing could be fetched')
  const shown = answer.source === 'online' && answer.verdict.card !== null
  return { answer, portrait: complete && complete.portrait, photo: shown ? photoOfCode(text) : Promise.resolve(null) }
}

/**
 * Check the signature with the published keys, or with what this device has kept for checking offline.
 * @param {string} text
 * @returns {Promise<{checker: Checker, checked: Checked} | null>}
 */
async function checkHere(text) {
  const memory = await readMemory().catch(() => EMPTY_MEMORY)
  try {
    const checker = (await openKeys(memory)) || (await kept(memory))
    if (checker === null) return null
    await remember(checker)
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
 */
async function remember(checker) {
  if ((await readBundle().catch(() => null)) === null) await keepMemory(checker.memory).catch(() => undefined)
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
 */
async function withStatus(checker, text) {
  await takeListFor(checker, text)
  const bundle = checker.names.centre === '' ? await fetchBundle() : null
  if (bundle !== null) {
    const named = await open(bundle, checker.memory).catch(() => null)
    if (named !== null) checker.names = named.names
  }
  await remember(checker)
  return checker.check(text, new Date(), NO_DUTY)
}

main().catch((error) => {
  console.warn(error instanceof Error ? error.message : error)
  waiting.textContent = say('check_failed')
  waiting.setAttribute('role', 'alert')
})
