// @ts-check
// What a roll-call asks about a card that has been checked: as whom its holder has come, and what he declares.

import { kindsOf, ROLES } from '../verifier/assessmentmodel.js'
import { gate } from './gate.js'
import { say } from './language.js'
import { newNonce } from './queue.js'
import { presenting } from './rollcallpeople.js'
import { hour, isOpen, roleName } from './rollcallview.js'
import { $ } from './screen.js'
import { node } from './view.js'

/**
 * @typedef {import('../verifier/assessmentmodel.js').Role} Role
 * @typedef {import('./case.js').Case} Case
 * @typedef {import('./rollcallpeople.js').Row} Row
 * @typedef {import('./rollcallstore.js').Arrival} Arrival
 * @typedef {import('./rollcallstore.js').Kept} Kept
 */

const ALL_ROLES = /** @type {Role[]} */ (Object.keys(ROLES))
const DECLARED = /** @type {const} */ (['clear', 'ties'])

/** @type {Case | null} */
let shown = null
/** @type {Row[]} those whom the choice names, in its order */
let offered = []

/**
 * Ask about the card on the screen; an answer that came late, or a photo, changes nothing that was chosen.
 * @param {Case} mine
 * @param {Kept | null} kept the assessment whose roll is called
 * @param {Row[]} rows
 */
export function ask(mine, kept, rows) {
  const { card } = mine.answer.verdict
  const panel = $('arrival')
  panel.hidden = kept === null || !isOpen(kept)
  $('arrival-record').hidden = panel.hidden || card === null
  if (kept === null || panel.hidden) return
  $('arrival-form').hidden = card === null
  $('arrival-none').hidden = card !== null
  if (card === null || shown === mine) return
  shown = mine
  $('arrival-wrong').textContent = ''
  const found = presenting(kept.people, rows, card.number)
  const isFree = (/** @type {Row} */ { one }) => one.is_planned && (one.came_at === null || one.card === null)
  offer(found, rows.filter((row) => isFree(row) && !found.includes(row)), card.kind)
  const [first] = found
  sayPlan(first)
  declare(first === undefined ? null : first.one.declared)
  sayRole()
}

/** Say on the button itself as what somebody is recorded. */
export function sayRole() {
  const { role } = chosen()
  $('arrival-role').textContent = role === null ? say('arrival_choose') : roleName(role)
}

/** @returns {{role: Role | null, row: Row | null}} */
function chosen() {
  const [kind, value] = /** @type {HTMLSelectElement} */ ($('arrival-as')).value.split(' ')
  if (value === undefined) return { role: null, row: null }
  const row = kind === 'plan' ? offered[Number(value)] : null
  return { role: row === null ? /** @type {Role} */ (value) : row.one.role, row }
}

/** @param {Row | undefined} found */
function sayPlan(found) {
  const line = $('arrival-planned')
  const came = found === undefined ? null : found.one.came_at
  line.textContent = found === undefined || !found.one.is_planned
    ? say('arrival_unplanned')
    : say('arrival_planned', { role: roleName(found.one.role) })
  line.className = found !== undefined && found.one.is_planned ? 'planned' : 'unplanned'
  if (came !== null) line.textContent += ` ${say('arrival_again', { time: hour(came) })}`
}

/**
 * Offer as whom somebody has come: the plan's place of this card first, else any without a card yet, or none of it.
 * @param {Row[]} found
 * @param {Row[]} others
 * @param {import('../verifier/number.js').Kind} kind
 */
function offer(found, others, kind) {
  offered = [...found.filter((row) => row.one.is_planned), ...others]
  const fits = (/** @type {Role} */ role) => kindsOf(role).includes(kind)
  // An external card is an external supervisor's first, and then that of one engaged as internal (督§14).
  const fitting = ALL_ROLES.filter(fits).sort((a, b) => kindsOf(a).length - kindsOf(b).length)
  const roles = [...fitting, ...ALL_ROLES.filter((role) => !fits(role))]
  const planned = offered.map(({ one }, i) => option(`plan ${i}`, `${one.name} · ${roleName(one.role)}`))
  const select = /** @type {HTMLSelectElement} */ ($('arrival-as'))
  select.replaceChildren(
    option('', say('arrival_choose')),
    group(say('arrival_of_plan'), planned),
    group(say('arrival_beside'), roles.map((role) => option(`role ${role}`, roleName(role)))),
  )
  const beside = found.find((row) => !row.one.is_planned)
  select.value = found.some((row) => row.one.is_planned) ? 'plan 0' : beside ? `role ${beside.one.role}` : ''
}

/** @param {'clear' | 'ties' | null} declared */
function declare(declared) {
  for (const input of declarations()) input.checked = input.value === (declared || '')
}

const declarations = () =>
  /** @type {HTMLInputElement[]} */ (Array.from($('arrival').querySelectorAll('input[name="declared"]')))

/**
 * Take down the card on the screen as shown by somebody who has come.
 * @param {Kept} kept
 * @returns {Arrival | null} null, with the words beside the choice, where nothing was chosen
 */
export function answered(kept) {
  const { role, row } = chosen()
  const card = shown === null ? null : shown.answer.verdict.card
  $('arrival-wrong').textContent = role === null ? say('arrival_choose_first') : ''
  if (role === null || card === null || shown === null) {
    $('arrival-as').focus()
    return null
  }
  const declared = declarations().find((input) => input.checked)
  const { answer, scan } = shown
  const { number, kind, issuer, occupations } = card
  const verdict = answer.verdict.verdict
  return {
    ...arrival(kept, role),
    person: row && row.one.person,
    number,
    copy: scan.copy,
    verdict,
    is_holder: scan.same_person,
    declared: DECLARED.find((word) => declared !== undefined && declared.value === word) || null,
    offline: answer.source === 'offline',
    shown: { number, kind, issuer, occupations, verdict, is_holder: scan.same_person },
    holder: card.name,
  }
}

/**
 * Make what is kept of somebody who has come now, and who showed nothing.
 * @param {Kept} kept
 * @param {Role} role
 * @returns {Arrival}
 */
export function arrival(kept, role) {
  return {
    nonce: newNonce(),
    assessment: kept.assessment,
    by: gate.user,
    came_at: `${new Date().toISOString().slice(0, 19)}Z`, // to the second, as the service keeps it
    role,
    person: null,
    number: null,
    copy: null,
    name: null,
    verdict: null,
    is_holder: null,
    declared: null,
    offline: !gate.isOnline,
    shown: null,
    holder: '',
  }
}

/** @param {string} value @param {string} text */
export function option(value, text) {
  const element = /** @type {HTMLOptionElement} */ (node('option', text))
  element.value = value
  return element
}

/** @param {string} label @param {HTMLElement[]} options */
function group(label, options) {
  const element = document.createElement('optgroup')
  element.label = label
  element.append(...options)
  element.hidden = options.length === 0
  return element
}
