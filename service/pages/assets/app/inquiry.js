// @ts-check
// The question on the screen and its answer: one state machine for the page behind the code and for the scanner.
// Whatever makes an answer doubtful takes it off the screen first, and asks again.

/**
 * idle: nothing is asked. asking: the screen is blank until the answer comes. shown: an answer stands, with its age.
 * failed: none could be had, and that is said. away: nobody looks at this tab, so nothing stands on it.
 * @typedef {'idle' | 'asking' | 'shown' | 'failed' | 'away'} Phase
 *
 * asked: a new question. cleared: the question is done with. answered, unanswered: what came of asking. left, returned:
 * the tab is no longer, or again, looked at. network: it was lost or is back. aged: the answer is too old to stand.
 * @typedef {'asked' | 'cleared' | 'answered' | 'unanswered' | 'left' | 'returned' | 'network' | 'aged'} Event
 */

export const STALE_MS = 5 * 60 * 1000

/** @type {Readonly<Record<Phase, Readonly<Partial<Record<Event, Phase>>>>>} what is not in it changes nothing */
export const TABLE = {
  idle: { asked: 'asking' },
  asking: {
    asked: 'asking', cleared: 'idle', answered: 'shown', unanswered: 'failed', left: 'away', returned: 'asking',
    network: 'asking',
  },
  shown: {
    asked: 'asking', cleared: 'idle', answered: 'shown', left: 'away', returned: 'asking', network: 'asking',
    aged: 'asking',
  },
  failed: { asked: 'asking', cleared: 'idle', left: 'away', returned: 'asking', network: 'asking' },
  away: { asked: 'asking', cleared: 'idle', returned: 'asking' },
}

/**
 * What asking gets: the signal that ends its requests, and where it reports answers, which may get better or worse.
 * What a question reports that is no longer the one on the screen is dropped.
 * @template A
 * @typedef {{signal: AbortSignal, report: (answer: A) => void, isOver: () => boolean}} Turn
 */

/**
 * @template Q
 * @template A
 * @typedef {{
 *   ask: (question: Q, turn: Turn<A>) => Promise<void>, blank: (phase: Phase) => void, show: (answer: A) => void,
 *   fail: (error: unknown) => void, now?: () => number
 * }} Screen
 */

/**
 * @template Q
 * @template A
 */
export class Inquiry {
  /** @param {Screen<Q, A>} screen what it asks with and shows on; `now` in milliseconds, never going back */
  constructor(screen) {
    this.screen = screen
    this.now = screen.now || clock()
    /** @type {Phase} */
    this.phase = 'idle'
    /** @type {Q | null} */
    this.question = null
    /** @type {A | null} */
    this.answer = null
    this.answeredAt = 0
    this.generation = 0
    this.aborter = new AbortController()
  }

  /** @param {Q} question */
  ask(question) {
    this.question = question
    return this.send('asked')
  }

  clear() {
    this.question = null
    return this.send('cleared')
  }

  /** How long ago the answer on the screen was given, in milliseconds; null without one. */
  get age() {
    return this.phase === 'shown' ? this.now() - this.answeredAt : null
  }

  /**
   * Take an answer that has stood too long off the screen.
   * @param {boolean} isHidden whether nobody looks: then it is asked again when somebody does
   */
  tick(isHidden = false) {
    if (this.age !== null && this.age >= STALE_MS) this.send(isHidden ? 'left' : 'aged')
  }

  /**
   * @param {Exclude<Event, 'answered' | 'unanswered'>} event
   * @returns {Promise<void>} over when an answer was asked for and all of it has come
   */
  async send(event) {
    const next = TABLE[this.phase][event]
    if (next === undefined) return
    this.aborter.abort()
    this.aborter = new AbortController()
    this.generation += 1
    this.phase = next
    this.answer = null
    this.screen.blank(next)
    if (next === 'asking') await this.run(/** @type {Q} */ (this.question), this.generation, this.aborter.signal)
  }

  /**
   * @param {Q} question
   * @param {number} mine
   * @param {AbortSignal} signal
   */
  async run(question, mine, signal) {
    const isOver = () => mine !== this.generation
    /** @param {A} answer */
    const report = (answer) => {
      if (isOver()) return
      if (this.phase === 'asking') this.answeredAt = this.now()
      this.phase = /** @type {Phase} */ (TABLE[this.phase].answered)
      this.answer = answer
      this.screen.show(answer)
    }
    try {
      await this.screen.ask(question, { signal, report, isOver })
    } catch (error) {
      const next = isOver() ? undefined : TABLE[this.phase].unanswered
      if (next === undefined) return
      this.phase = next
      this.screen.fail(error)
    }
  }
}

/** @returns {() => number} time that neither a clock set back nor a sleeping processor makes shorter */
function clock() {
  const [wall, running] = [Date.now(), performance.now()]
  let latest = 0
  return () => {
    latest = Math.max(latest, Date.now() - wall, performance.now() - running)
    return latest
  }
}

/**
 * Let the page's own events drive an inquiry; `everySecond` may say the age of what is shown.
 * @param {Inquiry<any, any>} inquiry
 * @param {() => void} everySecond
 */
export function follow(inquiry, everySecond) {
  document.addEventListener('visibilitychange', () => inquiry.send(document.hidden ? 'left' : 'returned'))
  window.addEventListener('pagehide', () => inquiry.send('left'))
  window.addEventListener('pageshow', ({ persisted }) => persisted && inquiry.send('returned'))
  for (const kind of ['online', 'offline']) window.addEventListener(kind, () => inquiry.send('network'))
  setInterval(() => {
    inquiry.tick(document.hidden)
    everySecond()
  }, 1000)
}
