// The service worker: keeps the scanner and the page behind the code on the device. A newer version is fetched whole and
// then waits until a page says that nobody is using it; the version before stays for the pages that are still of it.
// What is checked with - keys, lists, bundles - is kept by the pages, which know what may replace what.
'use strict'

const VERSION = {{ version | tojson }}
const SHELL = {{ shell | tojson }}
const CACHE = `zhengka-${VERSION}`
const PAGES = ['/scan', '/1']
const WAIT_MS = 2000
const ANSWER_MS = 2000

self.addEventListener('install', (event) => {
  event.waitUntil(install())
})

self.addEventListener('activate', (event) => {
  event.waitUntil(self.clients.claim().then(announce))
})

self.addEventListener('message', (event) => {
  if (event.data.kind === 'idle') event.waitUntil(self.skipWaiting())
  if (event.data.kind === 'started') event.waitUntil(sweep())
})

self.addEventListener('fetch', (event) => {
  const { request } = event
  const { origin, pathname } = new URL(request.url)
  if (request.method !== 'GET' || origin !== location.origin) return
  if (request.mode === 'navigate' && PAGES.includes(pathname)) {
    event.respondWith(page(pathname, request))
  } else if (pathname.startsWith('/assets/') || SHELL.includes(pathname)) {
    event.respondWith(file(pathname, request))
  }
})

// All of this version or none of it: a page of another one, given while the service was changing, is not taken.
async function install() {
  const cache = await caches.open(CACHE)
  await cache.addAll(SHELL)
  for (const path of PAGES) {
    const text = await (await cache.match(path)).text()
    if (!text.includes(`data-version="${VERSION}"`)) throw new Error(`${path} is of another version than ${VERSION}`)
  }
}

async function announce() {
  for (const page of await self.clients.matchAll({ type: 'window' })) {
    page.postMessage({ kind: 'active', version: VERSION })
  }
}

// Drop other versions once every page is of this one; a page that does not answer may be of another, and what is being
// installed is newer.
async function sweep() {
  const open = await self.clients.matchAll({ type: 'window', includeUncontrolled: true })
  const ours = open.filter((page) => PAGES.includes(new URL(page.url).pathname))
  const versions = await Promise.all(ours.map(versionOf))
  if (versions.some((version) => version !== VERSION)) return
  const names = await caches.keys()
  if (self.registration.installing !== null || self.registration.waiting !== null) return
  await Promise.all(names.filter((name) => name.startsWith('zhengka-') && name !== CACHE)
    .map((name) => caches.delete(name)))
}

function versionOf(page) {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel()
    port1.onmessage = (event) => resolve(event.data)
    setTimeout(() => resolve(null), ANSWER_MS)
    page.postMessage({ kind: 'which' }, [port2])
  })
}

// The address of a file names its version: a page of the version before finds its own.
async function file(pathname, request) {
  const own = await caches.match(pathname, { cacheName: CACHE })
  return own || (await caches.match(pathname)) || fetch(request)
}

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
