// @ts-check
// What holds for everybody at an assessment: a valid card, one post each, and the plan. 督§12, §13; 考§14, §15
// (`domain.assessment.people`, word for word).

import { KINDS } from './number.js'
import { ROLES, inForce, kindsOf, listed, namesOf, postOf, ruling, strongest } from './assessmentmodel.js'
import { nameKey } from './tidy.js'

/**
 * @typedef {import('./assessmentmodel.js').Attendee} Attendee
 * @typedef {import('./assessmentmodel.js').Gathering} Gathering
 * @typedef {import('./assessmentmodel.js').Outcome} Outcome
 * @typedef {import('./assessmentmodel.js').Role} Role
 * @typedef {import('./assessmentmodel.js').Ruling} Ruling
 */

/** @type {ReadonlyArray<[Role, string]>} the posts that ask for a card, each with the article */
const CARDED = [['assessor', '考§14(1)'], ['internal', '督§12(1)'], ['external', '督§12(1)']]
const ROLES_IN_ORDER = /** @type {Role[]} */ (Object.keys(ROLES))

/** @type {Readonly<Record<string, readonly [string, string]>>} */
const WHY = {
  unreadable: ['二维码无法识读', 'unreadable'],
  forged: ['伪造', 'forged'],
  unknown_key: ['密钥不明', 'signed with an unknown key'],
  suspect: ['存疑', 'suspect'],
  unregistered: ['没有登记', 'not registered'],
  revoked: ['已取消资格', 'revoked'],
  voided: ['已作废', 'voided'],
  replaced: ['已补发，此副本失效', 'replaced by a new copy'],
  superseded: ['已换发', 'superseded'],
  expired: ['已过期', 'expired'],
  not_yet_valid: ['尚未生效', 'not yet valid'],
  status_unknown: ['状态不明', 'status not known'],
  unknown: ['没有这个编号', 'no such number'],
}

/**
 * Ask everybody whose post needs one for a valid card of his own. 考§14(1), 督§12(1).
 *
 * A person with two cards is asked for one in force.
 * @param {Gathering} gathering
 */
export function validCards(gathering) {
  return CARDED.flatMap(([post, article]) => {
    /** @type {Map<string, Attendee[]>} */
    const shown = new Map()
    for (const one of gathering.inPost(post)) shown.set(one.person, [...(shown.get(one.person) || []), one])
    return /** @type {const} */ ([['no', 'short'], ['unsure', 'unknown']]).flatMap(([standing, outcome]) => {
      const without = Array.from(shown.values())
        .filter((cards) => strongest(cards.map((one) => inForce(one))) === standing)
        .map((cards) => /** @type {Attendee} */ (cards.find((one) => inForce(one) === standing)))
      if (without.length === 0) return []
      const why = without.map(whyOf)
      return [ruling(
        'valid-card',
        article,
        outcome,
        `${ROLES[post].zh}须持本人有效证卡：${listed(without.map(({ name }, i) => `${name}（${why[i][0]}）`))}`,
        `each ${ROLES[post].en} needs a valid card of his own: ` +
          without.map(({ name }, i) => `${name} (${why[i][1]})`).join(', '),
        namesOf(without),
      )]
    })
  })
}

/**
 * Ask for an on-site head. 督附1.
 * @param {Gathering} gathering
 */
export function onSiteHead(gathering) {
  const names = namesOf(gathering.inPost('on_site_head'))
  return names.length > 0
    ? [ruling('on-site-head', '督附1', 'met', `现场负责人：${listed(names)}`, `on-site head: ${listed(names)}`, names)]
    : [ruling('on-site-head', '督附1', 'short', '没有现场负责人', 'no on-site head')]
}

/**
 * Refuse anybody in two posts, by person and not by card. 督§13, 考§15.
 *
 * Two of one name, where it is not certain that they are two, are for a person to tell apart.
 * @param {Gathering} gathering
 */
export function onePostEach(gathering) {
  /** @type {Map<string, Set<Role>>} */
  const posts = new Map()
  for (const { person, role } of gathering.there) posts.set(person, (posts.get(person) || new Set()).add(postOf(role)))
  const found = new Map(gathering.there.map((one) => [one.person, one]))
  const people = Array.from(found.values())
  const held = (/** @type {Attendee} */ one) => /** @type {Set<Role>} */ (posts.get(one.person))
  const inTwo = people.filter((one) => held(one).size > 1).map(({ name, person }) => {
    const { article, zh, en } = postsSaid(/** @type {Set<Role>} */ (posts.get(person)))
    return ruling(
      'one-post-each', article, 'short',
      `同一人不得兼任${zh}：${name}`, `nobody holds two posts: ${name}, ${en}`, [name],
    )
  })
  const alike = pairs(people).filter(([one, other]) =>
    nameKey(one.name) === nameKey(other.name) && !(one.is_known && other.is_known) && !same(held(one), held(other)))
  return inTwo.concat(alike.map(([one, other]) => {
    const { article, zh, en } = postsSaid(new Set([...held(one), ...held(other)]))
    return ruling(
      'one-post-each', article, 'unknown',
      `两人同名，请核对是否同一人（${zh}）：${one.name}`,
      `two of one name: check whether they are one person: ${one.name}, ${en}`, [one.name],
    )
  }))
}

