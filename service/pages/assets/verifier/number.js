// @ts-check
// Card numbers: their three forms, and the kind of card each is for (督附3, 考附2).

import { SHARED } from './shared.js'

/** @typedef {'senior' | 'standard' | 'special_skill' | 'external' | 'internal'} Kind */

const FORM = /^(?:R[0-9]{4}|[HYS][0-9]{8}|[0-9]{6}[1-3])(?!0000)[0-9]{4}$/

/** @type {Readonly<Record<Kind, {zh: string, en: string}>>} */
export const KINDS = SHARED.kinds

/** @param {string} text */
export const isCardNumber = (text) => FORM.test(text)

/**
 * @param {string} number
 * @returns {Kind}
 */
export function kindOf(number) {
  if (number[0] === 'R') return 'external'
  if (/^[HYS]/.test(number)) return 'internal'
  return number[6] === '1' ? 'senior' : number[6] === '2' ? 'standard' : 'special_skill'
}

/**
 * Give the code of the institution that issued the card, null for the centre's cards.
 * @param {string} number
 */
export const institutionOf = (number) => (kindOf(number) === 'internal' ? number.slice(1, 7) : null)
