// @ts-check
// The words of the pages: Chinese, or English where the visitor has chosen so; the choice stays on this device.

/**
 * @typedef {'zh' | 'en'} Language
 * @typedef {{style: string, icon: string, zh: string, en: string, act_zh: string, act_en: string}} Look
 */

const KEY = 'zhengka-language'

/** @type {Record<string, {zh: string, en: string}>} */
let texts = {}
/** @type {Record<string, Look>} */
let looks = {}
/** @type {Language} */
let language = 'zh'

/** Load words and looks, and take the language that was chosen before. */
export async function loadWords() {
  const [words, shapes] = await Promise.all(
    ['texts.json', 'looks.json'].map(async (name) => (await fetch(new URL(name, import.meta.url).href)).json()),
  )
  texts = words
  looks = shapes
  language = remembered() === 'en' ? 'en' : 'zh'
  document.documentElement.lang = language === 'zh' ? 'zh-CN' : 'en'
}

/** @returns {Language} */
export const spoken = () => language

/** @param {Language} chosen */
export function speak(chosen) {
  language = chosen
  document.documentElement.lang = chosen === 'zh' ? 'zh-CN' : 'en'
  try {
    localStorage.setItem(KEY, chosen)
  } catch {
    // A browser that keeps nothing speaks the language until it is closed.
  }
  translate(document)
}

/**
 * Say a text in the language of the page, its braces filled.
 * @param {string} key
 * @param {Record<string, string | number>} [values]
 * @returns {string}
 */
export function say(key, values = {}) {
  const text = texts[key]
  if (text === undefined) throw new Error(`no text ${key}`)
  return text[language].replace(/\{(\w+)\}/g, (_, name) => String(values[name]))
}

/** @param {{zh: string, en: string}} both */
export const either = (both) => both[language]

/** @param {string} key @returns {Look} */
export const look = (key) => looks[key]

/**
 * Put the words of the language into everything below a node that names its text.
 * @param {ParentNode} root
 */
export function translate(root) {
  for (const element of root.querySelectorAll('[data-t]')) {
    element.textContent = say(String(element.getAttribute('data-t')))
  }
  for (const attribute of ['aria-label', 'placeholder', 'alt']) {
    for (const element of root.querySelectorAll(`[data-t-${attribute}]`)) {
      element.setAttribute(attribute, say(String(element.getAttribute(`data-t-${attribute}`))))
    }
  }
}

/** @returns {string | null} */
function remembered() {
  try {
    return localStorage.getItem(KEY)
  } catch {
    return null
  }
}
