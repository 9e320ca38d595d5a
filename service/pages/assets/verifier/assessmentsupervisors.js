// @ts-check
// The supervisors of an assessment: internal ones in time, external ones in turn. 督§3, §9, §12–15, 督附1
// (`domain.assessment.supervisors`, word for word).

import { civilMinute } from './dates.js'
import { OUTCOMES, inForce, listed, namesOf, ruling, weakest } from './assessmentmodel.js'
import { SHARED } from './shared.js'

/**
 * @typedef {import('./assessmentmodel.js').Attendee} Attendee
 * @typedef {import('./assessmentmodel.js').Gathering} Gathering
 * @typedef {import('./assessmentmodel.js').Standing} Standing
 */

const MINUTE = 60_000
const MAX_VISITS_RUNNING = SHARED.assessment.visits_running // 督§15: 不得连续3次对同一鉴定评价机构
const MIN_ASSESSMENT_EXTERNALS = SHARED.assessment.external_supervisors // 督§15: 原则上由2名及以上外督组成
const MIN_ASSESSMENT_INTERNALS = SHARED.assessment.internal_supervisors // 督附1, rows 1 and 7
const INTERNAL_ARRIVES_MINUTES = SHARED.assessment.internal_arrives_minutes // 督附1: 内督于考前 30 分钟到达考试现场

/**
 * Ask for an internal supervisor with a valid card of the institution itself. 督附1, 督§9.
 *
 * Who holds an external card and is engaged as internal supervisor counts with that card (督§14).
 * @param {Gathering} gathering
 */
export function internalSupervisor(gathering) {
  const { institution } = gathering.assessment
  const count = gathering.tally('internal', (one) => supervises(one, institution))
  const outcome = OUTCOMES[count.standing(MIN_ASSESSMENT_INTERNALS)]
  const [moreZh, moreEn] = outcome === 'unknown'
    ? [`，另有 ${count.unsure} 名待核对`, `, ${count.unsure} more unsure`]
    : ['', '']
  return [ruling(
    'internal-supervisor',
    '督附1',
    outcome,
    `本机构持有效证卡的内督 ${count.sure} 名，应不少于 ${MIN_ASSESSMENT_INTERNALS} 名${moreZh}`,
    `internal supervisors of the institution with a valid card: ${count.sure}, of ` +
      `${MIN_ASSESSMENT_INTERNALS} at least${moreEn}`,
  )]
}

/**
 * Name who supervises inside with an external card: by a 责任书, which is on record or to be looked at. 督§14.
 * @param {Gathering} gathering
 */
export function engagedAsInternal(gathering) {
  const shown = gathering.inPost('internal').filter(
    (one) => one.card !== null && one.card.kind === 'external' && inForce(one) !== 'no',
  )
  const engaged = namesOf(shown.filter((one) => one.is_on_record))
  const without = namesOf(shown.filter((one) => !one.is_on_record))
  return [
    ...(engaged.length === 0 ? [] : [ruling(
      'engaged-as-internal',
      '督§14',
      'met',
      `已签订工作责任书，凭外督证卡任内督：${listed(engaged)}`,
      `engaged by a 责任书, internal supervisors with an external card: ${listed(engaged)}`,
      engaged,
    )]),
    ...(without.length === 0 ? [] : [ruling(
      'engaged-as-internal',
      '督§14',
      'unknown',
      `没有受聘为本机构内督的记录，请核对工作责任书：${listed(without)}`,
      `not on record as engaged as internal supervisors: check the 责任书 of ${listed(without)}`,
      without,
    )]),
  ]
}

/**
 * Ask that each internal supervisor is there half an hour before the start, and name who is late. 督附1.
 * @param {Gathering} gathering
 */
