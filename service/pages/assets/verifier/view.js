// @ts-check
// A card as its credential states it, and the way programs get it.

import { isoDay } from './dates.js'
import { occupationCode } from './claims.js'
import { KINDS, institutionOf, kindOf } from './number.js'

/**
 * @typedef {import('./claims.js').Claims} Claims
 * @typedef {import('./number.js').Kind} Kind
 * @typedef {{name: string, code: string | null}} Occupation
 * @typedef {{
 *   number: string, name: string, kind: Kind, occupations: Occupation[], issuer: string, issuerName: string | null,
 *   workUnit: string | null, issuedOn: number, expiresOn: number
 * }} CardView
 *
 * The names behind codes, where they are known.
 * @typedef {{occupation: (code: string) => string | null, issuer: (code: string) => string | null}} Naming
 */

/** Stands for the centre where an issuer is named; every other issuer is an institution's code. */
export const CENTRE = 'centre'

/**
 * Show a card; a code that has no name here is shown as the code.
 * @param {Claims} claims
 * @param {Naming} naming
 * @returns {CardView}
 */
export function viewOfClaims(claims, naming) {
  const issuer = institutionOf(claims.number) || CENTRE
  return {
    number: claims.number,
    name: claims.name,
    kind: kindOf(claims.number),
    occupations: claims.occupations.map((claim) => occupation(claim, naming)),
    issuer,
    issuerName: naming.issuer(issuer),
    workUnit: claims.workUnit,
    issuedOn: claims.issuedOn,
    expiresOn: claims.expiresOn,
  }
}

/** @param {CardView} view */
export function cardJson(view) {
  return {
    number: view.number,
    name: view.name,
    kind: view.kind,
    kind_zh: KINDS[view.kind].zh,
    kind_en: KINDS[view.kind].en,
    occupations: view.occupations,
    released: /** @type {string[]} */ ([]), // what a later card has taken over is known to the register only
    issuer: view.issuer,
    issuer_name: view.issuerName,
    work_unit: view.workUnit,
    issued_on: isoDay(view.issuedOn),
    expires_on: isoDay(view.expiresOn),
    status_on: null,
  }
}

/**
 * @param {number | string} claim
 * @param {Naming} naming
 * @returns {Occupation}
 */
function occupation(claim, naming) {
  if (typeof claim === 'string') return { name: claim, code: null }
  const code = occupationCode(claim)
  return { name: naming.occupation(code) || code, code }
}
