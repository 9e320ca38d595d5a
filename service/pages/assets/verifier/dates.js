// @ts-check
// Civil dates in Asia/Shanghai, as days since 1970-01-01. The zone has been UTC+8 without summer time since 1991.

const DAY = 86_400_000
const SHANGHAI = 8 * 3_600_000

/** Days to 1 January of the year 1 and to 31 December 9999: what has a date. */
export const FIRST_DAY = -719_162
export const LAST_DAY = 2_932_896

/**
 * Give the date on which an instant falls.
 * @param {number} at milliseconds since 1970-01-01 UTC
 */
export const civilDay = (at) => Math.floor((at + SHANGHAI) / DAY)

/** @param {number} day */
export const isoDay = (day) => new Date(day * DAY).toISOString().slice(0, 10)

/**
 * Write an instant as people in Shanghai read it: `2026-06-01 12:00`.
 * @param {number} at milliseconds since 1970-01-01 UTC
 */
export const civilMinute = (at) => new Date(at + SHANGHAI).toISOString().slice(0, 16).replace('T', ' ')

/**
 * Write an instant in RFC 3339, UTC, to the second.
 * @param {number} at milliseconds since 1970-01-01 UTC
 */
export const isoInstant = (at) => new Date(at).toISOString().slice(0, 19) + 'Z'

/**
 * Give the last day of a card's full term: the same calendar day three years on, else that month's last. 督§10, 考§12.
 * @param {number} issuedOn
 * @returns {number | null} null where the calendar ends before
 */
export function lastValidDay(issuedOn) {
  const from = new Date(issuedOn * DAY)
  const to = new Date(from)
  to.setUTCFullYear(from.getUTCFullYear() + 3)
  if (to.getUTCMonth() !== from.getUTCMonth()) to.setUTCDate(0)
  const day = to.getTime() / DAY
  return day > LAST_DAY ? null : day
}
