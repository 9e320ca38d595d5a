// @ts-check
// What the details of a verdict's checks mean to a person: the sentence beside the summary that says what was found.

/** @type {Readonly<Record<string, readonly [string, string]>>} */
const WORDS = {
  'text-malformed': ['不是证卡二维码：可能是其他网址或文字', 'another kind of code: some other address or text'],
  'text-version': ['证卡二维码为更新的版本，请更新本程序', 'a code of a newer version: update this program'],
  'host-malformed': ['二维码中的网址不成样式，不是证卡', 'the address in the code cannot be that of a card'],
  'envelope-malformed': ['二维码内容不是本系统的签名格式', 'the content is not signed in the form of this system'],
  'foreign-host': [
    '内容为真，但网址不是颁发机构的：可能是仿冒网站，请勿打开，并报告颁发机构',
    "the content is genuine, the address is not the issuer's: perhaps a false site: " +
      'do not open it, and report it to the issuer',
  ],
  'signature-invalid': [
    '签名不符：内容被改动，或不是颁发机构签发',
    'the signature does not hold: the content was altered, or somebody else signed it',
  ],
  'unknown-key': [
    '签发密钥不在本机的密钥文件中：可能是更新的密钥，请先联网更新',
    'the key is not in the key document of this device: it may be newer, update first',
  ],
  'key-compromised': ['签发密钥已报失', 'the key was reported stolen'],
  'key-out-of-use': ['证卡的签发日期在该密钥停用之后', 'the card is dated after its key went out of use'],
  'no-status-list': ['本机没有这张证卡所在的状态列表，请更新', 'the status list of this card is not at hand: update'],
  'status-not-listed': ['状态列表中的值不为本版本所知，请更新', 'a status that this version does not know: update'],
  'card-newer-than-list': ['证卡比本机的状态列表新，请更新', 'the card is newer than the status list at hand: update'],
  'key-document-expired': ['本机的密钥文件已过有效期，请更新', 'the key document at hand has expired: update'],
  'key-document-outdated': ['已有更新的密钥文件，请更新', 'there is a newer key document: update'],
  'restored-unconfirmed': [
    '登记库由备份恢复，颁发机构尚未确认这张证卡',
    'the register was restored from a backup, and the issuer has not confirmed this card yet',
  ],
  'lost-in-restore': [
    '这张证卡的核发记录在恢复登记库时丢失',
    'the record of this card was lost when the register was restored',
  ],
  'status-list-expired': ['本机的状态列表已过期，请更新', 'the status list at hand has expired: update'],
}
/** @type {ReadonlyArray<readonly [string, readonly [string, string]]>} by the first letters of the code */
const FAMILIES = [
  ['digits-', ['二维码残缺或被改动，请重新扫描', 'the code is damaged or altered: scan again']],
  ['claim', ['由本系统的密钥签署，却不是一张证卡：密钥可能外泄，请报告', 'signed by a key of ours and no card: report it']],
  ['portrait-', ['凭证内的照片不合规范：密钥可能外泄，请报告', 'the portrait inside is not of the one form: report it']],
]

/**
 * Say what a check's `detail` means; null for those that need no sentence, such as dates and articles.
 * @param {string} detail
 * @returns {{zh: string, en: string} | null}
 */
export function wordsOfDetail(detail) {
  const family = FAMILIES.find(([start]) => detail.startsWith(start))
  const found = Object.keys(WORDS).includes(detail) ? WORDS[detail] : family && family[1]
  return found ? { zh: found[0], en: found[1] } : null
}