export function internalInTime(gathering) {
  const { assessment, stage } = gathering
  /** @type {Map<string, {name: string, at: number}>} */
  const arrivals = new Map()
  for (const one of gathering.inPost('internal')) {
    if (one.came_at === null || supervises(one, assessment.institution) === 'no') continue
    const at = Date.parse(one.came_at)
    const earlier = arrivals.get(one.person)
    arrivals.set(one.person, { name: one.name, at: earlier === undefined ? at : Math.min(earlier.at, at) })
  }
  if (stage === 'plan' || arrivals.size === 0) return []
  const latest = Date.parse(assessment.starts_at) - INTERNAL_ARRIVES_MINUTES * MINUTE
  const late = Array.from(arrivals.values()).filter(({ at }) => at > latest)
  const zh = `内督应于考前 ${INTERNAL_ARRIVES_MINUTES} 分钟（${clock(latest)}）到场`
  const en = `internal supervisors are there ${INTERNAL_ARRIVES_MINUTES} minutes before the start, at ${clock(latest)}`
  if (late.length === 0) return [ruling('internal-in-time', '督附1', 'met', `${zh}，均已到场`, `${en}; all were`)]
  return [ruling(
    'internal-in-time',
    '督附1',
    'short',
    `${zh}，迟到：${listed(late.map(({ name, at }) => `${name}（${clock(at)}）`))}`,
    `${en}; late: ${late.map(({ name, at }) => `${name} (${clock(at)})`).join(', ')}`,
    late.map(({ name }) => name),
  )]
}

/**
 * Refuse internal cards of other institutions. 督§9.
 * @param {Gathering} gathering
 */
export function internalElsewhere(gathering) {
  const { institution } = gathering.assessment
  const foreign = namesOf(
    gathering.inPost('internal').filter((one) => inForce(one) !== 'no' && supervises(one, institution) === 'no'),
  )
  if (foreign.length === 0) return []
  return [ruling(
    'internal-elsewhere',
    '督§9',
    'short',
    `内督证卡仅限颁发机构内部使用，不是本机构颁发：${listed(foreign)}`,
    `an internal card counts only inside its issuer, which is another institution: ${listed(foreign)}`,
    foreign,
  )]
}

/**
 * Ask for the dispatch of each external supervisor to the institution on the day. 督§3.
 * @param {Gathering} gathering
 */
export function dispatched(gathering) {
  const without = gathering.unrecorded('external')
  if (without.length === 0) return []
  return [ruling(
    'dispatched',
    '督§3',
    'unknown',
    `没有当日到本机构的委派记录，请核对委派文件：${listed(without)}`,
    `no dispatch on record: check the order of ${listed(without)}`,
    without,
  )]
}

/**
 * Warn of fewer than two external supervisors where any are sent (原则上由2名及以上外督组成). 督§15.
 * @param {Gathering} gathering
 */
export function externalsTogether(gathering) {
  if (!gathering.people.some((one) => one.role === 'external')) return []
  const have = new Set(gathering.inPost('external').map((one) => one.person)).size
  return [ruling(
    'externals-together',
    '督§15',
    have >= MIN_ASSESSMENT_EXTERNALS ? 'met' : 'warning',
    `外督 ${have} 名，同一场次原则上由 ${MIN_ASSESSMENT_EXTERNALS} 名及以上组成`,
    `external supervisors: ${have}; normally an assessment has ${MIN_ASSESSMENT_EXTERNALS} or more`,
  )]
}

/**
 * Refuse an external supervisor who visits the institution a third time running. 督§15.
 * @param {Gathering} gathering
 */
export function rotation(gathering) {
  const again = namesOf(gathering.inPost('external').filter((one) => one.running > MAX_VISITS_RUNNING))
  if (again.length === 0) return []
  return [ruling(
    'third-visit-running',
    '督§15',
    'short',
    `同一名外督不得连续 3 次督导同一机构：${listed(again)}`,
    `nobody visits an institution three times running: ${listed(again)}`,
    again,
  )]
}

/**
 * Warn of an external supervisor whom the institution employs or engages (回避). 督§12(4).
 * @param {Gathering} gathering
 */
export function avoidance(gathering) {
  const own = namesOf(gathering.inPost('external').filter((one) => one.is_employed_here))
  if (own.length === 0) return []
  return [ruling(
    'avoidance',
    '督§12(4)',
    'warning',
    `在本机构任职或受聘，应当回避：${listed(own)}`,
    `they work for the institution and should stand aside: ${listed(own)}`,
    own,
  )]
}

/**
 * Whether somebody supervises inside: by a card of the institution, or engaged with an external one.
 * @param {Attendee} one
 * @param {string} institution
 * @returns {Standing}
 */
function supervises(one, institution) {
  if (one.card === null) return 'no'
  if (one.card.kind === 'external') return weakest(inForce(one), one.is_on_record ? 'yes' : 'unsure')
  return one.card.issuer === institution ? inForce(one) : 'no'
}

/** @param {number} at */
const clock = (at) => civilMinute(at).slice(11)
