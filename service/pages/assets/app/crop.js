// @ts-check
// Cut a portrait out of a photograph: a frame of five to seven, moved with the mouse, a finger or the keys. What is
// sent are the four numbers of the form and the quarter turns; without this script they are typed.

const ACROSS = 5
const DOWN = 7
const SAMPLE = 48
const GREY_BELOW = 6 // mean difference between a pixel's colours, of 255, below which a photograph is grey
const PLAIN_BELOW = 26 // mean deviation of the upper corners' brightness, of 255, below which a background is plain

/** @typedef {{x: number, y: number, width: number, height: number, rotate: number}} Data */
/**
 * @typedef {{
 *   getData(rounded?: boolean): Data,
 *   setData(data: Partial<Data>): void,
 *   getImageData(): {naturalWidth: number, naturalHeight: number},
 *   getContainerData(): {width: number, height: number},
 *   getCanvasData(): {naturalWidth: number, naturalHeight: number},
 *   setCanvasData(data: object): void,
 *   clear(): void,
 *   crop(): void,
 *   destroy(): void,
 *   getCroppedCanvas(options: object): HTMLCanvasElement | null,
 *   rotateTo(degrees: number): void
 * }} Cropper
 */

/** @param {HTMLFormElement} form */
function begin(form) {
  const image = /** @type {HTMLImageElement} */ (form.querySelector('.frame img'))
  const frame = /** @type {HTMLElement} */ (form.querySelector('.frame'))
  const list = /** @type {HTMLElement} */ (form.querySelector('.judged'))
  const least = (list.dataset.least ?? '').split(' ').map(Number)
  /** @param {string} name */
  const field = (name) => /** @type {HTMLInputElement | HTMLSelectElement} */ (form.elements.namedItem(name))
  let turn = Number(field('turn').value)
  let writing = false

  /** @returns {Data} */
  const typed = () => ({
    x: Number(field('x').value), y: Number(field('y').value),
    width: Number(field('width').value), height: Number(field('height').value), rotate: turn * 90,
  })

  const Made = /** @type {any} */ (globalThis).Cropper
  /** @type {Cropper} */
  let cropper
  make()

  /** Lay the photograph into the frame as it is now, with the part that the numbers say. */
  function make() {
    const wanted = typed()
    writing = true
    cropper = new Made(image, {
      aspectRatio: ACROSS / DOWN, viewMode: 1, autoCropArea: 1, background: false, checkOrientation: false,
      checkCrossOrigin: false, responsive: false, zoomable: false, movable: false, toggleDragModeOnDblclick: false,
      ready() {
        show(wanted)
        writing = false
        write()
      },
      crop: write,
    })
  }

  /** Turn the photograph, fit the whole of it in, and put the frame on a part. @param {Data} data */
  function show(data) {
    cropper.rotateTo(data.rotate)
    cropper.clear() // else the photograph stays as large as the frame was
    const { width, height } = cropper.getContainerData()
    const { naturalWidth, naturalHeight } = cropper.getCanvasData()
    const scale = Math.min(width / naturalWidth, height / naturalHeight)
    cropper.setCanvasData({
      left: (width - naturalWidth * scale) / 2, top: (height - naturalHeight * scale) / 2,
      width: naturalWidth * scale, height: naturalHeight * scale,
    })
    cropper.crop()
    const { rotate: _, ...box } = data
    cropper.setData(box)
  }

  /** Write the frame into the form's numbers, and judge what is inside it. */
  function write() {
    if (writing) return
    const data = cropper.getData()
    const unit = Math.max(1, Math.floor(data.width / ACROSS))
    field('x').value = String(Math.max(0, Math.floor(data.x)))
    field('y').value = String(Math.max(0, Math.floor(data.y)))
    field('width').value = String(unit * ACROSS)
    field('height').value = String(unit * DOWN)
    field('turn').value = String(turn)
    judge(unit)
  }

  /** @param {string} name @param {'good' | 'bad' | 'warn'} mood @param {string} [figures] */
  function tell(name, mood, figures = '') {
    const line = /** @type {HTMLElement} */ (list.querySelector(`[data-judge=${name}]`))
    const text = (line.dataset[mood] ?? '').replace('#', figures)
    if (line.className !== mood) line.className = mood
    if (line.textContent !== text) line.textContent = text
  }

  /** @param {number} unit */
  function judge(unit) {
    const across = unit * ACROSS
    tell('ratio', 'good')
    tell('size', across >= least[0] ? 'good' : 'bad', `${across} × ${unit * DOWN}`)
    const canvas = cropper.getCroppedCanvas({ width: SAMPLE, height: Math.round(SAMPLE * DOWN / ACROSS) })
    const pixels = canvas?.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height)
    if (!pixels) return
    tell('colour', colour(pixels.data) < GREY_BELOW ? 'bad' : 'good')
    tell('ground', unrest(pixels) > PLAIN_BELOW ? 'warn' : 'good')
  }

  /** @param {number} by quarter turns clockwise */
  function rotate(by) {
    turn = (turn + by + 4) % 4
    centre()
  }

  /** Take the middle, a little above it: where a head is, most often. */
  function centre() {
    const { naturalWidth, naturalHeight } = cropper.getImageData()
    const [width, height] = turn % 2 ? [naturalHeight, naturalWidth] : [naturalWidth, naturalHeight]
    const unit = Math.floor(Math.min(width / ACROSS, height / DOWN))
    writing = true
    const [across, down] = [unit * ACROSS, unit * DOWN]
    show({ x: (width - across) / 2, y: (height - down) / 3, width: across, height: down, rotate: turn * 90 })
    writing = false
    write()
  }

  /** @param {number} x @param {number} y @param {number} grow in pixels of the photograph */
  function nudge(x, y, grow) {
    const data = cropper.getData()
    const width = data.width + grow * ACROSS
    const [left, upper] = [data.x + x - grow * ACROSS / 2, data.y + y - grow * DOWN / 2]
    cropper.setData({ x: left, y: upper, width, height: width * DOWN / ACROSS })
    write()
  }

  frame.addEventListener('keydown', (event) => {
    const step = event.shiftKey ? 40 : 8
    /** @type {Record<string, () => void>} */
    const does = {
      ArrowLeft: () => nudge(-step, 0, 0), ArrowRight: () => nudge(step, 0, 0),
      ArrowUp: () => nudge(0, -step, 0), ArrowDown: () => nudge(0, step, 0),
      '+': () => nudge(0, 0, step / 4),
      '=': () => nudge(0, 0, step / 4),
      '-': () => nudge(0, 0, -step / 4),
      _: () => nudge(0, 0, -step / 4),
      '[': () => rotate(-1), ']': () => rotate(1),
    }
    const act = does[event.key]
    if (!act || event.ctrlKey || event.metaKey || event.altKey) return
    event.preventDefault()
    act()
  })
  form.addEventListener('click', (event) => {
    const button = event.target instanceof HTMLElement ? event.target.closest('[data-do]') : null
    if (!(button instanceof HTMLElement)) return
    if (button.dataset.do === 'auto') centre()
    else rotate(button.dataset.do === 'left' ? -1 : 1)
  })
  form.addEventListener('change', (event) => {
    if (event.target === field('turn')) {
      turn = Number(field('turn').value)
      rotate(0)
    } else {
      const { rotate: _, ...box } = typed()
      cropper.setData(box)
    }
  })
  let waiting = 0
  addEventListener('resize', () => {
    clearTimeout(waiting)
    waiting = setTimeout(() => { cropper.destroy(); make() }, 150)
  })
  for (const hidden of form.querySelectorAll('.with-script')) if (hidden instanceof HTMLElement) hidden.hidden = false
}

/** Return the mean difference between the colours of a pixel. @param {Uint8ClampedArray} data */
function colour(data) {
  let sum = 0
  for (let at = 0; at < data.length; at += 4) {
    const [red, green, blue] = [data[at], data[at + 1], data[at + 2]]
    sum += Math.max(red, green, blue) - Math.min(red, green, blue)
  }
  return sum / (data.length / 4)
}

/** Return how the brightness of the two upper corners deviates from its mean. @param {ImageData} image */
function unrest(image) {
  /** @type {number[]} */
  const values = []
  const side = Math.round(image.width / 5)
  for (let y = 0; y < side; y += 1) {
    for (let x = 0; x < image.width; x += 1) {
      if (x >= side && x < image.width - side) continue
      const at = 4 * (y * image.width + x)
      values.push((image.data[at] + 2 * image.data[at + 1] + image.data[at + 2]) / 4)
    }
  }
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  return values.reduce((sum, value) => sum + Math.abs(value - mean), 0) / values.length
}

const form = document.querySelector('form[data-crop]')
if (form instanceof HTMLFormElement && /** @type {any} */ (globalThis).Cropper) begin(form)
export {}
