// @ts-check
// The scanner's page: its parts by id, and which of its four screens is shown.

const SCREENS = /** @type {const} */ (['scanning', 'verdict-screen', 'roll-call', 'settings'])

/** @param {string} id */
export const $ = (id) => /** @type {HTMLElement} */ (document.getElementById(id))

/** @param {typeof SCREENS[number]} name */
export function show(name) {
  for (const screen of SCREENS) $(screen).hidden = screen !== name
}

/** @returns {string} the screen that is shown */
export const shown = () => SCREENS.find((screen) => !$(screen).hidden) || ''

/** @param {string} id @param {boolean} on */
export const pressed = (id, on) => $(id).setAttribute('aria-pressed', String(on))
