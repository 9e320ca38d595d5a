// @ts-check
// Names as people type them, brought to the one form that is stored, signed and printed (`domain.tidy`).

const SPACES = /[ \t\r\n\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]+/g
const OUTER = '[\\t-\\r\\x1c-\\x20\\x85\\u00a0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000]+'
const ENDS = new RegExp(`^${OUTER}|${OUTER}$`, 'g')
const HAN = '〇々\\u3400-\\u4dbf\\u4e00-\\u9fff\\uf900-\\ufaff\\u{20000}-\\u{3ffff}'
const SPACE_IN_HAN = new RegExp(`([${HAN}·]) (?=[${HAN}·])`, 'gu')
const HAN_CHARACTER = new RegExp(`[${HAN}]`, 'u')
const DOTS = /[\u30fb\u2022\u2027\uff65\u2219\u22c5]/g

/** @param {string} text */
export const strip = (text) => text.replace(ENDS, '')

/**
 * Tidy a name: compose (NFC), trim, make one space of every run; drop spaces between Han characters; one dot.
 * @param {string} text
 */
export function tidyName(text) {
  const tidy = strip(text.replace(SPACES, ' ')).normalize('NFC')
  return tidy.replace(DOTS, '·').replace(SPACE_IN_HAN, '$1')
}

/**
 * Tidy the name of a job type: as a name, and brackets beside Han characters are full width.
 * @param {string} text
 */
export function tidyOccupation(text) {
  const name = tidyName(text)
  return HAN_CHARACTER.test(name) ? name.replace(/\(/g, '（').replace(/\)/g, '）') : name
}
