// @ts-check
// What the pages ask the service, each with a time limit. No answer, and none of JSON, is null: nobody is there.

/**
 * @typedef {import('../verifier/verdict.js').VerdictJson} VerdictJson
 * @typedef {import('../verifier/fitness.js').Duty} Duty
 * @typedef {{name: string, role: string, institution: string | null, institution_name: string | null}} User
 * @typedef {{user: User | null, csrf: string | null, expires_at: string | null}} Session
 * @typedef {{
 *   nonce: string, scanned_at: string, number: string | null, copy: string | null, verdict: string,
 *   place: string | null, occupation: string | null, level: string | null, same_person: boolean | null,
 *   offline: boolean, as_of: string | null
 * }} Scan
 * @typedef {{
 *   assessment: number, institution: string, institution_name: string, plan: string, place: string, on: string,
 *   starts_at: string, state: 'planned' | 'cancelled', jobs: import('../verifier/assessmentmodel.js').Job[]
 * }} Listed
 * @typedef {import('../verifier/assessment.js').Composition} Composition
 * @typedef {Listed & {
 *   people: import('../verifier/assessmentmodel.js').Attendee[], plan_check: Composition, roll_call: Composition
 * }} CalledAssessment
 * @typedef {{status: number, code: string, zh: string, en: string}} Refused
 */

const TIMEOUT_MS = 8000
const REFUSED = [400, 413, 415, 422] // what no other time would change; anything else may be a service on its way up
const UPLOAD_MS = 60 * 1000 // two photographs over a slow network

/**
 * @param {string} path
 * @param {RequestInit} [init] its signal ends the request early
 * @param {number} [timeout]
 * @returns {Promise<Response | null>}
 */
export async function ask(path, init = {}, timeout = TIMEOUT_MS) {
  const aborter = new AbortController()
  const timer = setTimeout(() => aborter.abort(), timeout)
  const { signal } = init
  if (signal && signal.aborted) aborter.abort()
  else if (signal) signal.addEventListener('abort', () => aborter.abort())
  try {
    return await fetch(path, { credentials: 'same-origin', redirect: 'error', ...init, signal: aborter.signal })
  } catch {
    return null
  } finally {
    clearTimeout(timer)
  }
}

/**
 * Ask for the verdict on a text.
 * @param {string} text
 * @param {Duty} duty
 * @param {AbortSignal} signal
 * @returns {Promise<VerdictJson | null>}
 */
export async function verifyOnline(text, duty, signal) {
  const response = await ask('/api/v1/verifications', { ...json({ credential: text, ...given(duty) }), signal })
  return response !== null && response.ok ? parsed(response) : null
}

/**
 * Ask for the card with a number, as signed-in staff.
 * @param {string} number
 * @param {Duty} duty
 * @param {Session} session
 * @param {AbortSignal} signal
 */
export async function checkNumber(number, duty, session, signal) {
  return ask('/api/v1/staff/checks', { ...json({ number, ...given(duty) }, session), signal })
}

/**
 * Fetch the registered photo: by the code's text for whoever holds the code.
 * @param {string} text
 * @param {AbortSignal} signal
 * @returns {Promise<Blob | null>}
 */
export async function photoOfCode(text, signal) {
  return picture(await ask('/api/v1/verifications/photo', { ...json({ credential: text }), signal }))
}

/** @param {string} number @param {AbortSignal} signal @returns {Promise<Blob | null>} */
export async function photoOfNumber(number, signal) {
  return picture(await ask(`/api/v1/cards/${encodeURIComponent(number)}/photo`, { signal }))
}

/** @returns {Promise<Session | null>} null: the service is not there, or has no sign-in */
export async function currentSession() {
  const response = await ask('/api/v1/session')
  return response !== null && response.ok ? parsed(response) : null
}

/** @param {Session} session */
export async function endSession(session) {
  const headers = { 'X-CSRF-Token': session.csrf || '' }
  const response = await ask('/api/v1/session', { method: 'DELETE', headers })
  return response !== null && response.ok
}

