// @ts-check
// When the scanner may be replaced by a newer version of itself: while nobody would notice.

const QUIET_MS = 3000 // without a key or a touch; longer than a hand-held scanner takes for a code
const AT_HAND_MS = 60 * 1000 // where the form for a number stays open all day, between two cards

/**
 * `screen` is the one that is shown; `phase` that of the card being asked about; `isSending` whether scans or arrivals
 * are on their way to the service; `isFilling` whether something is typed and not sent, or a picture is being chosen or
 * read; `isFormOpen` whether a number may be typed; `isWarning` whether it stands there that a card was not checked or
 * has turned out worse; `quiet` the milliseconds since a key or the screen was touched.
 * @typedef {{
 *   screen: string, phase: import('./inquiry.js').Phase, isSending: boolean, isFilling: boolean, isFormOpen: boolean,
 *   isWarning: boolean, quiet: number
 * }} Doing
 */

/**
 * Return whether nobody is using the scanner. Between two people of a roll-call it is idle: the newer version goes on.
 * @param {Doing} doing
 */
export function isIdle({ screen, phase, isSending, isFilling, isFormOpen, isWarning, quiet }) {
  const isBetweenCards = screen === 'scanning' && phase === 'idle'
  return isBetweenCards && !isSending && !isFilling && !isWarning && quiet >= (isFormOpen ? AT_HAND_MS : QUIET_MS)
}
