// @ts-check
// Draws a roll-call: the day's assessments, and of one of them the verdict, the rules that are not met, and its people.

import { civilDay, civilMinute, isoDay } from '../verifier/dates.js'
import { ROLES, kindsOf } from '../verifier/assessmentmodel.js'
import { either, look, say, spoken } from './language.js'
import { $ } from './screen.js'
import { node } from './view.js'

/**
 * @typedef {import('../verifier/assessmentmodel.js').Attendee} Attendee
 * @typedef {import('../verifier/assessmentmodel.js').Outcome} Outcome
 * @typedef {import('../verifier/assessmentmodel.js').Role} Role
 * @typedef {import('./rollcallpeople.js').Row} Row
 * @typedef {import('./rollcallstore.js').Kept} Kept
 * @typedef {import('./service.js').Composition} Composition
 *
 * What the buttons of a list do.
 * @typedef {{
 *   tick: (one: Attendee) => void, takeBack: (nonces: string[]) => void, isFlying: (nonce: string) => boolean
 * }} Acts
 */

/** @type {Readonly<Record<Composition['verdict'], {style: string, icon: string, text: string}>>} */
const VERDICTS = {
  complete: { style: 'ok', icon: 'check', text: 'roll_complete' },
  unknown: { style: 'warn', icon: 'question', text: 'roll_unknown' },
  short: { style: 'bad', icon: 'octagon-x', text: 'roll_short' },
}
/** @type {ReadonlyArray<[Outcome, {style: string, icon: string, text: string}]>} the worst first */
const OUTCOMES = [
  ['short', { style: 'bad', icon: 'octagon-x', text: 'roll_rule_short' }],
  ['unknown', { style: 'warn', icon: 'question', text: 'roll_rule_unknown' }],
  ['warning', { style: 'info', icon: 'warning', text: 'roll_rule_warning' }],
]
/** @type {Readonly<Record<Kept['state'], string>>} */
const STATES = { planned: 'roll_planned', cancelled: 'roll_cancelled' }

/** @param {string} iso @returns {string} the hour in Shanghai */
export const hour = (iso) => civilMinute(Date.parse(iso)).slice(11)

/** @param {Role} role */
export const roleName = (role) => either(ROLES[role])

/** @param {Kept} kept */
export const titleOf = (kept) => `${isToday(kept) ? '' : `${kept.on} `}${hour(kept.starts_at)} · ${kept.plan}`

/** @param {Kept} kept */
export const isToday = (kept) => kept.on === isoDay(civilDay(Date.now()))

/** @param {Kept} kept whether its roll can be called now */
export const isOpen = (kept) => kept.state === 'planned' && isToday(kept)

/**
 * @param {Kept[]} assessments
 * @param {(assessment: number) => number} owed how many have come to it and are not handed in yet
 * @param {(assessment: number) => void} choose
 */
export function drawAssessments(assessments, owed, choose) {
  $('roll-assessments').replaceChildren(...assessments.map((kept) => {
    const line = document.createElement('li')
    const open = button('', () => choose(kept.assessment))
    const jobs = kept.jobs.map((job) => `${job.occupation} ${say(`level_${job.level}`)}`).join('、')
    const count = owed(kept.assessment)
    open.append(
      node('b', titleOf(kept)), node('span', [kept.institution_name, kept.place].filter(Boolean).join(' · ')),
      node('span', jobs), node('span', say(STATES[kept.state]), `state ${kept.state}`),
    )
    if (count > 0) open.append(node('span', say('roll_owed', { count }), 'waits'))
    open.disabled = kept.state === 'cancelled' && count === 0
    line.append(open)
    return line
  }))
}

/**
 * Draw the roll of an assessment.
 * @param {Kept} kept
 * @param {Row[]} rows
 * @param {Composition} found
 * @param {Acts} acts
 */
export function drawRoll(kept, rows, found, acts) {
  const planned = rows.filter(({ one }) => one.is_planned)
  const beside = rows.filter(({ one }) => !one.is_planned)
  put('roll-title', titleOf(kept))
  put('roll-place', [kept.institution_name, kept.place].filter(Boolean).join(' · '))
  drawVerdict(found, rows)
  drawRulings(found)
  const line = (/** @type {Row} */ row) => personLine(kept, row, acts)
  const focused = document.activeElement === null ? null : document.activeElement.closest('[data-key]')
  $('roll-people').replaceChildren(...planned.map(line))
  $('roll-beside').replaceChildren(...beside.map(line))
  if (focused instanceof HTMLElement) keepFocus(String(focused.dataset.key))
  $('roll-beside-part').hidden = beside.length === 0
  for (const id of ['roll-scan', 'roll-add']) $(id).hidden = !isOpen(kept)
  put('roll-plan-check', say('roll_plan_check', { answer: say(VERDICTS[kept.plan_check.verdict].text) }))
}

