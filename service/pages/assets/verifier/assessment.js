// @ts-check
// The composition of an assessment: whether those planned, or those who have come, are the people the rules ask for.
// 督§3, §9, §12(1), §12(4), §13, §15, 督附1; 考§2–4, §6, §14–16. The rules of `service.domain.assessment`, word for word,
// for the door of an exam site that has no network.

import * as assessors from './assessmentassessors.js'
import { Gathering } from './assessmentmodel.js'
import * as people from './assessmentpeople.js'
import * as supervisors from './assessmentsupervisors.js'

/**
 * @typedef {import('./assessmentmodel.js').Attendee} Attendee
 * @typedef {import('./assessmentmodel.js').Ruling} Ruling
 * @typedef {import('./assessmentmodel.js').Assessment} Assessment
 * @typedef {import('./assessmentmodel.js').Stage} Stage
 * @typedef {'complete' | 'unknown' | 'short'} CompositionVerdict
 * @typedef {{verdict: CompositionVerdict, rulings: Ruling[]}} Composition
 */

/** @type {ReadonlyArray<(gathering: Gathering) => Ruling[]>} */
const RULES = [
  assessors.leader,
  assessors.skillAssessors,
  assessors.reviewGroup,
  assessors.theoryMarkers,
  assessors.withinScope,
  assessors.engaged,
  people.onSiteHead,
  supervisors.internalSupervisor,
  supervisors.engagedAsInternal,
  supervisors.internalInTime,
  supervisors.internalElsewhere,
  supervisors.externalsTogether,
  supervisors.rotation,
  supervisors.dispatched,
  supervisors.avoidance,
  people.validCards,
  people.onePostEach,
  people.asPlanned,
  people.declarations,
  assessors.assessorsACandidate,
  people.invigilatorsACandidate,
]

/**
 * Judge an assessment's people, all rules at once; a rule that does not apply is left out. One that is short decides,
 * else one that cannot be told.
 * @param {Assessment} assessment
 * @param {Attendee[]} attendees
 * @param {Stage} stage
 * @returns {Composition}
 */
export function compose(assessment, attendees, stage) {
  const gathering = new Gathering(assessment, attendees, stage)
  const rulings = RULES.flatMap((rule) => rule(gathering))
  const outcomes = rulings.map((one) => one.outcome)
  const verdict = outcomes.includes('short') ? 'short' : outcomes.includes('unknown') ? 'unknown' : 'complete'
  return { verdict, rulings }
}
