// @ts-check
// Fills the markup of a verdict (templates/verdict.html), the same that the service fills where no script runs.

import { wordsOfDetail } from '../verifier/checker.js'
import { lookOf } from './decide.js'
import { either, look, say, spoken, translate } from './language.js'

/**
 * @typedef {import('../verifier/verdict.js').VerdictJson} VerdictJson
 * @typedef {{
 *   verdict: VerdictJson, source: 'online' | 'offline', text?: string | null, where?: string, photo?: Blob | null,
 *   portrait?: Uint8Array | null
 * }} Shown
 */

const DAY_MS = 24 * 3600 * 1000
/** @type {string[]} */
let addresses = []

/**
 * Show a verdict in place of what a host holds, and move the focus to it.
 * @param {HTMLElement} host
 * @param {Shown} shown
 */
export function showVerdict(host, shown) {
  for (const address of addresses) URL.revokeObjectURL(address)
  addresses = []
  const template = /** @type {HTMLTemplateElement} */ (document.getElementById('verdict'))
  const article = /** @type {HTMLElement} */ (
    /** @type {DocumentFragment} */ (template.content.cloneNode(true)).querySelector('.vd')
  )
  fill(article, shown)
  host.replaceChildren(article)
  const big = slot(article, 'big')
  big.focus({ preventScroll: true })
  requestAnimationFrame(() => requestAnimationFrame(() => performance.mark('zhengka-verdict')))
}

/**
 * Say how long ago the verdict that a host holds was given.
 * @param {HTMLElement} host
 * @param {number | null} age milliseconds; null where none stands
 */
export function sayChecked(host, age) {
  const article = host.querySelector('article')
  if (article === null || age === null) return
  const seconds = Math.floor(age / 1000)
  const minutes = Math.floor(seconds / 60)
  put(article, 'checked', minutes < 1 ? say('checked_seconds', { seconds }) : say('checked_minutes', { minutes }))
}

/**
 * @param {HTMLElement} article
 * @param {Shown} shown
 */
function fill(article, { verdict, source, text, where, photo, portrait }) {
  const chosen = look(lookOf(verdict))
  const zh = spoken() === 'zh'
  const { card, fit_for_duty: fit } = verdict
  translate(article)
  article.classList.remove('v-info')
  article.classList.add(`v-${chosen.style}`)
  Object.assign(article.dataset, { verdict: verdict.verdict, tone: verdict.tone, fit: fit ? fit.answer : '', source })
  put(article, 'where', where || say('site_name'))
  put(article, 'net-text', say(source))
  use(slot(article, 'net'), `#i-${source}`)
  slot(article, 'icon').setAttribute('href', `#i-${chosen.icon}`)
  put(article, 'big', zh ? chosen.zh : chosen.en)
  const other = put(article, 'other', zh ? chosen.en : chosen.zh)
  other.lang = zh ? 'en' : 'zh-CN'
  const [actZh, actEn] = isForStaff() ? [chosen.act_zh, chosen.act_en] : [chosen.public_zh, chosen.public_en]
  put(article, 'act', zh ? actZh : actEn)
  slot(article, 'hero').classList.toggle('long', zh && chosen.zh.length > 4)
  put(article, 'says', either(verdict.summary))
  fillAge(article, verdict, source)
  slot(article, 'card').hidden = card === null
  slot(article, 'untrusted').hidden = card !== null
  if (card === null) {
    const failed = verdict.checks.find((check) => check.outcome !== 'passed')
    put(article, 'untrusted-text', chosen.style === 'forge' ? say('untrusted') : '')
    put(article, 'reason', failed ? failed.detail : '')
    const words = failed && wordsOfDetail(failed.detail)
    const foreign = failed && failed.detail === 'foreign-host' && hostOf(text || '')
    const leadsTo = foreign && say('finding_host', { host: foreign })
    put(article, 'finding', [words && either(words), leadsTo].filter(Boolean).join(' '))
    put(article, 'checked-at', moment(new Date()))
  } else {
    fillCard(article, verdict, card)
    picture(article, 'photo', photo || null)
    const signed = portrait && new Blob([/** @type {BlobPart} */ (portrait)], { type: 'image/webp' })
    picture(article, 'portrait', signed || null)
  }
  fillFit(article, fit)
  const known = new URLSearchParams({ verdict: verdict.verdict, ...(card && { number: card.number }) })
  slot(article, 'report').setAttribute('href', `/report?${known}`)
  slot(article, 'checks').replaceChildren(
    ...verdict.checks.map((check) =>
      item([['b', say(`check_${check.name}`)], ['span', say(`outcome_${check.outcome}`)], finding(check.detail)])),
  )
}

/**
 * @param {HTMLElement} article
 * @param {VerdictJson} verdict
 * @param {NonNullable<VerdictJson['card']>} card
 */
