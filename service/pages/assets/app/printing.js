// @ts-check
// The print room with scripts: the button says how many cards and sheets it prints, and the page shows them as printed
// once their PDF has come.

const form = /** @type {HTMLFormElement | null} */ (document.getElementById('print'))
const all = /** @type {HTMLInputElement | null} */ (document.getElementById('all'))
const ROWS = 'input[name="numbers"][type="checkbox"]'
const rows = /** @type {HTMLInputElement[]} */ ([...document.querySelectorAll(ROWS)])
const rest = /** @type {HTMLInputElement | null} */ (document.getElementById('rest'))

function chosen() {
  return rows.filter((row) => row.checked).length + (rest !== null && rest.checked ? Number(rest.value) : 0)
}

function say() {
  if (all !== null) {
    const boxes = rest === null ? rows : [...rows, rest]
    all.checked = boxes.every((box) => box.checked)
    all.indeterminate = !all.checked && boxes.some((box) => box.checked)
  }
  if (form === null) return
  const cards = chosen()
  const places = Number(form.dataset.places)
  const start = Number(new FormData(form).get('start'))
  const sheets = cards === 0 ? 0 : Math.ceil((cards + start - 1) / places)
  const heading = document.querySelector('[data-chosen]')
  if (heading instanceof HTMLElement) {
    heading.textContent = String(heading.dataset.chosen).replace('{count}', String(cards))
  }
  for (const button of form.querySelectorAll('button')) {
    button.disabled = cards === 0
    const says = button.dataset.says
    if (says !== undefined) {
      button.textContent = says.replace('{cards}', String(cards)).replace('{sheets}', String(sheets))
    }
  }
}

/** @param {SubmitEvent} event */
async function send(event) {
  const sent = /** @type {HTMLFormElement} */ (event.target)
  event.preventDefault()
  const body = new URLSearchParams()
  for (const [name, value] of new FormData(sent, event.submitter)) body.append(name, String(value))
  const buttons = [...sent.querySelectorAll('button')]
  for (const button of buttons) button.disabled = true
  /** @type {Response} */
  let answer
  try {
    answer = await fetch(sent.action, { method: 'POST', body })
  } catch {
    for (const button of buttons) button.disabled = false
    return plainly(sent, body)
  }
  const isDrawn = answer.ok && String(answer.headers.get('content-type')).startsWith('application/pdf')
  if (!isDrawn) return plainly(sent, body)
  const job = answer.headers.get('print-job')
  const link = document.createElement('a')
  link.href = URL.createObjectURL(await answer.blob())
  link.download = `cards-${job}.pdf`
  link.click()
  const next = new URL(location.href)
  next.searchParams.set('printed', String(job))
  next.searchParams.delete('done')
  location.assign(next)
}

/**
 * Send the form as a browser without scripts does, in this tab: what is refused is said there.
 * @param {HTMLFormElement} sent
 * @param {URLSearchParams} body
 */
function plainly(sent, body) {
  const plain = document.createElement('form')
  plain.method = 'post'
  plain.action = sent.action
  for (const [name, value] of body) {
    const field = document.createElement('input')
    field.type = 'hidden'
    field.name = name
    field.value = value
    plain.append(field)
  }
  document.body.append(plain)
  plain.submit()
}

for (const prints of document.querySelectorAll('form[data-prints]')) {
  prints.addEventListener('submit', (event) => { send(/** @type {SubmitEvent} */ (event)) })
}
if (all !== null) {
  all.hidden = false
  all.addEventListener('change', () => {
    for (const row of rows) row.checked = all.checked
    if (rest !== null) rest.checked = all.checked
    say()
  })
}
document.addEventListener('change', say)
say()
