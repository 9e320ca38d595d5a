// @ts-check
// The settings panel of the scanner: form in, settings out.

import { numberTyped } from '../verifier/tidy.js'
import { say } from './language.js'

/**
 * @typedef {import('./store.js').Settings} Settings
 * @typedef {import('../verifier/checker.js').Names} Names
 * @typedef {import('./camera.js').Lens} Lens
 */

const PLACE = /^[0-9]{6}$/

/** @param {string} id @returns {HTMLInputElement} */
const field = (id) => /** @type {HTMLInputElement} */ (document.getElementById(id))

/** @param {Settings} settings */
export function fillForm(settings) {
  for (const name of /** @type {const} */ (['place', 'occupation', 'level', 'root', 'camera'])) {
    field(name).value = settings[name]
  }
  field('sound').checked = settings.sound
  field('vibration').checked = settings.vibration
  field('auto-next').checked = settings.next
}

/**
 * Read the form; null, with the words beside the field, for what cannot be used.
 * @returns {Settings | null}
 */
export function readForm() {
  const place = numberTyped(field('place').value)
  const isRight = place === '' || PLACE.test(place)
  field('place-wrong').textContent = isRight ? '' : say('set_place_invalid')
  field('place').setAttribute('aria-invalid', String(!isRight))
  if (!isRight) {
    field('place').focus()
    return null
  }
  return {
    place,
    occupation: field('occupation').value.trim(),
    level: field('level').value,
    sound: field('sound').checked,
    vibration: field('vibration').checked,
    next: field('auto-next').checked,
    camera: field('camera').value,
    root: field('root').value.trim().toLowerCase(),
  }
}

/** @param {Names} names what the fields offer */
export function offerNames(names) {
  offer('places', Array.from(names.institutions, ([code, name]) => [code, name]))
  offer('occupations', Array.from(names.occupations.values(), (name) => [name, '']))
}

/** @param {Lens[]} lenses @param {string} chosen */
export function offerLenses(lenses, chosen) {
  const select = field('camera')
  const automatic = /** @type {Element} */ (select.firstElementChild)
  select.replaceChildren(automatic, ...lenses.map(({ deviceId, label }, i) => option(deviceId, label || `${i + 1}`)))
  select.value = lenses.some(({ deviceId }) => deviceId === chosen) ? chosen : ''
}

/** @param {string} id @param {[string, string][]} entries */
function offer(id, entries) {
  field(id).replaceChildren(...entries.map(([value, label]) => option(value, label)))
}

/** @param {string} value @param {string} label */
function option(value, label) {
  const element = document.createElement('option')
  element.value = value
  element.textContent = label
  return element
}
