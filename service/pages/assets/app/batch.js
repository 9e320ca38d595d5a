// @ts-check
// The list of a batch's rows: one tick for all that are shown, and how many are ticked.

const boxes = /** @type {NodeListOf<HTMLInputElement>} */ (document.querySelectorAll('input[name="row"]'))
const all = /** @type {HTMLInputElement | null} */ (document.querySelector('input[data-all]'))
const told = /** @type {HTMLElement | null} */ (document.querySelector('[data-ticked]'))

function count() {
  let ticked = 0
  for (const box of boxes) {
    if (box.checked) ticked += 1
    const row = box.closest('tr')
    if (row !== null) row.classList.toggle('sel', box.checked)
  }
  if (told !== null) {
    told.hidden = ticked === 0
    told.textContent = (told.dataset.words || '').replace('00', String(ticked))
  }
  if (all !== null) {
    all.checked = boxes.length > 0 && ticked === boxes.length
    all.indeterminate = ticked > 0 && ticked < boxes.length
  }
}

if (all !== null && boxes.length > 0) {
  all.hidden = false
  all.addEventListener('change', () => {
    for (const box of boxes) box.checked = all.checked
    count()
  })
}
for (const box of boxes) box.addEventListener('change', count)
count()
export {}
