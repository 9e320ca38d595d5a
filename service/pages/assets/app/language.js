// @ts-check
// The words of the pages: the language that the visitor has chosen, here or on a page that the service draws, else the
// one the browser asks for, else Chinese.

/**
 * @typedef {'zh' | 'en'} Language
 * @typedef {{style: string, icon: string, zh: string, en: string, act_zh: string, act_en: string, public_zh: string,
 *   public_en: string}} Look
 */

const COOKIE = 'zhengka-language' // as service/pages/rendering.py has it
const A_YEAR = 31_536_000

/** @type {Record<string, {zh: string, en: string}>} */
let texts = {}
/** @type {Record<string, Look>} */
let looks = {}
/** @type {Language} */
let language = 'zh'

/** Load words and looks, and take the visitor's language. */
export async function loadWords() {
  const [words, shapes] = await Promise.all(
    ['texts.json', 'looks.json'].map(async (name) => (await fetch(new URL(name, import.meta.url).href)).json()),
  )
  texts = words
  looks = shapes
  language = remembered() || preferred()
  document.documentElement.lang = language === 'zh' ? 'zh-CN' : 'en'
}

/** @returns {Language} */
export const spoken = () => language

/** @param {Language} chosen */
export function speak(chosen) {
  language = chosen
  document.documentElement.lang = chosen === 'zh' ? 'zh-CN' : 'en'
  document.cookie = `${COOKIE}=${chosen}; Path=/; Max-Age=${A_YEAR}; SameSite=Lax`
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
 * Put the words of the language into everything below a node that names its text or brings it in both languages.
 * @param {ParentNode} root
 */
export function translate(root) {
  for (const element of root.querySelectorAll('[data-t]')) {
    element.textContent = say(String(element.getAttribute('data-t')))
  }
  for (const element of root.querySelectorAll('[data-zh][data-en]')) {
    element.textContent = element.getAttribute(`data-${language}`)
  }
  for (const attribute of ['aria-label', 'placeholder', 'alt']) {
    for (const element of root.querySelectorAll(`[data-t-${attribute}]`)) {
      element.setAttribute(attribute, say(String(element.getAttribute(`data-t-${attribute}`))))
    }
  }
}

/** @returns {Language | null} */
function remembered() {
  const found = /(?:^|; )zhengka-language=(zh|en)(?:;|$)/.exec(document.cookie)
  return found && /** @type {Language} */ (found[1])
}

/** @returns {Language} the first of the browser's languages that is ours; Chinese if none is */
function preferred() {
  const ours = (navigator.languages || []).map((name) => name.slice(0, 2).toLowerCase())
  return ours.find((name) => name === 'zh' || name === 'en') === 'en' ? 'en' : 'zh'
}
