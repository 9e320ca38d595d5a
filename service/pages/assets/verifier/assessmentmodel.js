// @ts-check
// An assessment, its people, and how they are counted: at its plan all who are planned, at its roll-call who has come
// (`domain.assessment.model`, `.gathering` and `.ruling`). All values are the JSON that the service gives.

import { LEVELS_OF_GRADE, UNRULED_LEVELS } from './fitness.js'

/**
 * @typedef {import('./fitness.js').Level} Level
 * @typedef {import('./number.js').Kind} Kind
 * @typedef {import('./view.js').Occupation} Occupation
 * @typedef {'leader' | 'assessor' | 'on_site_head' | 'internal' | 'external' | 'invigilator' | 'staff'} Role
 * @typedef {'theory' | 'skill' | 'review'} Part
 * @typedef {'plan' | 'roll-call'} Stage
 * @typedef {{
 *   occupation: string, code: string | null, level: Level, parts: Part[], machine_marked: boolean,
 *   candidates: number | null, per_assessor: number | null, per_invigilator: number | null
 * }} Job
 * @typedef {{institution: string, starts_at: string, jobs: Job[]}} Assessment
 *
 * `verdict` is what the card's check has answered; `is_holder` what whoever compared the face has said.
 * @typedef {{
 *   number: string, kind: Kind, issuer: string, occupations: Occupation[], verdict: string, is_holder: boolean | null
 * }} ShownCard
 * @typedef {{
 *   person: string, name: string, role: Role, is_known: boolean, card: ShownCard | null, is_planned: boolean,
 *   came_at: string | null, is_on_record: boolean, running: number, is_employed_here: boolean,
 *   declared: 'clear' | 'ties' | null
 * }} Attendee
 * @typedef {'met' | 'warning' | 'unknown' | 'short'} Outcome
 * @typedef {{rule: string, article: string, outcome: Outcome, zh: string, en: string, people: string[]}} Ruling
 *
 * Whether something holds, does not, or cannot be told from what is known.
 * @typedef {'yes' | 'unsure' | 'no'} Standing
 */

/** @type {Readonly<Record<Role, {zh: string, en: string}>>} */
export const ROLES = {
  leader: { zh: '考评组长', en: 'leader of the assessors' },
  assessor: { zh: '考评人员', en: 'assessor' },
  on_site_head: { zh: '现场负责人', en: 'on-site head' },
  internal: { zh: '内督', en: 'internal supervisor' },
  external: { zh: '外督', en: 'external supervisor' },
  invigilator: { zh: '监考人员', en: 'invigilator' },
  staff: { zh: '考务人员', en: 'exam staff' },
}
/** @type {Readonly<Partial<Record<Role, ReadonlyArray<Kind>>>>} */
const KINDS_OF_POST = {
  assessor: ['senior', 'standard', 'special_skill'],
  internal: ['internal', 'external'], // 督§14: an external one, if engaged as internal
  external: ['external'],
}
const UNSURE = ['status_unknown', 'unknown_key']
/** @type {ReadonlyArray<Standing>} */
const WEAKEST_FIRST = ['no', 'unsure', 'yes']

/** @type {Readonly<Record<Standing, Outcome>>} */
export const OUTCOMES = { yes: 'met', unsure: 'unknown', no: 'short' }

/**
 * Give what holds where all of these have to.
 * @param {Standing[]} standings
 */
export const weakest = (...standings) => WEAKEST_FIRST[Math.min(...standings.map((s) => WEAKEST_FIRST.indexOf(s)))]

/**
 * Give what holds where any one of these will do; none will not.
 * @param {ReadonlyArray<Standing>} standings
 */
export const strongest = (standings) =>
  WEAKEST_FIRST[Math.max(0, ...standings.map((s) => WEAKEST_FIRST.indexOf(s)))]

/**
 * Give the post of a role: who leads the assessors is one of them (考§15).
 * @param {Role} role
 */
export const postOf = (role) => (role === 'leader' ? 'assessor' : role)

/**
 * Give the kinds of card that a role asks for; none where it asks for no card.
 * @param {Role} role
 */
export const kindsOf = (role) => KINDS_OF_POST[postOf(role)] || []

/**
 * Whether assessors mark its theory papers.
 * @param {Job} job
 */
