// @ts-check
// What a verdict says to a person: one sentence in Chinese and one in English for each word (`domain.verdict_words`).

import { civilMinute, isoDay } from './dates.js'

/**
 * @typedef {'unreadable' | 'forged' | 'unknown_key' | 'suspect' | 'unregistered' | 'revoked' | 'voided' | 'replaced'
 *   | 'superseded' | 'expired' | 'not_yet_valid' | 'status_unknown' | 'valid'} Word
 * @typedef {import('./fitness.js').Fit} Fit
 * @typedef {import('./view.js').CardView} CardView
 */

/** @type {Readonly<Record<Word, readonly [string, string]>>} in order of precedence */
const TEXTS = {
  unreadable: [
    '读不出证卡内容：不是本系统的二维码，或二维码残缺。请重新扫描。',
    'This cannot be read as a card: another kind of code, or a damaged one. Scan again.',
  ],
  forged: [
    '伪造：签名或网址与颁发机构不符，不是颁发机构签发的内容。',
    "Forged: the signature or the address is not the issuer's.",
  ],
  unknown_key: [
    '签发密钥不为本验证端所知：离线验证请先更新；在线验证即为不是本系统签发。',
    'Signed with a key this checker does not know: offline, update first; online, it was never issued here.',
  ],
  suspect: [
    '存疑：签发密钥已报失或已停用，且没有登记可以证实，请联网核验。',
    'Suspect: signed with a key reported stolen or out of use, and no register vouches for it. Check online.',
  ],
  unregistered: [
    '签名无误，但登记中没有这张证卡或这份副本，请报告颁发机构。',
    'The signature holds, but no such card or copy is registered. Report it to the issuer.',
  ],
  revoked: ['持证人资格已被取消。', 'The qualification has been cancelled.'],
  voided: ['该证卡已作废。', 'The card has been voided.'],
  replaced: [
    '这份副本已被补发的新证卡取代，请查验新证卡。',
    'This copy has been replaced by a new one. Ask for the new card.',
  ],
  superseded: [
    '该证卡已换发，请查验新证卡。',
    'The card has been superseded by a renewed one. Ask for the new card.',
  ],
  expired: ['该证卡已于 {expires_on} 到期。', 'The card expired at the end of {expires_on}.'],
  not_yet_valid: ['该证卡自 {issued_on} 起有效，目前尚未生效。', 'The card is valid from {issued_on}, not yet.'],
  status_unknown: [
    '证卡为颁发机构签发且在有效期内，但手头的状态数据过旧或缺失，无法确认现状，请联网核验。',
    'Genuine and within its term, but the status data at hand is too old or missing. Check online.',
  ],
  valid: [
    '证卡有效（状态截至 {as_of}）。请核对持证人与照片。',
    'The card is valid (status as of {as_of}). Compare the holder with the photograph.',
  ],
}
/** @type {Readonly<Record<import('./fitness.js').Answer, readonly [string, string]>>} */
const FITNESS = {
  yes: ['', ''],
  no: ['但不得在此执行所问工作。', ' But it does not cover the work asked about.'],
  unknown: ['能否在此执行所问工作，尚不能确定。', ' Whether it covers the work asked about cannot be told.'],
}
const ORDER = /** @type {Word[]} */ (Object.keys(TEXTS))

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
  const [zh, en] = TEXTS[word].map((text) =>
    text
      .replace('{as_of}', civilMinute(asOf))
      .replace('{expires_on}', card === null ? '' : isoDay(card.expiresOn))
      .replace('{issued_on}', card === null ? '' : isoDay(card.issuedOn)),
  )
  const [moreZh, moreEn] = fit === null ? ['', ''] : FITNESS[fit.answer]
  return { zh: zh + moreZh, en: en + moreEn }
}
