// @ts-check
// Whether a valid card lets its holder do a given work at a given place: 督§3, §9, §14; 考§2–4, §16. The rules of
// `service.domain.fitness`, word for word, for a checker that has no register: contracts, dispatches and who is
// in-house staff are never known here, so what hangs on them is `unknown` and says which paper to look at.

import { KINDS } from './number.js'
import { SHARED } from './shared.js'
import { strip, tidyOccupation } from './tidy.js'

/**
 * @typedef {import('./view.js').CardView} CardView
 * @typedef {'yes' | 'no' | 'unknown'} Answer
 * @typedef {'special' | '5' | '4' | '3' | '2' | '1' | 'te' | 'shouxi'} Level
 *
 * The work asked about: institution code of the place, occupation (name or code), level. null: not asked.
 * @typedef {{place: string | null, occupation: string | null, level: Level | null}} Duty
 * @typedef {{answer: Answer, article: string, zh: string, en: string}} Reason
 * @typedef {{answer: Answer, reasons: Reason[]}} Fit
 */

/** @type {Readonly<Duty>} */
export const NO_DUTY = { place: null, occupation: null, level: null }

/** @type {Readonly<Record<Level, readonly [string, string]>>} */
export const LEVELS = SHARED.levels
/** @type {Readonly<Record<'special_skill' | 'standard' | 'senior', ReadonlyArray<Level>>>} 考§3 */
export const LEVELS_OF_GRADE = SHARED.levels_of_grade
/** @type {ReadonlyArray<Level>} */
export const UNRULED_LEVELS = SHARED.unruled_levels // exist nationally; 考§3 does not name them
const SCOPE_ARTICLES = ['考§2', '考§3']

/** @param {Readonly<Duty>} duty */
export const isAsked = (duty) => duty.place !== null || duty.occupation !== null || duty.level !== null

/**
 * Tell whether a reason speaks of occupation and level, not of the place.
 * @param {Reason} reason
 */
export const isAboutScope = (reason) => SCOPE_ARTICLES.includes(reason.article)

/**
 * Answer for a card whose verdict is `valid`: one rule's no decides; else one unknown; else yes.
 * @param {CardView} card
 * @param {Readonly<Duty>} duty
 * @returns {Fit}
 */
export function fitForDuty(card, duty) {
  const reasons = reasonsFor(card, duty)
  const answers = reasons.map((reason) => reason.answer)
  const answer = answers.includes('no') ? 'no' : answers.includes('unknown') ? 'unknown' : 'yes'
  return { answer, reasons: reasons.filter((reason) => answer === 'yes' || reason.answer !== 'yes') }
}

/**
 * @param {CardView} card
 * @param {Readonly<Duty>} duty
 * @returns {Reason[]}
 */
function reasonsFor(card, duty) {
  if (card.kind === 'external') return outside(duty.place)
  if (card.kind === 'internal') return [inside(card, duty.place)]
  return [occupation(card, duty.occupation), level(card.kind, duty.level), engaged(duty.place)]
}

/**
 * Accept the card's exact job types: whether another is related (相关职业) is a person's judgement. 考§2.
 * @param {CardView} card
 * @param {string | null} asked
 * @returns {Reason}
 */
function occupation(card, asked) {
  const article = '考§2'
  if (asked === null) return unknown(article, '未说明考评的职业（工种）', 'the occupation was not stated')
  const names = card.occupations.map((held) => held.name).join('、')
  if (card.occupations.some((held) => strip(asked) === held.code || tidyOccupation(asked) === held.name)) {
    return { answer: 'yes', article, zh: `证卡载明职业（工种）：${names}`, en: `the card covers ${names}` }
  }
  return {
    answer: 'no',
    article,
    zh: `证卡职业（工种）为${names}，不含“${asked}”；是否属相关职业由人员判断`,
    en: `the card covers ${names}, not “${asked}”; whether they are related is for a person to judge`,
  }
}

/**
 * Look up the levels of the grade; 特级 and 首席技师 are not in the rule, so never a yes. 考§3.
 * @param {'special_skill' | 'standard' | 'senior'} grade
 * @param {Level | null} asked
 * @returns {Reason}
 */
function level(grade, asked) {
  const article = '考§3'
  if (asked === null) return unknown(article, '未说明考评的技能等级', 'the skill level was not stated')
  const [zh, en] = LEVELS[asked]
  if (UNRULED_LEVELS.includes(asked)) {
    return unknown(article, `${zh}：规程未规定由谁考评`, `the regulation does not say who assesses ${en}`)
  }
  const name = KINDS[grade]
  return LEVELS_OF_GRADE[grade].includes(asked)
    ? { answer: 'yes', article, zh: `${name.zh}可考评${zh}`, en: `${en} is within the grade: ${name.en}` }
    : { answer: 'no', article, zh: `${name.zh}不得考评${zh}`, en: `${en} is beyond the grade: ${name.en}` }
}

/**
 * Ask for an engagement, or in-house staff, who need no contract: neither is known here. 考§4, 考§16.
 * @param {string | null} place
 * @returns {Reason}
 */
function engaged(place) {
  if (place === null) return unknown('考§4', '未说明在哪个机构考评', 'the institution was not stated')
  return unknown(
    '考§4',
    '没有受聘于本机构的记录，请核对聘用合同；本机构在职职工无需合同，请核对其在职证明（考§16）',
    'no engagement on record: check the contract; in-house staff need none, check that the holder is (考§16)',
  )
}

/**
 * Ask for the dispatch of an external supervisor (督§3), or the 责任书 that engages him as an internal one (督§14).
 * @param {string | null} place
 * @returns {Reason[]}
 */
function outside(place) {
  if (place === null) return [unknown('督§3', '未说明到哪个机构督导', 'the institution was not stated')]
  return [
    unknown('督§3', '没有当日到本机构的委派记录，请核对委派文件', 'no dispatch on record: check the order'),
    unknown(
      '督§14',
      '如受聘为本机构内督，请核对工作责任书',
      "if engaged as this institution's internal supervisor: check the 责任书",
    ),
  ]
}

/**
 * Keep an internal card inside its own issuer. 督§9.
 * @param {CardView} card
 * @param {string | null} place
 * @returns {Reason}
 */
function inside(card, place) {
  const article = '督§9'
  const zh = `内督证卡仅限颁发机构（${card.issuer}）内部使用`
  const en = `an internal card counts only inside its issuer ${card.issuer}`
  if (place === null) return unknown(article, `${zh}，未说明在哪个机构`, `${en}; the institution was not stated`)
  if (place === card.issuer) return { answer: 'yes', article, zh: '在颁发机构内部使用', en: 'used inside its issuer' }
  return { answer: 'no', article, zh: `${zh}，不得在 ${place} 使用`, en: `${en}, not at ${place}` }
}

/**
 * @param {string} article
 * @param {string} zh
 * @param {string} en
 * @returns {Reason}
 */
const unknown = (article, zh, en) => ({ answer: 'unknown', article, zh, en })
