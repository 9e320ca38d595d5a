// @ts-check
// Data, network and account: kept up to date by themselves, and said on the screen.

import { banner } from './banners.js'
import { gate, isSignedIn, placeName } from './gate.js'
import { either, say } from './language.js'
import { arrivalsWaiting } from './rollcallstore.js'
import { reportsWaiting } from './reportstore.js'
import { $ } from './screen.js'
import * as service from './service.js'
import { offerNames } from './settings.js'
import { DEFAULTS, keepSettings, keepUser, queueLength, wipe } from './store.js'

const OWED = 'zhengka-sign-out'
const ANY = '*'

export async function renew() {
  const answered = await gate.offline.renew(gate.settings.root)
  setOnline(answered)
  if (gate.offline.checker !== null) offerNames(gate.offline.checker.names)
  refresh()
}

const WHO_MS = 2000
/** @type {(value?: unknown) => void} */
let tellWho = () => undefined
const who = new Promise((resolve) => (tellWho = resolve))

/** Wait until the service has said who is signed in, or could not be asked; where it is slow, not for long. */
export const whoIsKnown = () => Promise.race([who, new Promise((resolve) => setTimeout(resolve, WHO_MS))])

/** Ask who is signed in, and go on as that person. */
export async function renewSession() {
  await askWho().finally(tellWho)
  refresh()
}

async function askWho() {
  let found = await service.currentSession()
  if (found !== null && found.user !== null && isOwed(found)) {
    if (await service.endSession(found)) owe(null)
    found = null
  }
  if (found !== null) gate.session = found
  if (found !== null && found.user !== null && found.user.name !== gate.user) {
    gate.user = found.user.name
    await keepUser(gate.user)
  }
}

/** @param {boolean} online */
export function setOnline(online) {
  gate.isOnline = online
  refresh()
}

export async function signOut() {
  const ended = gate.session !== null && (await service.endSession(gate.session))
  owe(ended ? null : (gate.session && gate.session.csrf) || ANY)
  await wipe()
  gate.settings = { ...DEFAULTS }
  gate.offline.checker = null
  location.reload()
}

/**
 * A sign-out without a network is made good as soon as there is one.
 * @param {string | null} csrf of the sign-in to be ended
 */
function owe(csrf) {
  if (csrf === null) localStorage.removeItem(OWED)
  else localStorage.setItem(OWED, csrf)
}

/** @param {service.Session} found */
const isOwed = (found) => [ANY, found.csrf].includes(localStorage.getItem(OWED) || '')

/** Say on the screen how things stand. */
export async function refresh() {
  const state = gate.isOnline ? 'online' : 'offline'
  for (const place of ['net', 'roll-net']) {
    $(place).querySelector('use')?.setAttribute('href', `#i-${state}`)
    $(`${place}-text`).textContent = say(state)
  }
  $('place-name').textContent = placeName()
  const { checker } = gate.offline
  banner('data', checker === null ? say('data_none') : null, { danger: !gate.isOnline })
  const why = gate.offline.refusals.map(either).join(' ')
  banner('refused', why ? say('data_refused', { why }) : null, { danger: true })
  const root = checker === null ? '' : String(checker.memory.root)
  $('fingerprint').textContent = root || '–'
  banner('root', root !== gate.settings.root ? say('root_new') : null, {
    detail: root, action: { label: say('root_confirm'), run: confirmRoot },
  })
  banner('account', gate.user && gate.isOnline && !isSignedIn() ? say('account_ended') : null)
  $('sign-in').hidden = isSignedIn()
  $('sign-out').hidden = !gate.user
  $('open-roll').hidden = !gate.user
  const owed = await Promise.all([queueLength(), arrivalsWaiting(), reportsWaiting()]).catch(() => [0])
  const waiting = owed.reduce((sum, one) => sum + one, 0)
  const queue = waiting ? `${say('queue_waiting', { count: waiting })} · ` : ''
  const who = gate.user ? say('signed_in_as', { name: gate.user }) : say('account_none')
  $('account-text').textContent = queue + who
  sayAge(queue)
}

/** @param {string} queue */
function sayAge(queue) {
  const asOf = gate.offline.checker && gate.offline.checker.asOf
  const strip = $('data-age')
  if (!asOf || gate.offline.checker === null) {
    $('data-age-text').textContent = queue + say('data_none')
    strip.classList.add('old')
    return
  }
  const hours = (Date.now() - asOf.getTime()) / 3600000
  const age = hours < 1
    ? say('age_minutes', { minutes: Math.max(0, Math.floor(hours * 60)) })
    : hours < 48 ? say('age_hours', { hours: Math.floor(hours) }) : say('age_days', { days: Math.floor(hours / 24) })
  const isOver = Date.now() >= gate.offline.checker.expiresAt.getTime()
  const key = isOver ? 'data_expired' : hours >= 24 ? 'data_old' : 'data_fresh'
  $('data-age-text').textContent = queue + say(key, { age })
  strip.classList.toggle('old', key !== 'data_fresh')
}

function confirmRoot() {
  const { checker } = gate.offline
  if (checker !== null) gate.settings = { ...gate.settings, root: String(checker.memory.root) }
  keepSettings(gate.settings)
  refresh()
}