/** @param {string} key of the line whose button was pressed, and is another one now */
function keepFocus(key) {
  const lines = Array.from($('roll-open').querySelectorAll('[data-key]'))
  const same = lines.find((line) => /** @type {HTMLElement} */ (line).dataset.key === key)
  const target = (same && same.querySelector('button')) || $('roll-title')
  target.focus({ preventScroll: true })
}

/** @param {Row[]} rows @returns {{came: number, planned: number}} people, not cards */
export function counted(rows) {
  const planned = rows.filter(({ one }) => one.is_planned)
  const count = (/** @type {Row[]} */ some) => new Set(some.map(({ one }) => `${one.person} ${one.role}`)).size
  return { came: count(planned.filter(({ one }) => one.came_at !== null)), planned: count(planned) }
}

/** @param {Composition} found @param {Row[]} rows */
function drawVerdict({ verdict }, rows) {
  const { style, icon, text } = VERDICTS[verdict]
  const panel = $('roll-verdict')
  const waiting = rows.reduce((sum, row) => sum + row.waiting.length, 0)
  panel.className = `roll-verdict v-${style}`
  Object.assign(panel.dataset, { verdict, source: waiting > 0 ? 'device' : 'service' })
  panel.querySelector('use')?.setAttribute('href', `#i-${icon}`)
  put('roll-word', say(text))
  put('roll-count', say('roll_count', counted(rows)))
  put('roll-source', waiting > 0 ? say('roll_by_device', { count: waiting }) : say('roll_by_service'))
}

/** @param {Composition} found */
function drawRulings({ rulings }) {
  const lines = OUTCOMES.flatMap(([outcome, { style, icon, text }]) =>
    rulings.filter((one) => one.outcome === outcome).map((one) => {
      const line = document.createElement('li')
      line.className = `v-${style}`
      line.dataset.rule = one.rule
      const said = [node('b', say(text)), node('span', one.article, 'art'), node('span', either(one), 'said')]
      line.append(symbol(icon), ...said)
      return line
    }))
  $('roll-rulings').replaceChildren(...lines)
  $('roll-rulings').hidden = lines.length === 0
}

/**
 * @param {Kept} kept
 * @param {Row} row
 * @param {Acts} acts
 */
function personLine(kept, { one, waiting }, { tick, takeBack, isFlying }) {
  const line = document.createElement('li')
  const who = node('div', '', 'who-came')
  who.append(node('b', one.name), node('span', roleName(one.role)))
  if (one.card !== null) who.append(node('span', one.card.number, 'mono'))
  const came = one.came_at === null ? say('roll_absent') : say('roll_came', { time: hour(one.came_at) })
  const when = node('p', '', one.came_at === null ? 'absent' : 'came')
  when.append(symbol(one.came_at === null ? 'clock' : 'check'), node('span', came))
  for (const mark of marksOf(one)) when.append(node('span', mark, 'mark'))
  if (waiting.length > 0) when.append(node('span', say('roll_waiting'), 'waits'))
  line.append(who, when)
  Object.assign(line.dataset, { came: String(one.came_at !== null), key: `${one.person} ${one.role}` })
  const back = waiting.filter((nonce) => !isFlying(nonce))
  if (back.length > 0) line.append(button('roll_take_back', () => takeBack(back), one.name))
  if (one.came_at === null && isOpen(kept)) {
    line.append(button(kindsOf(one.role).length > 0 ? 'roll_without_card' : 'roll_tick', () => tick(one), one.name))
  }
  return line
}

/** @param {Attendee} one @returns {string[]} what is wrong with somebody who has come */
function marksOf({ came_at, card, role, declared }) {
  if (came_at === null) return []
  const word = card === null || card.verdict === 'valid' ? null : look(card.verdict)
  return [
    card === null && kindsOf(role).length > 0 ? say('roll_no_card') : '',
    word === null ? '' : word[spoken()],
    card !== null && card.is_holder === false ? say('same_no') : '',
    declared === 'ties' ? say('roll_ties') : '',
  ].filter(Boolean)
}

/** @param {string} id @param {string} text what a live region says is written only when it is new */
function put(id, text) {
  if ($(id).textContent !== text) $(id).textContent = text
}

/**
 * @param {string} text key of the word on it, empty for none
 * @param {() => void} run
 * @param {string} [name] whom it is about
 */
function button(text, run, name) {
  const element = /** @type {HTMLButtonElement} */ (node('button', text && say(text), 'btn'))
  element.type = 'button'
  if (name !== undefined) element.setAttribute('aria-label', `${say(text)} ${name}`)
  element.addEventListener('click', run)
  return element
}

/** @param {string} icon */
function symbol(icon) {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg')
  const use = document.createElementNS('http://www.w3.org/2000/svg', 'use')
  svg.setAttribute('aria-hidden', 'true')
  use.setAttribute('href', `#i-${icon}`)
  svg.append(use)
  return svg
}
