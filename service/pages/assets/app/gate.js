// @ts-check
// How things stand at this gate: what was set, who is signed in, what the device knows, whether there is a network.

import { say } from './language.js'
import { Offline } from './offline.js'
import { DEFAULTS } from './store.js'

/**
 * `user` is whoever signed in on this device last, known without a network too; `session` what the service said last;
 * `isCalling` whether the roll of an assessment is being called.
 * @type {{
 *   settings: import('./store.js').Settings, session: import('./service.js').Session | null, user: string,
 *   isOnline: boolean, isCalling: boolean, offline: Offline
 * }}
 */
export const gate = {
  settings: { ...DEFAULTS },
  session: null,
  user: '',
  isOnline: navigator.onLine,
  isCalling: false,
  offline: new Offline(),
}

export const isSignedIn = () => gate.session !== null && gate.session.user !== null

/** @returns {import('./service.js').Duty} what the holder is to do here */
export function duty() {
  const { place, occupation, level } = gate.settings
  return { place: place || null, occupation: occupation || null, level: /** @type {any} */ (level) || null }
}

/** @returns {string} */
export function placeName() {
  const names = gate.offline.checker === null ? null : gate.offline.checker.names.institutions
  const name = (names && names.get(gate.settings.place)) || gate.settings.place
  const level = gate.settings.level ? say(`level_${gate.settings.level}`) : ''
  return [name, gate.settings.occupation, level].filter(Boolean).join(' · ') || say('scan_settings')
}
