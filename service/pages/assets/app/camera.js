// @ts-check
// The camera: which one, its torch, and what to say when it cannot be had.

/** @typedef {{deviceId: string, label: string}} Lens */

const MUTED_MS = 2000 // a call, or another program for a moment
const FRAME_MS = 3000 // a camera that gives no picture for so long has stopped

export class Camera {
  /** @param {HTMLVideoElement} video */
  constructor(video) {
    this.video = video
    /** @type {MediaStream | null} */
    this.stream = null
    /** @type {any} */
    this.lock = null
    /** @type {(key: string) => void} told when the camera stops giving pictures by itself, with the text to say */
    this.whenLost = () => undefined
  }

  /**
   * Start a camera. Throws Error with `key` of the text that says why not.
   * @param {string} deviceId empty: the one that looks away from the person
   */
  async start(deviceId) {
    this.stop()
    if (!navigator.mediaDevices || !navigator.mediaDevices.getUserMedia) throw new CameraError(noCameraKey())
    const wanted = deviceId ? { deviceId: { exact: deviceId } } : { facingMode: { ideal: 'environment' } }
    try {
      this.stream = await navigator.mediaDevices.getUserMedia({
        audio: false,
        video: { ...wanted, width: { ideal: 1280 }, height: { ideal: 720 } },
      })
    } catch (error) {
      throw new CameraError(keyOf(error))
    }
    const { stream } = this
    for (const track of stream.getVideoTracks()) {
      const lose = () => this.stream === stream && this.whenLost('camera_ended')
      track.addEventListener('ended', lose)
      track.addEventListener('mute', () => setTimeout(() => track.muted && lose(), MUTED_MS))
    }
    this.video.srcObject = stream
    await this.video.play()
    await this.stayAwake()
  }

  stop() {
    if (this.stream !== null) for (const track of this.stream.getTracks()) track.stop()
    this.stream = null
    this.video.srcObject = null
    if (this.lock !== null) this.lock.release().catch(() => undefined)
    this.lock = null
  }

  get isRunning() {
    return this.stream !== null && this.video.readyState >= 2
  }

  /** @returns {Promise<Lens[]>} */
  async lenses() {
    const devices = navigator.mediaDevices ? await navigator.mediaDevices.enumerateDevices() : []
    return devices.filter((device) => device.kind === 'videoinput')
  }

  get hasTorch() {
    const track = this.track
    const capabilities = track && track.getCapabilities ? /** @type {any} */ (track.getCapabilities()) : {}
    return Boolean(capabilities.torch)
  }

  /** @param {boolean} on */
  async light(on) {
    const track = this.track
    if (track) await track.applyConstraints(/** @type {any} */ ({ advanced: [{ torch: on }] }))
  }

  get track() {
    return this.stream === null ? null : this.stream.getVideoTracks()[0]
  }

  async stayAwake() {
    const { wakeLock } = /** @type {any} */ (navigator)
    if (!wakeLock) return
    try {
      this.lock = await wakeLock.request('screen')
    } catch {
      this.lock = null // low battery: the screen goes dark as always
    }
  }

  /**
   * Wait for the next frame.
   * @returns {Promise<boolean>} false: none has come
   */
  frame() {
    const { video } = this
    return new Promise((resolve) => {
      setTimeout(() => resolve(false), FRAME_MS)
      if ('requestVideoFrameCallback' in video) video.requestVideoFrameCallback(() => resolve(true))
      else requestAnimationFrame(() => resolve(true))
    })
  }
}

export class CameraError extends Error {
  /** @param {string} key */
  constructor(key) {
    super(key)
    this.key = key
  }
}

/** @returns {boolean} whether the page is shown inside WeChat, whose camera is often closed to pages */
export const inWeChat = () => /MicroMessenger/i.test(navigator.userAgent)

/** @returns {string} */
function noCameraKey() {
  return inWeChat() ? 'camera_wechat' : window.isSecureContext ? 'camera_none' : 'camera_insecure'
}

/** @param {unknown} error @returns {string} */
function keyOf(error) {
  const name = error instanceof DOMException ? error.name : ''
  if (inWeChat()) return 'camera_wechat'
  if (name === 'NotAllowedError' || name === 'SecurityError') return 'camera_denied'
  if (name === 'NotFoundError' || name === 'OverconstrainedError') return 'camera_none'
  if (name === 'NotReadableError' || name === 'AbortError') return 'camera_busy'
  return 'camera_failed'
}
