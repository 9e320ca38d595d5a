// @ts-check
// A hand-held scanner that types: what it sends is told from a person's typing by its speed and its end. Pure.

const FAST_MS = 150
const PAUSE_MS = 1000 // a scanner may stop to think
const PAUSES = 2
const IME_MS = 60 // no hand types so fast
const IME_KEYS = 6
const LEAST = 12
const COMPLETE = /^https:\/\/[^/?#]+\/1#[0-9]{40,}$/
// What the Chinese input method makes of the keys of an address, beyond what NFKC undoes.
/** @type {Readonly<Record<string, string>>} */
const TYPED_AS = { '。': '.', '、': '/', '·': '/', '】': ']', '【': '[' }
const AIM = /^\][A-Za-z][0-9A-Za-z]/ // symbology identifier: ]Q3, ]Q1 before what a QR code says

/** Collects keys; `key` gives the text when a whole code has been typed by a machine, else null. */
export class Wedge {
  constructor() {
    this.text = ''
    this.last = -Infinity
    this.pauses = 0
    this.processed = 0
  }

  /** Whether an input method has swallowed what a machine typed. */
  get isSwallowed() {
    return this.processed >= IME_KEYS
  }

  /**
   * @param {string} key of a KeyboardEvent
   * @param {number} at milliseconds
   * @returns {string | null}
   */
  key(key, at) {
    const gap = at - this.last
    this.last = at
    if (key === 'Process') {
      this.processed = gap <= IME_MS ? this.processed + 1 : 1
      return null
    }
    if (key !== 'Enter') this.processed = 0
    if (gap > FAST_MS) this.pauses += 1
    if (gap > PAUSE_MS || this.pauses > PAUSES) this.forget()
    if (key === 'Enter' || (key === 'Tab' && COMPLETE.test(tidied(this.text)))) {
      const text = this.text
      this.forget()
      return text.length < LEAST ? null : tidied(text)
    }
    if (key.length === 1) this.text += key
    return null
  }

  forget() {
    this.text = ''
    this.pauses = 0
  }
}

/**
 * Undo what a keyboard layout, an input method or caps lock does to an address, and take off what a scanner is set to
 * send before it: only scheme and host are brought to small letters.
 * @param {string} text
 */
export function tidied(text) {
  const latin = text.replace(/[。、·】【]/g, (one) => TYPED_AS[one]).normalize('NFKC')
  const plain = latin.trim().replace(AIM, '')
  const start = plain.toLowerCase().lastIndexOf('https://')
  const bare = start < 0 ? plain : plain.slice(start)
  const match = /^(https:\/\/[^/?#]*)(\/.*)$/i.exec(bare)
  return match === null ? bare : match[1].toLowerCase() + match[2]
}
