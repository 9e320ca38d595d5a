// For browsers that cannot run the modules of the page: the service checks. It reads the fragment before anything can
// lose it, and asks what the browser lacks; what it reads and does not understand shows when all has been loaded.
(function () {
  var first = location.hash
  function leave() {
    var digits = /^#([0-9]+)/.exec(location.hash || first)
    if (digits && !document.documentElement.hasAttribute('data-started')) location.replace('/1/' + digits[1])
  }
  var hasModules = 'noModule' in document.createElement('script')
  if (hasModules && typeof BigInt === 'function' && typeof globalThis === 'object') {
    window.addEventListener('load', leave)
  } else {
    leave()
  }
})()
