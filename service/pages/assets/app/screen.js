// @ts-check
// The scanner's page: its parts by id, and which of its five screens is shown.

const SCREENS = /** @type {const} */ (['scanning', 'verdict-screen', 'reporting', 'roll-call', 'settings'])

/** @param {string} id */
export const $ = (id) => /** @type {HTMLElement} */ (document.getElementById(id))

/** @type {typeof SCREENS[number] | null} */
let held = null
/** @type {typeof SCREENS[number]} */
let behind = 'scanning'

/** @param {typeof SCREENS[number]} name */
export function show(name) {
  if (held !== null) behind = name
  else draw(name)
}

/**
 * Show a screen on which something is typed: what would be shown meanwhile, a late answer or the next card, waits.
 * @param {typeof SCREENS[number]} name
 */
export function hold(name) {
  if (held === null) behind = SCREENS.find((screen) => !$(screen).hidden) || behind
  held = name
  draw(name)
}

/** Go back to what is shown behind. */
export function release() {
  held = null
  draw(behind)
}

/** @param {typeof SCREENS[number]} name */
function draw(name) {
  for (const screen of SCREENS) $(screen).hidden = screen !== name
}

/** @returns {string} the screen that is shown */
export const shown = () => SCREENS.find((screen) => !$(screen).hidden) || ''

/** @param {string} id @param {boolean} on */
export const pressed = (id, on) => $(id).setAttribute('aria-pressed', String(on))
