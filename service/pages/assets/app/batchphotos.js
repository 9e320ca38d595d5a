// @ts-check
// Photographs go to the workbench in pieces: dropped or chosen as files, a folder or a zip, each known by its SHA-256.
// What is there already is not sent again; after a cut connection a file goes on at the byte at which it broke off.

import { sha256 } from '../vendor/noble-hashes/sha2.js'

const PIECE = 1024 * 1024
const WAIT_MS = [1000, 2000, 4000, 8000, 15000]
const OF_THE_MACHINE = /^(\.|thumbs\.db$|desktop\.ini$)/i // what its own file manager leaves in a folder
const LEFT_OUT = `zhengka-left-out ${location.pathname}`

/** @param {HTMLFormElement} form */
function begin(form) {
  const zone = /** @type {HTMLElement} */ (form.querySelector('.zone'))
  const files = /** @type {HTMLInputElement} */ (form.querySelector('#photos'))
  const folder = /** @type {HTMLInputElement} */ (form.querySelector('#folder'))
  const choice = /** @type {HTMLElement} */ (form.querySelector('[data-folder]'))
  choice.hidden = !('webkitdirectory' in folder)
  const sender = new Sender(form)
  sender.recall()
  form.addEventListener('submit', (event) => {
    event.preventDefault()
    sender.take([...Array.from(files.files || []), ...Array.from(folder.files || [])])
  })
  for (const input of [files, folder]) {
    input.addEventListener('change', () => sender.take(Array.from(input.files || [])))
  }
  zone.addEventListener('dragover', (event) => {
    event.preventDefault()
    zone.classList.add('over')
  })
  zone.addEventListener('dragleave', () => zone.classList.remove('over'))
  zone.addEventListener('drop', (event) => {
    event.preventDefault()
    zone.classList.remove('over')
    if (event.dataTransfer !== null) dropped(event.dataTransfer).then((found) => sender.take(found))
  })
}

/**
 * All files of what was dropped, those in folders too.
 * @param {DataTransfer} transfer
 * @returns {Promise<File[]>}
 */
async function dropped(transfer) {
  const entries = Array.from(transfer.items)
    .map((item) => item.webkitGetAsEntry && item.webkitGetAsEntry())
    .filter((entry) => entry !== null && entry !== undefined)
  if (entries.length === 0) return Array.from(transfer.files)
  const found = await Promise.all(entries.map((entry) => within(/** @type {FileSystemEntry} */ (entry))))
  return ([]).concat(.../** @type {any[]} */ (found))
}

/**
 * @param {FileSystemEntry} entry
 * @returns {Promise<File[]>}
 */
async function within(entry) {
  if (entry.isFile) {
    const one = /** @type {FileSystemFileEntry} */ (entry)
    return new Promise((done) => one.file((file) => done([file]), () => done([])))
  }
  const reader = /** @type {FileSystemDirectoryEntry} */ (entry).createReader()
  /** @type {File[]} */
  const files = []
  for (;;) {
    /** @type {FileSystemEntry[]} */
    const some = await new Promise((done) => reader.readEntries(done, () => done([])))
    if (some.length === 0) return files
    for (const one of some) files.push(...await within(one))
  }
}

class Sender {
  /** @param {HTMLFormElement} form */
  constructor(form) {
    this.path = form.dataset.pieces || ''
    this.csrf = /** @type {HTMLInputElement} */ (form.elements.namedItem('csrf')).value
    this.shown = /** @type {HTMLElement} */ (form.querySelector('[data-sending]'))
    this.left = /** @type {HTMLElement} */ (form.querySelector('[data-left]'))
    this.bar = /** @type {HTMLProgressElement} */ (this.shown.querySelector('progress'))
    this.told = /** @type {HTMLElement} */ (this.shown.querySelector('[data-told]'))
    this.pause = /** @type {HTMLButtonElement} */ (this.shown.querySelector('[data-pause]'))
    this.kinds = /** @type {HTMLInputElement} */ (form.querySelector('#photos')).accept.split(',')
    /** @type {File[]} */
    this.waiting = []
    /** @type {string[]} */
    this.leftOut = []
    this.isPaused = false
    this.isSending = false
    this.pause.addEventListener('click', () => {
      this.isPaused = !this.isPaused
      this.pause.textContent = (this.isPaused ? this.pause.dataset.on : this.pause.dataset.off) || ''
    })
  }

