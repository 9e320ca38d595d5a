// @ts-check
// The assessors of an assessment: how many of which grade for which job, and who leads them. 考§3, §4, §6, §14–16
// (`domain.assessment.assessors`, word for word).

import { LEVELS, UNRULED_LEVELS } from './fitness.js'
import { SHARED } from './shared.js'
import {
  OUTCOMES, covers, inForce, isMarkedByHand, listed, namesOf, ruling, strongest,
} from './assessmentmodel.js'

/**
 * @typedef {import('./assessmentmodel.js').Gathering} Gathering
 * @typedef {import('./assessmentmodel.js').Job} Job
 * @typedef {import('./assessmentmodel.js').Ruling} Ruling
 * @typedef {import('./assessmentmodel.js').ShownCard} ShownCard
 * @typedef {import('./assessmentmodel.js').Standing} Standing
 */

const MIN_ASSESSMENT_ASSESSORS = SHARED.assessment.skill_assessors // 考§6: 各职业（工种）及相应等级考评人员不少于3名
const MIN_REVIEW_SENIORS = SHARED.assessment.review_seniors // 考§14(4): 评审组由 3 名及以上高级考评员组成
const MIN_THEORY_MARKERS = SHARED.assessment.theory_markers // 考§14(5): 2人及以上流水作业

/** @type {Readonly<Record<Standing, readonly [string, string]>>} */
const LED = {
  yes: ['已有', 'one does'],
  unsure: ['不能确认', 'cannot be told'],
  no: ['没有', 'none does'],
}

/**
 * Ask for three assessors for each job type and level whose skills are assessed. 考§6.
 *
 * An assessor counts for each that the card covers.
 * @param {Gathering} gathering
 */
export function skillAssessors(gathering) {
  return gathering.assessment.jobs.filter((job) => job.parts.includes('skill')).map((job) => {
    const count = gathering.count('assessor', (card) => covers(card, job))
    return enough('skill-assessors', '考§6', job, count, MIN_ASSESSMENT_ASSESSORS, [
      '技能考核考评人员', 'assessors for the skills',
    ])
  })
}

/**
 * Ask for three senior assessors to review technicians, one of them leading. 考§14(4).
 * @param {Gathering} gathering
 */
export function reviewGroup(gathering) {
  return gathering.assessment.jobs.filter((job) => job.parts.includes('review')).flatMap((job) => {
    const isSenior = (/** @type {ShownCard} */ card) => isSeniorFor(card, job)
    const count = gathering.count('assessor', isSenior)
    const leaders = gathering.there.filter((one) => one.role === 'leader')
    const leading = strongest(leaders.map((one) => inForce(one, isSenior)))
    const [zh, en] = named(job)
    return [
      enough('review-group', '考§14(4)', job, count, MIN_REVIEW_SENIORS, [
        '综合评审高级考评员', 'senior assessors for the review',
      ]),
      ruling(
        'review-leader',
        '考§14(4)',
        OUTCOMES[leading],
        `${zh}综合评审由高级考评员任组长：${LED[leading][0]}`,
        `${en}, a senior assessor leads the review: ${LED[leading][1]}`,
      ),
    ]
  })
}

/**
 * Ask for two assessors to mark the theory papers, unless a machine does. 考§14(5).
 *
 * Marking is assessing: a card reaches no further here than the levels of its grade (考§2, 考§3).
 * @param {Gathering} gathering
 */
export function theoryMarkers(gathering) {
  return gathering.assessment.jobs.filter(isMarkedByHand).map((job) => {
    const count = gathering.count('assessor', (card) => covers(card, job))
    return enough('theory-markers', '考§14(5)', job, count, MIN_THEORY_MARKERS, [
      '理论阅卷考评人员', 'assessors to mark the theory',
    ])
  })
}

/**
 * Ask for one leader of the assessors, whom the institution names: not none, and not two. 考§15, 考§14(4).
 * @param {Gathering} gathering
 */
export function leader(gathering) {
  const names = namesOf(gathering.there.filter((one) => one.role === 'leader'))
  if (names.length === 1) {
    return [ruling('leader', '考§15', 'met', `考评组长：${listed(names)}`,
      `leader of the assessors: ${listed(names)}`, names)]
  }
  return names.length === 0
    ? [ruling('leader', '考§15', 'short', '没有考评组长，应由机构指定',
        'no leader of the assessors: the institution names one')]
    : [ruling('leader', '考§15', 'short', `考评组长只能有 1 名，现有 ${names.length} 名：${listed(names)}`,
        `one leads the assessors, not ${names.length}: ${listed(names)}`, names)]
}

