// @ts-check
// A hand-held scanner that types: what it sends is told from a person's typing by its speed and its Enter. Pure.

const FAST_MS = 150
const LEAST = 12

/** Collects keys; `key` gives the text when a whole code has been typed by a machine, else null. */
export class Wedge {
  constructor() {
    this.text = ''
    this.last = -Infinity
  }

  /**
   * @param {string} key of a KeyboardEvent
   * @param {number} at milliseconds
   * @returns {string | null}
   */
  key(key, at) {
    if (at - this.last > FAST_MS) this.text = ''
    this.last = at
    if (key === 'Enter') {
      const text = this.text
      this.text = ''
      return text.length < LEAST ? null : tidied(text)
    }
    if (key.length === 1) this.text += key
    return null
  }
}

/**
 * Undo what a keyboard layout or caps lock does to an address: only scheme and host are brought to small letters.
 * @param {string} text
 */
export function tidied(text) {
  const bare = text.normalize('NFKC').trim()
  const match = /^(https:\/\/[^/?#]*)(\/.*)$/i.exec(bare)
  return match === null ? bare : match[1].toLowerCase() + match[2]
}
