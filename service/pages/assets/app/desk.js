// @ts-check
// What the desk's frame does beyond its forms and links: a menu that was pulled open closes on Escape and on a click
// elsewhere.

import './keep.js'

const PULLED = 'details.pull[open]'

/** @param {(pulled: HTMLDetailsElement) => boolean} whether */
function close(whether) {
  for (const pulled of /** @type {NodeListOf<HTMLDetailsElement>} */ (document.querySelectorAll(PULLED))) {
    if (whether(pulled)) pulled.open = false
  }
}

document.addEventListener('click', (event) => {
  close((pulled) => !(event.target instanceof Node && pulled.contains(event.target)))
})

document.addEventListener('keydown', (event) => {
  if (event.key !== 'Escape') return
  const pulled = document.querySelector(PULLED)
  close(() => true)
  const summary = pulled === null ? null : pulled.querySelector('summary')
  if (summary !== null) summary.focus()
})
