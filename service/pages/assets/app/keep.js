// @ts-check
// What was typed into a form of the desk survives the end of a sign-in: it lies in this tab's own storage from the
// moment it is sent, and is put back when the form comes again after a sign-in of the same account. A page of the desk
// that comes without one means that what was sent was answered, unless it says that the form was of another sign-in.
// Passwords, codes, files, hidden fields and identity numbers (`data-secret`) are not kept, nor is what is sought. A
// form with `data-keep` names the button that is pressed where fields are not on the page again: it draws them.

const KEPT = 'zhengka-typed '
const KEEP_MS = 30 * 60 * 1000
const NEVER = ['hidden', 'password', 'file', 'submit', 'search']

/** @typedef {HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement} Field */
/** @typedef {{at: number, version: string, isArmed: boolean, values: Record<string, string | boolean>}} Entry */

/** @param {HTMLFormElement} form */
function typed(form) {
  return /** @type {Field[]} */ (Array.from(form.elements)).filter(
    (one) => one.name !== '' && !(one instanceof HTMLButtonElement) && one.dataset.secret === undefined &&
      one.autocomplete !== 'one-time-code' && !NEVER.includes(one.type))
}

/** @param {Field} one */
const isTick = (one) => one instanceof HTMLInputElement && (one.type === 'checkbox' || one.type === 'radio')

/** @param {Field} one */
const keyOf = (one) => isTick(one) ? `${one.name} ${one.value}` : one.name

/** @param {HTMLFormElement} form @param {string} name */
function hidden(form, name) {
  const field = form.elements.namedItem(name)
  return field instanceof HTMLInputElement && field.type === 'hidden' ? field.value : ''
}

function account() {
  const found = document.querySelector('meta[name="zhengka-account"]')
  return found instanceof HTMLMetaElement ? found.content : ''
}

/** @param {HTMLFormElement} form */
const placeOf = (form) =>
  `${KEPT}${account()} ${new URL(form.getAttribute('action') || '', location.href).pathname} ${hidden(form, 'act')}`

/** @param {HTMLFormElement} form */
function keep(form) {
  /** @type {Record<string, string | boolean>} */
  const values = {}
  for (const one of typed(form)) {
    values[keyOf(one)] = isTick(one) ? /** @type {HTMLInputElement} */ (one).checked : one.value
  }
  const entry = { at: Date.now(), version: hidden(form, 'version'), isArmed: false, values }
  sessionStorage.setItem(placeOf(form), JSON.stringify(entry))
}

/** Let go of what was answered, is old or another account's; the rest is put back wherever its form comes. */
function sort() {
  const isAfterSignIn = document.referrer !== '' && new URL(document.referrer).pathname.startsWith('/sign-in')
  const isOfAnother = document.querySelector('[role="alert"][data-code="csrf"]') !== null
  for (const key of Object.keys(sessionStorage).filter((one) => one.startsWith(KEPT))) {
    const entry = /** @type {Entry} */ (JSON.parse(sessionStorage.getItem(key) || '{}'))
    const isOwn = key.startsWith(`${KEPT}${account()} `)
    const isAwaited = isOwn && Date.now() - entry.at < KEEP_MS && (isAfterSignIn || isOfAnother || entry.isArmed)
    if (isAwaited) sessionStorage.setItem(key, JSON.stringify({ ...entry, isArmed: true }))
    else sessionStorage.removeItem(key)
  }
}

/** @param {HTMLFormElement} form */
function bring(form) {
  const key = placeOf(form)
  const text = sessionStorage.getItem(key)
  sessionStorage.removeItem(key)
  if (text === null) return
  const entry = /** @type {Entry} */ (JSON.parse(text))
  if (entry.version !== hidden(form, 'version')) return // the form was taken, or somebody else was first
  const missing = new Map(Object.entries(entry.values))
  for (const one of typed(form)) {
    const value = entry.values[keyOf(one)]
    missing.delete(keyOf(one))
    if (value === undefined) continue
    if (isTick(one)) /** @type {HTMLInputElement} */ (one).checked = value === true
    else if (one.value !== value) {
      one.value = String(value)
      const folded = one.closest('details')
      if (folded !== null) folded.open = true
    }
  }
  ask(form, missing)
}

/** @param {HTMLFormElement} form @param {Map<string, string | boolean>} missing */
function ask(form, missing) {
  const button = form.querySelector(`button[value="${form.dataset.keep || ''}"]`)
  if (!(button instanceof HTMLButtonElement)) return
  let isLacking = false
  for (const [key, value] of missing) {
    if (value === false || value === '') continue
    const field = document.createElement('input')
    field.type = 'hidden'
    const [name = '', ...ticked] = key.split(' ')
    field.name = name
    field.value = value === true ? ticked.join(' ') : value
    form.append(field)
    isLacking = true
  }
  if (isLacking) form.requestSubmit(button)
}

function forget() {
  for (const key of Object.keys(sessionStorage)) if (key.startsWith('zhengka-')) sessionStorage.removeItem(key)
}

sort()
for (const out of document.querySelectorAll('form[action^="/sign-out"]')) out.addEventListener('submit', forget)
const FORMS = '.wrap form[method="post"]:not([role="search"])'
for (const form of /** @type {NodeListOf<HTMLFormElement>} */ (document.querySelectorAll(FORMS))) {
  bring(form)
  form.addEventListener('submit', () => keep(form))
  form.addEventListener('htmx:beforeRequest', () => keep(form))
}
