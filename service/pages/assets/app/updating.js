// @ts-check
// A newer version of the scanner: looked for, announced, and taken while nobody is using this one.

import { banner } from './banners.js'
import { say } from './language.js'

const LOOK_MS = 3600 * 1000
const STEP_MS = 1000
const APART_MS = 10 * 60 * 1000 // between two reloads, should the service give now this version, now that
const RELOADED = 'zhengka-reloaded'
const VERSION = document.documentElement.dataset.version

/**
 * Install the scanner on the device and keep it up to date.
 * @param {{isIdle: () => boolean, leave: () => void}} page `leave` keeps what the newer version goes on with
 */
export async function keepUpToDate({ isIdle, leave }) {
  if (!('serviceWorker' in navigator)) return
  const { serviceWorker } = navigator
  let isReplaced = false // the newer version answers already, and this page is of the one before
  serviceWorker.addEventListener('message', ({ data, ports }) => {
    if (data.kind === 'which') ports[0].postMessage(VERSION)
    if (data.kind === 'active') isReplaced = data.version !== VERSION
  })
  const registration = await serviceWorker.register('/sw.js').catch(() => null)
  if (registration === null) return
  if (serviceWorker.controller !== null) serviceWorker.controller.postMessage({ kind: 'started' })
  const look = () => registration.update().catch(() => undefined)
  document.addEventListener('visibilitychange', () => document.hidden || look())
  setInterval(look, LOOK_MS)
  setInterval(() => {
    const { waiting } = registration
    banner('update', isReplaced || waiting !== null ? say('update_ready') : null)
    if (!isIdle()) return
    if (waiting !== null) waiting.postMessage({ kind: 'idle' })
    else if (isReplaced && Math.abs(Date.now() - Number(sessionStorage.getItem(RELOADED))) >= APART_MS) {
      sessionStorage.setItem(RELOADED, String(Date.now()))
      leave()
      location.reload()
    }
  }, STEP_MS)
}