/**
 * Refuse assessors whose card covers none of what the assessment assesses. 考§2, 考§3.
 * @param {Gathering} gathering
 */
export function withinScope(gathering) {
  // Who has no card in force is another rule's to refuse.
  const shown = gathering.inPost('assessor').filter((one) => inForce(one) !== 'no')
  const isFit = (/** @type {ShownCard | null} */ card) => card !== null && isUseful(card, gathering.assessment.jobs)
  const fit = new Set(shown.filter((one) => isFit(one.card)).map((one) => one.person))
  const beyond = namesOf(shown.filter((one) => !fit.has(one.person)))
  if (beyond.length === 0) return []
  return [ruling(
    'assessor-scope',
    '考§3',
    'short',
    `证卡的职业（工种）和等级不含本场次任何考评项目：${listed(beyond)}`,
    `the card covers none of the assessment's job types and levels: ${listed(beyond)}`,
    beyond,
  )]
}

/**
 * Ask for an engagement, or in-house staff: without a record of either nobody can tell. 考§4, 考§16.
 * @param {Gathering} gathering
 */
export function engaged(gathering) {
  const without = gathering.unrecorded('assessor')
  if (without.length === 0) return []
  return [ruling(
    'engaged',
    '考§4',
    'unknown',
    `没有受聘于本机构的记录，请核对聘用合同，在职职工请核对在职证明（考§16）：${listed(without)}`,
    `no engagement on record: check the contract, or that they are in-house staff (考§16): ${listed(without)}`,
    without,
  )]
}

/**
 * Warn of fewer assessors than the national standard of the job type asks for, where the plan states it. 督附1.
 * @param {Gathering} gathering
 */
export function assessorsACandidate(gathering) {
  return gathering.assessment.jobs.flatMap((job) => {
    const { candidates, per_assessor: each } = job
    if (candidates === null || each === null) return []
    const need = Math.ceil(candidates / each)
    const have = gathering.count('assessor', (card) => covers(card, job)).sure
    if (have >= need) return []
    const [zh, en] = named(job)
    return [ruling(
      'assessor-ratio',
      '督附1',
      'warning',
      `${zh}：考生 ${candidates} 人，按 1:${each} 应有考评人员 ${need} 名，现有 ${have} 名`,
      `${en}: ${candidates} candidates, ${each} an assessor: ${need} assessors needed, have ${have}`,
    )]
  })
}

/**
 * @param {string} rule
 * @param {string} article
 * @param {Job} job
 * @param {import('./assessmentmodel.js').Count} count
 * @param {number} need
 * @param {[string, string]} what
 */
function enough(rule, article, job, count, need, what) {
  const [zh, en] = named(job)
  const outcome = OUTCOMES[count.standing(need)]
  let [moreZh, moreEn] = ['', '']
  if (outcome === 'unknown') {
    ;[moreZh, moreEn] = UNRULED_LEVELS.includes(job.level)
      ? ['（规程未规定此等级由谁考评）', ' (the regulation does not say who assesses this level)']
      : [`，另有 ${count.unsure} 名证卡状态不明`, `, ${count.unsure} more unsure`]
  }
  return ruling(
    rule,
    article,
    outcome,
    `${zh}${what[0]} ${count.sure} 名，应不少于 ${need} 名${moreZh}`,
    `${en}, ${what[1]}: ${count.sure}, of ${need} at least${moreEn}`,
  )
}

/** @param {ShownCard} card @param {Job} job @returns {Standing} */
const isSeniorFor = (card, job) => (card.kind === 'senior' ? covers(card, job) : 'no')

/** @param {ShownCard} card @param {Job[]} jobs */
const isUseful = (card, jobs) => jobs.some((job) => covers(card, job) !== 'no')

/** @param {Job} job @returns {[string, string]} */
function named(job) {
  const [zh, en] = LEVELS[job.level]
  return [`“${job.occupation}”${zh}`, `${job.occupation}, ${en}`]
}
