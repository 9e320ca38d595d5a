// The service worker: keeps the scanner and the page behind the code on the device, one version at a time. What is
// checked with - keys, lists, bundles - is kept by the pages, which know what may replace what.
'use strict'

const VERSION = {{ version | tojson }}
const SHELL = {{ shell | tojson }}
const CACHE = `zhengka-${VERSION}`
const PAGES = ['/scan', '/1']
const WAIT_MS = 2000

self.addEventListener('install', (event) => {
  event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll(SHELL)).then(() => self.skipWaiting()))
})

self.addEventListener('activate', (event) => {
  event.waitUntil(
    caches.keys()
      .then((names) => Promise.all(names.filter((name) => name.startsWith('zhengka-') && name !== CACHE)
        .map((name) => caches.delete(name))))
      .then(() => self.clients.claim()),
  )
})

self.addEventListener('fetch', (event) => {
  const { request } = event
  const { origin, pathname } = new URL(request.url)
  if (request.method !== 'GET' || origin !== location.origin) return
  if (request.mode === 'navigate' && PAGES.includes(pathname)) {
    event.respondWith(page(pathname, request))
  } else if (SHELL.includes(pathname)) {
    event.respondWith(caches.match(pathname, { cacheName: CACHE }).then((found) => found || fetch(request)))
  }
})

// The newest page, or where the network is slow or gone, the one that is here.
async function page(pathname, request) {
  const kept = await caches.match(pathname, { cacheName: CACHE })
  if (kept === undefined) return fetch(request)
  let timer
  const late = new Promise((resolve) => { timer = setTimeout(() => resolve(kept), WAIT_MS) })
  const fresh = fetch(request).then((response) => (response.ok ? response : kept), () => kept)
  const answer = await Promise.race([fresh, late])
  clearTimeout(timer)
  return answer
}