  /** @param {File[]} chosen */
  take(chosen) {
    const files = chosen.filter((file) => !OF_THE_MACHINE.test(file.name))
    if (files.length === 0) return this.tell(this.left.dataset.nothing || '')
    this.left.hidden = true
    const isPhotograph = (/** @type {File} */ file) =>
      file.size > 0 && this.kinds.some((kind) => file.name.toLowerCase().endsWith(kind))
    this.waiting.push(...files.filter(isPhotograph))
    this.leftOut.push(...files.filter((file) => !isPhotograph(file)).map((file) => file.name))
    this.remember()
    if (!this.isSending && this.waiting.length > 0) {
      this.isSending = true
      this.send().then(() => location.reload(), (error) => {
        this.isSending = false
        this.say(`${this.told.dataset.failed || ''}${error instanceof Refused ? error.message : ''}`)
      })
    }
  }

  /** Say at once what is no photograph, and once more when the page has come again. */
  remember() {
    if (this.leftOut.length === 0) return
    const some = this.leftOut.slice(0, 5).join('、') + (this.leftOut.length > 5 ? '……' : '')
    const said = (this.left.dataset.left || '').replace('11', String(this.leftOut.length)) + some
    if (this.waiting.length > 0) sessionStorage.setItem(LEFT_OUT, said)
    else this.tell(said)
  }

  recall() {
    const said = sessionStorage.getItem(LEFT_OUT)
    sessionStorage.removeItem(LEFT_OUT)
    if (said !== null) this.tell(said)
  }

  /** @param {string} words */
  tell(words) {
    this.left.textContent = words
    this.left.hidden = false
  }

  async send() {
    this.shown.hidden = false
    let done = 0
    while (this.waiting.length > 0) {
      const file = /** @type {File} */ (this.waiting[0])
      this.say(`${this.told.dataset.looking || ''} ${file.name}`)
      const digest = await digestOf(file)
      const told = { sha256: digest, name: file.name.slice(-200), size: file.size }
      const total = done + this.waiting.length
      await this.whole(file, told, (sent) => {
        this.bar.value = (done + sent / file.size) / total
        this.say((this.told.dataset.words || '').replace('11', String(done)).replace('22', String(total))
          .replace('33', megabytes(sent)).replace('44', megabytes(file.size)))
      })
      this.waiting.shift()
      done += 1
    }
  }

  /**
   * Send one file until it is whole, however often the connection is cut.
   * @param {File} file
   * @param {{sha256: string, name: string, size: number}} told
   * @param {(sent: number) => void} show
   */
  async whole(file, told, show) {
    for (let tries = 0; ;) {
      try {
        const [missing] = await this.ask(`${this.path}/announce`, JSON.stringify([told]), 'application/json')
        if (missing === undefined) return
        for (let at = missing.at; at < file.size; at += PIECE) {
          while (this.isPaused) await pause(300)
          show(at)
          await this.ask(`${this.path}/${told.sha256}?at=${at}`, file.slice(at, at + PIECE), 'application/octet-stream')
          tries = 0
        }
        return
      } catch (error) {
        if (error instanceof Refused) throw error
        this.say(this.told.dataset.cut || '')
        await pause(/** @type {number} */ (WAIT_MS[Math.min(tries, WAIT_MS.length - 1)]))
        tries += 1
      }
    }
  }

  /**
   * @param {string} path
   * @param {BodyInit} body
   * @param {string} type
   */
  async ask(path, body, type) {
    const answer = await fetch(path, {
      method: 'POST', body, redirect: 'manual', headers: { 'Content-Type': type, 'X-CSRF-Token': this.csrf }
    })
    if (answer.ok) return answer.json()
    if (answer.type === 'opaqueredirect' || (answer.status >= 400 && answer.status < 500 && answer.status !== 429)) {
      const page = new DOMParser().parseFromString(answer.status === 0 ? '' : await answer.text(), 'text/html')
      const said = page.querySelector('[role=alert] p')
      throw new Refused(said === null ? '' : said.textContent || '')
    }
    throw new Error('again')
  }

  /** @param {string} words */
  say(words) {
    this.told.textContent = words
  }
}

class Refused extends Error {}

/** @param {File} file */
async function digestOf(file) {
  const hash = sha256.create()
  for (let at = 0; at < file.size; at += 4 * PIECE) {
    hash.update(new Uint8Array(await file.slice(at, at + 4 * PIECE).arrayBuffer()))
  }
  return Array.from(hash.digest(), (byte) => byte.toString(16).padStart(2, '0')).join('')
}

/** @param {number} bytes */
function megabytes(bytes) {
  return (bytes / 1024 / 1024).toFixed(1)
}

/** @param {number} ms */
function pause(ms) {
  return new Promise((done) => setTimeout(done, ms))
}

const sending = /** @type {HTMLFormElement | null} */ (document.querySelector('form[data-pieces]'))
if (sending !== null && sending.dataset.one === undefined) begin(sending)
