// For browsers that know no modules: the service checks, and the address keeps nothing to read twice.
(function () {
  var digits = location.hash.replace(/^#/, '')
  if (/^[0-9]+$/.test(digits)) location.replace('/1/' + digits)
})()
