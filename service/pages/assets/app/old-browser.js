// For browsers that cannot run the modules of a page. Behind a code the service checks: its digits are read before
// anything can lose them. The scanner says what else can be done. What the browser lacks is asked; what it reads and
// does not understand shows when all has been loaded.
(function () {
  var first = location.hash
  function leave() {
    var digits = /^#([0-9]+)/.exec(location.hash || first)
    if (digits && !document.documentElement.hasAttribute('data-started')) location.replace('/1/' + digits[1])
  }
  function explain() {
    var words = document.getElementById('not-started')
    var scanning = document.getElementById('scanning')
    if (!words || !scanning || document.documentElement.hasAttribute('data-started')) return
    words.removeAttribute('hidden')
    scanning.setAttribute('hidden', '')
  }
  var hasModules = 'noModule' in document.createElement('script')
  if (hasModules && typeof BigInt === 'function' && typeof globalThis === 'object') {
    window.addEventListener('load', leave)
  } else {
    leave()
  }
  window.addEventListener('load', explain)
})()
