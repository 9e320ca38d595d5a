// Where --late is given: a page that is left is left a quarter of a second late, as on a machine with much to do.
// A test that reads the page at once after a click then reads the old one, every time, and fails.
(() => {
  const LATE_MS = 250
  const due = new WeakSet()

  addEventListener('submit', (event) => {
    if (due.has(event.target)) event.stopImmediatePropagation() // the page has had its say
  }, true)
  addEventListener('submit', (event) => {
    const { target: form, submitter } = event
    if (due.has(form) || event.defaultPrevented) return
    event.preventDefault()
    setTimeout(() => {
      due.add(form)
      form.requestSubmit(submitter)
      due.delete(form)
    }, LATE_MS)
  })
  addEventListener('click', (event) => {
    const link = event.target instanceof Element && event.target.closest('a[href]')
    if (!link || due.has(link) || event.defaultPrevented) return
    event.preventDefault()
    setTimeout(() => {
      due.add(link)
      link.click()
      due.delete(link)
    }, LATE_MS)
  })
  const { fetch } = window
  window.fetch = async (...request) => {
    await new Promise((resolve) => setTimeout(resolve, LATE_MS))
    return fetch(...request)
  }
  const { send } = XMLHttpRequest.prototype
  XMLHttpRequest.prototype.send = function (body) {
    setTimeout(() => send.call(this, body), LATE_MS)
  }
})()