function fillCard(article, verdict, card) {
  const jobs = card.occupations.map((occupation) => occupation.name).join('、')
  put(article, 'name', card.name)
  put(article, 'role', [spoken() === 'zh' ? card.kind_zh : card.kind_en, jobs].filter(Boolean).join(' · '))
  const overdue = Math.floor((Date.parse(shanghai(new Date())) - Date.parse(card.expires_on)) / DAY_MS)
  /** @type {[string, string | null, boolean][]} */
  const facts = [
    ['card_number', card.number, true],
    ['card_issuer', card.issuer_name || card.issuer, false],
    ['card_unit', card.work_unit, false],
    ['card_released', card.released.join('、'), false],
    ['card_from', verdict.verdict === 'not_yet_valid' ? card.issued_on : null, true],
    ['card_until', card.expires_on, true],
    ['card_overdue', verdict.verdict === 'expired' ? say('card_overdue_days', { days: overdue }) : null, true],
    ['card_status_on', card.status_on, true],
  ]
  slot(article, 'facts').replaceChildren(
    ...facts.flatMap(([label, value, mono]) =>
      value ? [node('dt', say(label)), node('dd', value, mono ? 'mono' : '')] : []),
  )
}

/**
 * @param {HTMLElement} article
 * @param {VerdictJson['fit_for_duty']} fit
 */
function fillFit(article, fit) {
  slot(article, 'fit').hidden = fit === null
  if (fit === null) return
  put(article, 'fit-answer', say(`fit_${fit.answer}`))
  slot(article, 'reasons').replaceChildren(
    ...fit.reasons.map((reason) => item([['span', reason.article, 'art'], ['span', either(reason)]])),
  )
}

/**
 * Say how old the status is.
 * @param {HTMLElement} article
 * @param {VerdictJson} verdict
 * @param {'online' | 'offline'} source
 */
function fillAge(article, verdict, source) {
  const asOf = new Date(verdict.as_of)
  const age = Math.max(0, Date.now() - asOf.getTime())
  const hours = Math.floor(age / 3600000)
  const ago = source === 'online' || hours < 1
    ? say('age_minutes', { minutes: Math.floor(age / 60000) })
    : hours < 48 ? say('age_hours', { hours }) : say('age_days', { days: Math.floor(hours / 24) })
  put(article, 'age', `${say('status_as_of')} ${moment(asOf)}（${ago}）`)
  slot(article, 'strip').classList.toggle('old', source === 'offline' && age >= DAY_MS)
}

/**
 * @param {HTMLElement} article
 * @param {string} name
 * @param {Blob | null} blob
 */
function picture(article, name, blob) {
  slot(article, name).hidden = blob === null
  if (blob === null) return
  const address = URL.createObjectURL(blob)
  addresses.push(address)
  const image = /** @type {HTMLImageElement} */ (slot(article, `${name}-image`))
  image.src = address
  image.alt = say(name === 'photo' ? 'photo_registered' : 'photo_signed')
}

/** @param {ParentNode} root @param {string} name @returns {HTMLElement} */
export function slot(root, name) {
  const found = root.querySelector(`[data-slot="${name}"]`)
  if (found === null) throw new Error(`no slot ${name}`)
  return /** @type {HTMLElement} */ (found)
}

/** @param {ParentNode} root @param {string} name @param {string} text */
function put(root, name, text) {
  const element = slot(root, name)
  element.textContent = text
  return element
}

/** @param {Element} parent @param {string} symbol */
function use(parent, symbol) {
  const found = parent.querySelector('use')
  if (found !== null) found.setAttribute('href', symbol)
}

/** @param {string} text @returns {string} the address a code leads to */
function hostOf(text) {
  const found = /^https:\/\/([^/?#]{1,80})/.exec(text)
  return found === null ? '' : found[1]
}

/** @param {string} detail @returns {[string, string, string?]} a code in words, where it has any */
function finding(detail) {
  const words = wordsOfDetail(detail)
  return words === null ? ['span', detail, 'mono'] : ['span', either(words)]
}

/** @param {string} tag @param {string} text @param {string} [style] */
export function node(tag, text, style = '') {
  const element = document.createElement(tag)
  element.textContent = text
  if (style) element.className = style
  return element
}

/** @param {[string, string, string?][]} parts */
function item(parts) {
  const element = document.createElement('li')
  element.append(...parts.map(([tag, text, style]) => node(tag, text, style)))
  return element
}

/** @param {Date} instant the civil date in Shanghai */
function shanghai(instant) {
  return new Date(instant.getTime() + 8 * 3600000).toISOString().slice(0, 10)
}

/** @param {Date} instant as people in Shanghai read it, to the minute */
export function moment(instant) {
  return new Date(instant.getTime() + 8 * 3600000).toISOString().slice(0, 16).replace('T', ' ')
}

/** @returns {boolean} true on the scanner, whose users stand at a gate; a passer-by is asked for nothing but care */
const isForStaff = () => document.body.dataset.audience === 'staff'
