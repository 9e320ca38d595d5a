// @ts-check
// Of the codes in view, the card's: whoever made it, by its form; codes of other services beside it do not count. Pure.

/**
 * card: one card's code. several: more than one, and nobody can tell which is meant. foreign: only other codes.
 * @typedef {{kind: 'card', text: string} | {kind: 'several'} | {kind: 'foreign'}} Choice
 */

const FORM = /^https:\/\/[^/?#]*\/[0-9]{1,3}#[0-9]+$/

/**
 * @param {string[]} texts
 * @param {string} host whose codes come before any other's
 * @returns {Choice | null} null: no code at all
 */
export function choose(texts, host) {
  const found = Array.from(new Set(texts))
  const cards = found.filter((text) => FORM.test(text))
  const ours = cards.filter((text) => text.startsWith(`https://${host}/`))
  const meant = ours.length > 0 ? ours : cards
  if (meant.length === 1) return { kind: 'card', text: meant[0] }
  if (meant.length > 1) return { kind: 'several' }
  return found.length > 0 ? { kind: 'foreign' } : null
}