export const isMarkedByHand = (job) => job.parts.includes('theory') && !job.machine_marked

/**
 * Tell whether a card counts for the job type, whatever the level: by the exact name, or the code. 考§2.
 * @param {ShownCard} card
 * @param {Job} job
 */
export const isOf = (card, job) =>
  card.occupations.some((held) => held.name === job.occupation || (held.code !== null && held.code === job.code))

/**
 * Tell whether a card lets its holder assess this; of 特级 and 首席技师 the rule says nothing. 考§2, 考§3.
 * @param {ShownCard} card
 * @param {Job} job
 * @returns {Standing}
 */
export function covers(card, job) {
  if (card.kind === 'internal' || card.kind === 'external' || !isOf(card, job)) return 'no'
  if (UNRULED_LEVELS.includes(job.level)) return 'unsure'
  return LEVELS_OF_GRADE[card.kind].includes(job.level) ? 'yes' : 'no'
}

/**
 * Tell whether somebody shows a valid card of his own, of a kind that his role asks for (督§12(1), 考§14(1)), and
 * whether this holds of it.
 * @param {Attendee} one
 * @param {(card: ShownCard) => Standing} [holds]
 * @returns {Standing}
 */
export function inForce({ card, role }, holds = () => 'yes') {
  if (card === null || !kindsOf(role).includes(card.kind) || card.is_holder === false) return 'no'
  const verdict = card.verdict === 'valid' ? 'yes' : UNSURE.includes(card.verdict) ? 'unsure' : 'no'
  return weakest(verdict, holds(card))
}

/**
 * Name people, each once.
 * @param {Attendee[]} people
 */
export const namesOf = (people) => Array.from(new Map(people.map((one) => [one.person, one.name])).values())

/** @param {string[]} names */
export const listed = (names) => names.join('、')

/** People, not cards: those for whom something surely holds, and those for whom it cannot be told. */
export class Count {
  /** @param {Iterable<Standing>} held */
  constructor(held) {
    const standings = Array.from(held)
    this.sure = standings.filter((standing) => standing === 'yes').length
    this.unsure = standings.filter((standing) => standing === 'unsure').length
  }

  /**
   * Tell whether there are as many as are needed.
   * @param {number} need
   * @returns {Standing}
   */
  standing(need) {
    if (this.sure >= need) return 'yes'
    return this.sure + this.unsure >= need ? 'unsure' : 'no'
  }
}

/** An assessment, its people, and whether their plan or their roll-call is looked at. */
export class Gathering {
  /** @param {Assessment} assessment @param {Attendee[]} people @param {Stage} stage */
  constructor(assessment, people, stage) {
    this.assessment = assessment
    this.people = people
    this.stage = stage
    /** Those who count at this stage. */
    this.there = people.filter((one) => (stage === 'plan' ? one.is_planned : one.came_at !== null))
  }

  /**
   * Give those there in a post, leaders among the assessors.
   * @param {Role} post
   */
  inPost(post) {
    return this.there.filter((one) => postOf(one.role) === post)
  }

  /**
   * Count the people in a post whose card, of a kind the post asks for, is in force and of which this holds.
   * @param {Role} post
   * @param {(card: ShownCard) => Standing} holds
   */
  count(post, holds) {
    return this.tally(post, (one) => inForce(one, holds))
  }

  /**
   * Count the people in a post of whom this holds, with one card or another.
   * @param {Role} post
   * @param {(one: Attendee) => Standing} holds
   */
  tally(post, holds) {
    /** @type {Map<string, Standing>} */
    const best = new Map()
    for (const one of this.inPost(post)) {
      best.set(one.person, strongest([best.get(one.person) || 'no', holds(one)]))
    }
    return new Count(best.values())
  }

  /**
   * Name those in a post whose engagement or dispatch is on no record; who has no card at all is not asked.
   * @param {Role} post
   */
  unrecorded(post) {
    return namesOf(this.inPost(post).filter((one) => !one.is_on_record && inForce(one) !== 'no'))
  }
}

/**
 * @param {string} rule
 * @param {string} article
 * @param {Outcome} outcome
 * @param {string} zh
 * @param {string} en
 * @param {string[]} [people]
 * @returns {Ruling}
 */
export const ruling = (rule, article, outcome, zh, en, people = []) => ({ rule, article, outcome, zh, en, people })
