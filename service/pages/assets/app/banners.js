// @ts-check
// Notices above the picture: what is wrong with the data, the sign-in or a card that was let in before.

import { node } from './view.js'

const host = () => /** @type {HTMLElement} */ (document.getElementById('banners'))

/**
 * Show a notice, or take it away; each kind stands once.
 * @param {string} kind
 * @param {string | null} text
 * @param {{action?: {label: string, run: () => void}, detail?: string, danger?: boolean}} [more]
 */
export function banner(kind, text, { action, detail, danger } = {}) {
  const found = host().querySelector(`[data-banner="${kind}"]`)
  if (text === null) {
    if (found !== null) found.remove()
    return
  }
  const line = node('p', text, danger ? 'danger' : '')
  line.dataset.banner = kind
  if (detail) line.append(node('span', detail, 'mono'))
  if (action) {
    const button = /** @type {HTMLButtonElement} */ (node('button', action.label, 'btn'))
    button.type = 'button'
    button.addEventListener('click', action.run)
    line.append(button)
  }
  if (found === null) host().append(line)
  else if (found.outerHTML !== line.outerHTML) found.replaceWith(line)
}

/** Return whether it stands there that a card was not checked or has turned out worse: that is said only once. */
export const isWarning = () => host().querySelector('[data-banner^="worse-"], [data-banner=unchecked]') !== null