/**
 * Hand in scans; tells which the service has, null if it did not answer.
 * @param {Scan[]} scans
 * @param {Session} session
 * @returns {Promise<{nonce: string, new: boolean, verdict_now: string | null}[] | null>}
 */
export async function uploadScans(scans, session) {
  const response = await ask('/api/v1/scans', json({ scans }, session))
  const answer = response !== null && response.ok ? await parsed(response) : null
  return answer === null ? null : answer.scans
}

/**
 * List the assessments of a day.
 * @param {string} on
 * @returns {Promise<Listed[] | null>}
 */
export async function assessmentsOn(on) {
  const response = await ask(`/api/v1/assessments?on=${on}`)
  const answer = response !== null && response.ok ? await parsed(response) : null
  return answer === null ? null : answer.assessments
}

/** @param {number} identity @returns {Promise<CalledAssessment | null>} */
export async function assessmentWith(identity) {
  const response = await ask(`/api/v1/assessments/${identity}`)
  return response !== null && response.ok ? parsed(response) : null
}

/**
 * Hand in who has come; gives the assessment as it is then, or why none of them is taken, null if there is no answer.
 * @param {number} identity
 * @param {object[]} entries
 * @param {Session} session
 * @returns {Promise<{taken: CalledAssessment} | {refused: Refused} | null>}
 */
export async function uploadArrivals(identity, entries, session) {
  const response = await ask(`/api/v1/assessments/${identity}/roll-call`, json({ entries }, session))
  const answer = response === null ? null : await parsed(response)
  if (response === null || answer === null) return null
  if (response.ok) return { taken: answer }
  const isForLater = response.status === 401 || response.status === 429 || response.status >= 500
  const { code, zh, detail } = answer
  return isForLater ? null : { refused: { status: response.status, code, zh, en: detail } }
}

/**
 * Hand in a report with its photographs; gives the receipt, why it is not taken, or in how many seconds to try again.
 * @param {import('./reportstore.js').Report} report
 * @returns {Promise<{receipt: string} | {refused: {zh: string, en: string}} | {later: number}>}
 */
export async function uploadReport(report) {
  const body = new FormData()
  for (const name of /** @type {const} */ (['nonce', 'number', 'verdict', 'place', 'seen_on', 'seen_time', 'note'])) {
    if (report[name] !== '') body.append(name, report[name])
  }
  for (const side of /** @type {const} */ (['front', 'back'])) {
    const photo = report[side]
    if (photo !== null) body.append(side, new Blob([photo.bytes], { type: photo.type }), `${side}.jpg`)
  }
  const response = await ask('/api/v1/reports', { method: 'POST', body }, UPLOAD_MS)
  const answer = response === null ? null : await parsed(response)
  if (response === null || answer === null) return { later: 0 }
  if (response.ok) return { receipt: answer.receipt }
  if (REFUSED.includes(response.status)) return { refused: { zh: answer.zh, en: answer.detail } }
  return { later: Number(response.headers.get('Retry-After')) || 0 }
}

/**
 * @param {object} body
 * @param {Session} [session]
 * @returns {RequestInit}
 */
function json(body, session) {
  /** @type {Record<string, string>} */
  const headers = { 'Content-Type': 'application/json' }
  if (session !== undefined && session.csrf !== null) headers['X-CSRF-Token'] = session.csrf
  return { method: 'POST', headers, body: JSON.stringify(body) }
}

/** @param {Duty} duty */
function given(duty) {
  return Object.fromEntries(Object.entries(duty).filter(([, value]) => value !== null && value !== ''))
}

/** @param {Response} response @returns {Promise<any>} */
async function parsed(response) {
  try {
    return await response.json()
  } catch {
    return null
  }
}

/** @param {Response | null} response @returns {Promise<Blob | null>} */
async function picture(response) {
  if (response === null || !response.ok || response.headers.get('Content-Type') !== 'image/jpeg') return null
  return response.blob().catch(() => null)
}
