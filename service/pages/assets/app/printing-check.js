// @ts-check
// Check a print with the camera: what it reads is sent like what a hand-held scanner types.

import { Camera } from './camera.js'
import { startDecoder } from './decoder.js'
import { findInFrame } from './pictures.js'

const button = /** @type {HTMLButtonElement | null} */ (document.getElementById('camera'))
const form = /** @type {HTMLFormElement | null} */ (document.getElementById('scan'))
const code = /** @type {HTMLInputElement | null} */ (document.getElementById('code'))
const picture = /** @type {HTMLInputElement | null} */ (document.getElementById('picture'))
const video = /** @type {HTMLVideoElement | null} */ (document.getElementById('video'))
const none = document.getElementById('no-camera')

async function look() {
  if (video === null || button === null || code === null || form === null) return
  button.disabled = true
  try {
    const decode = await startDecoder()
    video.hidden = false
    await new Camera(video).start('')
    for (let turn = 0; ; turn += 1) {
      const found = await findInFrame(decode, video, turn, String(button.dataset.host))
      if (found !== null && found.kind === 'card') {
        code.value = found.text
        form.requestSubmit()
        return
      }
      await new Promise((done) => { requestAnimationFrame(done) })
    }
  } catch {
    video.hidden = true
    if (none !== null) none.hidden = false
    button.disabled = false
  }
}

if (button !== null) {
  button.hidden = false
  button.addEventListener('click', () => { look() })
}
if (picture !== null && form !== null) {
  picture.addEventListener('change', () => { if (picture.value !== '') form.requestSubmit() })
}
