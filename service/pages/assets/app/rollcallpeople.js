// @ts-check
// The people of an assessment: as the service had them last, and those who have come since, together. Pure.

import { compose } from '../verifier/assessment.js'
import { postOf } from '../verifier/assessmentmodel.js'
import { nameKey, tidyName } from '../verifier/tidy.js'

/**
 * @typedef {import('../verifier/assessmentmodel.js').Attendee} Attendee
 * @typedef {import('../verifier/assessmentmodel.js').Role} Role
 * @typedef {import('./rollcallstore.js').Arrival} Arrival
 * @typedef {import('./rollcallstore.js').Kept} Kept
 *
 * Somebody in the list, and the nonces of what is not handed in yet and says that he came.
 * @typedef {{one: Attendee, waiting: string[]}} Row
 */

/**
 * Put together who is planned, who has come, and who has come since.
 *
 * Whoever shows a card has that one in place of the plan's; two cards shown by one person both stand. Who is not
 * planned is known by the card's number or the name alone.
 * @param {Attendee[]} people
 * @param {Arrival[]} arrivals
 * @returns {Row[]}
 */
export function together(people, arrivals) {
  /** @type {Row[]} */
  const rows = people.map((one) => ({ one: { ...one }, waiting: [] }))
  for (const arrival of arrivals) {
    const mine = rows.filter((row) => isOf(row.one, arrival))
    if (mine.length === 0) rows.push({ one: unplanned(people, arrival), waiting: [arrival.nonce] })
    else come(rows, mine, arrival)
  }
  return rows
}

/**
 * Judge those who have come: as the service did, unless there is something that it does not know.
 * @param {Kept} kept
 * @param {Row[]} rows
 */
export function judged(kept, rows) {
  if (rows.every((row) => row.waiting.length === 0)) return kept.roll_call
  const { institution, starts_at, jobs } = kept
  return compose({ institution, starts_at, jobs }, rows.map((row) => row.one), 'roll-call')
}

/**
 * Find those who are in the list with a card, or were before they were ticked without it.
 * @param {Attendee[]} people as the service had them last
 * @param {Row[]} rows
 * @param {string} number
 */
export function presenting(people, rows, number) {
  const holders = holding(people, number).map((one) => `${one.person} ${one.role}`)
  const showing = new Set(holding(rows.map(({ one }) => one), number))
  const now = rows.filter(({ one }) => showing.has(one))
  return now.length > 0 ? now : rows.filter(({ one }) => holders.includes(`${one.person} ${one.role}`))
}

/** @param {Attendee[]} people @param {string} number */
const holding = (people, number) => people.filter(({ card }) => card !== null && card.number === number)

/** @param {Attendee} one @param {Arrival} arrival */
function isOf(one, arrival) {
  if (one.role !== arrival.role) return false
  if (arrival.person !== null) return one.person === arrival.person
  if (arrival.number !== null) return one.card !== null && one.card.number === arrival.number
  return !one.is_planned && one.person === byName(arrival)
}

/**
 * Note that somebody of the list has come.
 * @param {Row[]} rows
 * @param {Row[]} mine
 * @param {Arrival} arrival
 */
function come(rows, mine, arrival) {
  const before = mine.filter(({ one }) => one.came_at !== null)
  const { came_at: earlier } = before.length > 0 ? before[0].one : arrival
  const came_at = earlier !== null && Date.parse(earlier) < Date.parse(arrival.came_at) ? earlier : arrival.came_at
  for (const { one } of mine) Object.assign(one, { came_at, declared: arrival.declared || one.declared })
  const same = mine.find(({ one }) => one.card !== null && one.card.number === arrival.number)
  const [first] = mine
  if (arrival.shown === null) {
    if (before.length === 0) for (const { one } of mine) one.card = null
    first.waiting.push(arrival.nonce)
  } else if (same !== undefined || before.length === 0 || first.one.card === null) {
    const row = same || first
    row.one.card = arrival.shown
    row.waiting.push(arrival.nonce)
  } else {
    rows.splice(rows.indexOf(mine[mine.length - 1]) + 1, 0, {
      one: { ...first.one, card: arrival.shown }, waiting: [arrival.nonce],
    })
  }
}

/**
 * Make somebody who is not planned in this role: the same person as whoever the service has with this card.
 * @param {Attendee[]} people
 * @param {Arrival} arrival
 * @returns {Attendee}
 */
function unplanned(people, arrival) {
  const { role, number, came_at, declared, shown } = arrival
  const known = number === null ? [] : holding(people, number)
  const alike = known.find((one) => postOf(one.role) === postOf(role))
  return {
    person: known.length > 0 ? known[0].person : number === null ? byName(arrival) : `card:${number}`,
    name: known.length > 0 ? known[0].name : number === null ? tidyName(arrival.name || '') : arrival.holder,
    role,
    is_known: known.length > 0 && known[0].is_known,
    card: shown,
    is_planned: false,
    came_at,
    is_on_record: alike !== undefined && alike.is_on_record,
    running: alike === undefined ? 1 : alike.running,
    is_employed_here: alike !== undefined && alike.is_employed_here,
    declared,
  }
}

/** @param {Arrival} arrival */
const byName = (arrival) => `name:${nameKey(arrival.name || '')}`
