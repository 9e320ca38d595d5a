// @ts-check
// A verdict for ears and hands: three patterns that nobody confuses.

/** @typedef {'green' | 'amber' | 'red'} Tone */

/** @type {Record<Tone, {notes: [number, number, number][], buzz: number[]}>} frequency, start and length in seconds */
const PATTERNS = {
  green: { notes: [[880, 0, 0.12], [1320, 0.13, 0.18]], buzz: [60] },
  amber: { notes: [[660, 0, 0.18], [660, 0.28, 0.18]], buzz: [80, 80, 80] },
  red: { notes: [[220, 0, 0.22], [196, 0.26, 0.22], [165, 0.52, 0.5]], buzz: [300, 120, 300, 120, 300] },
}

/** @type {AudioContext | undefined} */
let audio

/** Let sound be made: browsers want a touch first. */
export function wakeSound() {
  if (window.AudioContext === undefined) return
  audio = audio || new AudioContext()
  if (audio.state === 'suspended') audio.resume().catch(() => undefined)
}

/** Browsers let a page vibrate, and do not complain of it, once it has been touched. */
const wasTouched = () => !navigator.userActivation || navigator.userActivation.hasBeenActive

/**
 * @param {Tone} tone
 * @param {{sound: boolean, vibration: boolean}} wanted
 */
export function signal(tone, { sound, vibration }) {
  const { notes, buzz } = PATTERNS[tone]
  if (vibration && navigator.vibrate && wasTouched()) navigator.vibrate(buzz)
  if (!sound || audio === undefined || audio.state !== 'running') return
  for (const [frequency, start, length] of notes) {
    const oscillator = audio.createOscillator()
    const gain = audio.createGain()
    const begin = audio.currentTime + start
    oscillator.type = tone === 'red' ? 'square' : 'sine'
    oscillator.frequency.value = frequency
    gain.gain.setValueAtTime(0.25, begin)
    gain.gain.linearRampToValueAtTime(0.0001, begin + length)
    oscillator.connect(gain).connect(audio.destination)
    oscillator.start(begin)
    oscillator.stop(begin + length)
  }
}
