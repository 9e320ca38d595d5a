// @ts-check
// The name of a job type as people type it, brought to the one form that is signed and printed (`domain.tidy`).

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
 * Compose (NFC), trim, make one space of every run; drop spaces between Han characters; one dot, and full-width
 * brackets beside Han characters.
 * @param {string} text
 */
export function tidyOccupation(text) {
  const tidy = strip(text.replace(SPACES, ' ')).normalize('NFC')
  const name = tidy.replace(DOTS, '·').replace(SPACE_IN_HAN, '$1')
  return HAN_CHARACTER.test(name) ? name.replace(/\(/g, '（').replace(/\)/g, '）') : name
}
