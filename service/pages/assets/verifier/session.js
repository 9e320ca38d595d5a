// @ts-check
// The composition of a session: whether those planned, or those who have come, are the people the rules ask for.
// 督§3, §9, §12(1), §12(4), §13, §15, 督附1; 考§2–4, §6, §14–16. The rules of `service.domain.session`, word for word,
// for the door of an exam site that has no network.

import * as assessors from './sessionassessors.js'
import { Gathering } from './sessionmodel.js'
import * as people from './sessionpeople.js'
import * as supervisors from './sessionsupervisors.js'

/**
 * @typedef {import('./sessionmodel.js').Attendee} Attendee
 * @typedef {import('./sessionmodel.js').Ruling} Ruling
 * @typedef {import('./sessionmodel.js').Session} Session
 * @typedef {import('./sessionmodel.js').Stage} Stage
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
 * Judge a session's people, all rules at once; a rule that has nothing to say stays silent. One that is short decides,
 * else one that cannot be told.
 * @param {Session} session
 * @param {Attendee[]} attendees
 * @param {Stage} stage
 * @returns {Composition}
 */
export function compose(session, attendees, stage) {
  const gathering = new Gathering(session, attendees, stage)
  const rulings = RULES.flatMap((rule) => rule(gathering))
  const outcomes = rulings.map((one) => one.outcome)
  const verdict = outcomes.includes('short') ? 'short' : outcomes.includes('unknown') ? 'unknown' : 'complete'
  return { verdict, rulings }
}
