// @ts-check
// What a verdict says to a person: one sentence in Chinese and one in English for each word.

import { civilMinute, isoDay } from './dates.js'
import { SHARED } from './shared.js'

/**
 * @typedef {'unreadable' | 'forged' | 'unknown_key' | 'suspect' | 'unregistered' | 'revoked' | 'voided' | 'replaced'
 *   | 'superseded' | 'expired' | 'not_yet_valid' | 'status_unknown' | 'valid'} Word
 * @typedef {import('./fitness.js').Fit} Fit
 * @typedef {import('./view.js').CardView} CardView
 */

const ORDER = /** @type {Word[]} */ (Object.keys(SHARED.verdicts)) // in order of precedence

/**
 * Of several words that apply, give the one that comes first.
 * @param {ReadonlyArray<Word | null>} found
 */
export const firstWord = (found) => ORDER.filter((word) => found.includes(word))[0]

/**
 * Say a verdict in a sentence; dates are civil dates and times in Asia/Shanghai.
 * @param {Word} word
 * @param {number} asOf milliseconds since 1970-01-01 UTC
 * @param {CardView | null} card
 * @param {Fit | null} fit
 */
export function summarise(word, asOf, card, fit) {
  const [zh, en] = SHARED.verdicts[word].map((text) =>
    text
      .replace('{on}', '') // when is known to the register only
      .replace('{as_of}', civilMinute(asOf))
      .replace('{expires_on}', card === null ? '' : isoDay(card.expiresOn))
      .replace('{issued_on}', card === null ? '' : isoDay(card.issuedOn)),
  )
  const [moreZh, moreEn] = fit === null ? ['', ''] : SHARED.fitness[fit.answer]
  return { zh: zh + moreZh, en: en + moreEn }
}
