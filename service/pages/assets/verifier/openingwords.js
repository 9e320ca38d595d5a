// @ts-check
// What is said to a person of a bundle or a part of it that is not used: a sentence in each language for each code.

import { Refusal, VerifierError } from './refusal.js'
import { SHARED } from './shared.js'

/** @typedef {Readonly<Record<string, readonly [string, string]>>} Sentences */

const DOWNLOAD = ['请重新下载离线查验包', 'download the bundle again']

/** @type {Sentences} */
const DOCUMENT = {
  'envelope-malformed': ['密钥文件不是本系统的签名格式', 'the key document is not signed in the form of this system'],
  'root-not-pinned': [
    '密钥文件不是由本机已记录指纹的根密钥签署，不予采用：可能是仿冒的服务器，请与颁发机构核对',
    'the key document is not signed by the root key that this device has pinned: a false server? ask the issuer',
  ],
  'signature-invalid': [
    '密钥文件被改动，签名不符，不予采用',
    'the key document was altered: its signature does not hold',
  ],
  'key-document-malformed': ['密钥文件的内容不合规范，不予采用', 'the key document is not in its one form'],
  'key-document-older': [
    '密钥文件比本机已采用过的旧，不予采用：可能是有人重放旧文件',
    'the key document is older than one this device has accepted: perhaps an old one played back',
  ],
}
/** @type {Sentences} */
const NAMES = {
  'envelope-malformed': ['名称表不是本系统的签名格式', 'the names are not signed in the form of this system'],
  'unknown-key': [
    '名称表不是用密钥文件中的状态密钥签署的（证卡密钥不算），不予采用',
    'no status key of the key document signed the names (a card key does not count)',
  ],
  'signature-invalid': ['名称表被改动，签名不符，不予采用', 'the names were altered: their signature does not hold'],
  'key-compromised': [
    '名称表由已报失窃的状态密钥签署，不予采用',
    'the names are not used: the status key that signed them is reported stolen',
  ],
  'key-out-of-use': [
    '名称表由已停用的状态密钥签署，不予采用',
    'the names are not used: the status key that signed them is out of use',
  ],
  'key-not-in-use': [
    '名称表由尚未启用的状态密钥签署，不予采用',
    'the names are not used: the status key that signed them is not in use yet',
  ],
  'bundle-invalid': ['名称表的内容不合规范', 'the names are not in their one form'],
}
/** @type {Sentences} */
const BUNDLE = { 'bundle-invalid': ['这不是可用的离线查验包', 'this is no usable verifier bundle'] }

/** @type {Sentences} `{n}` is the list's number */
const LISTS = SHARED.status_list_notes

/**
 * Say why a list is not used, or what it is still good for.
 * @param {string} code
 * @param {number} number
 */
export function noteOf(code, number) {
  const [zh, en] = LISTS[code].map((text) => text.replace('{n}', String(number)))
  return { code, zh, en }
}

/**
 * Do a part of opening, and say its refusal to a person.
 * @template T
 * @param {'document' | 'names' | 'bundle'} part
 * @param {() => T | Promise<T>} open
 * @returns {Promise<T>}
 */
export async function opening(part, open) {
  try {
    return await open()
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    const sentences = part === 'document' ? DOCUMENT : part === 'names' ? NAMES : BUNDLE
    const [zh, en] = sentences[error.code]
    throw new VerifierError(error.code, `${zh}；${DOWNLOAD[0]}`, `${en}; ${DOWNLOAD[1]}`)
  }
}
