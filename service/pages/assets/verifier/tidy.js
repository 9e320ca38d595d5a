// @ts-check
// Names as people type them, brought to the one form that is stored, signed and printed (`domain.tidy`).

import { SHARED } from './shared.js'

const { zero_width, dots, dots_between_han } = SHARED.text
const [radicals, ideographs] = [SHARED.text.radicals.join(''), SHARED.text.ideographs.join('')]

const HAN = '〇々\\u3400-\\u4dbf\\u4e00-\\u9fff\\uf900-\\ufaff\\u{20000}-\\u{3ffff}'
const OUTER = '[\\t-\\r\\x1c-\\x20\\x85\\u00a0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000]+'
const DOT = `[${dots_between_han}]`

const ZERO_WIDTH = new RegExp(`[${zero_width.map((range) => range.replace(/\w+/g, '\\u{$&}')).join('')}]`, 'gu')
const RADICAL = new RegExp(`[${radicals}]`, 'gu')
const UNIFIED = new Map(Array.from(radicals, (radical, place) => [radical, Array.from(ideographs)[place]]))
const SPACES = /[ \t\r\n\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]+/g
const ENDS = new RegExp(`^${OUTER}|${OUTER}$`, 'g')
const DOTS = new RegExp(`[${dots}]`, 'gu')
const DOT_IN_HAN = new RegExp(`([${HAN}]) ?${DOT} ?(?=[${HAN}])`, 'gu')
const SPACE_IN_HAN = new RegExp(`([${HAN}·]) (?=[${HAN}·])`, 'gu')
const ANY_DOT = new RegExp(`·|${DOT}`, 'gu')
const HAN_CHARACTER = new RegExp(`[${HAN}]`, 'u')
const SHAPES = /[\ufe00-\ufe0f\u{e0100}-\u{e01ef}]/gu
const FULL_WIDTH = /[\uff01-\uff5e\u3000]/g

/** @param {string} text */
export const strip = (text) => text.replace(ENDS, '')

/**
 * Tidy a text: compose (NFC), unfold radicals, drop zero-width characters, trim, make one space of every run.
 * @param {string} text
 */
export function tidy(text) {
  const folded = text.replace(ZERO_WIDTH, '').replace(RADICAL, (radical) => UNIFIED.get(radical) || radical)
  return strip(folded.normalize('NFC').replace(SPACES, ' '))
}

/**
 * Tidy a name: drop spaces between Han characters; one dot, whichever was typed.
 * @param {string} text
 */
export const tidyName = (text) =>
  tidy(text).replace(DOTS, '·').replace(DOT_IN_HAN, '$1·').replace(SPACE_IN_HAN, '$1')

/**
 * Tidy the name of a job type: as a name, brackets beside Han characters full width, no choice of a shape.
 * @param {string} text
 */
export function tidyOccupation(text) {
  const name = tidyName(text.replace(SHAPES, ''))
  return HAN_CHARACTER.test(name) ? name.replace(/\(/g, '（').replace(/\)/g, '）') : name
}

/**
 * Return what two spellings of one name have in common: the name tidied, without its dots.
 * @param {string} text
 */
export function nameKey(text) {
  const name = tidyName(text)
  return HAN_CHARACTER.test(name) ? name.replace(ANY_DOT, '').replace(SPACE_IN_HAN, '$1') : name
}

/**
 * Return a number or code as it is typed, in half width; what only looks like digits (`10²`, `①`) stays as it is.
 * @param {string} text
 */
export const numberTyped = (text) =>
  strip(tidy(text).replace(FULL_WIDTH, (c) => (c === '\u3000' ? ' ' : String.fromCharCode(c.charCodeAt(0) - 0xfee0))))