/**
 * Ask that those who have come are those of the plan, in the roles of the plan. 督附1.
 * @param {Gathering} gathering
 */
export function asPlanned(gathering) {
  if (gathering.stage === 'plan') return []
  const planned = byPost(gathering.people.filter((one) => one.is_planned))
  const came = byPost(gathering.there)
  const missing = Array.from(planned).filter(([key]) => !came.has(key)).map(([, one]) => one)
  const extra = Array.from(came).filter(([key]) => !planned.has(key)).map(([, one]) => one)
  if (missing.length + extra.length === 0) {
    return [ruling(
      'as-planned', '督附1', 'met', '到场人员与计划一致', 'those who have come are those of the plan',
    )]
  }
  const zh = [...said('未到场：', missing, zhWithRoles), ...said('计划外：', extra, zhWithRoles)]
  const en = [...said('not come: ', missing, enWithRoles), ...said('not planned: ', extra, enWithRoles)]
  return [ruling(
    'as-planned',
    '督附1',
    'short',
    `到场人员与计划不一致：${zh.join('；')}`,
    `those who have come are not those of the plan: ${en.join('; ')}`,
    Array.from(new Set([...missing, ...extra].map((one) => one.name))),
  )]
}

/**
 * Refuse those who have declared ties, and name those of whom no declaration is on record. 督§12(4), 考§14(8).
 * @param {Gathering} gathering
 */
export function declarations(gathering) {
  const asked = CARDED.flatMap(([post]) => gathering.inPost(post))
  const tied = namesOf(asked.filter((one) => one.declared === 'ties'))
  const silent = namesOf(asked.filter((one) => one.declared === null))
  const found = []
  if (tied.length > 0) {
    found.push(ruling(
      'declared-ties', '考§14(8)', 'short',
      `已申明有利害关系，应当回避：${listed(tied)}`, `they have declared ties and stand aside: ${listed(tied)}`, tied,
    ))
  }
  if (silent.length > 0) {
    found.push(ruling(
      'no-declaration', '考§14(8)', 'warning',
      `没有回避声明的记录：${listed(silent)}`, `no declaration on record: ${listed(silent)}`, silent,
    ))
  }
  return found
}

/**
 * Warn of fewer invigilators than the job types' national standards ask for, where the plan states it. 督附1.
 * @param {Gathering} gathering
 */
export function invigilatorsACandidate(gathering) {
  const need = gathering.assessment.jobs
    .map(({ candidates, per_invigilator: each }) =>
      candidates === null || each === null ? 0 : Math.ceil(candidates / each))
    .reduce((sum, one) => sum + one, 0)
  const have = new Set(gathering.inPost('invigilator').map((one) => one.person)).size
  if (have >= need) return []
  return [ruling(
    'invigilator-ratio', '督附1', 'warning',
    `按考生人数应有监考人员 ${need} 名，现有 ${have} 名`, `the candidates need ${need} invigilators, have ${have}`,
  )]
}

/** @param {Attendee} one @returns {readonly [string, string]} */
function whyOf({ card, role }) {
  if (card === null) return ['未出示证卡', 'no card shown']
  if (card.is_holder === false) return ['不是持证人本人', 'not the holder']
  if (!kindsOf(role).includes(card.kind)) {
    const { zh, en } = KINDS[card.kind]
    return [`所持为${zh}证卡`, `shows a card of another kind: ${en}`]
  }
  return WHY[card.verdict]
}

/**
 * Name posts in their order, with the article that parts them.
 * @param {Set<Role>} held
 */
function postsSaid(held) {
  const posts = ROLES_IN_ORDER.filter((post) => held.has(post)).map((post) => ROLES[post])
  return {
    article: held.has('assessor') ? '考§15' : '督§13',
    zh: listed(posts.map((post) => post.zh)),
    en: posts.map((post) => post.en).join(' and '),
  }
}

/** @param {Attendee[]} people @returns {[Attendee, Attendee][]} */
const pairs = (people) =>
  people.flatMap((one, i) => people.slice(i + 1).map((other) => /** @type {[Attendee, Attendee]} */ ([one, other])))

/** @param {Set<Role>} some @param {Set<Role>} others */
const same = (some, others) => some.size === others.size && Array.from(some).every((one) => others.has(one))

/** @param {Attendee[]} people each person in each role once */
const byPost = (people) => new Map(people.map((one) => [JSON.stringify([one.person, one.role]), one]))

/** @param {string} what @param {Attendee[]} people @param {(people: Attendee[]) => string} write */
const said = (what, people, write) => (people.length > 0 ? [what + write(people)] : [])

/** @param {Attendee[]} people */
const zhWithRoles = (people) => listed(people.map(({ name, role }) => `${name}（${ROLES[role].zh}）`))

/** @param {Attendee[]} people */
const enWithRoles = (people) => people.map(({ name, role }) => `${name} (${ROLES[role].en})`).join(', ')
