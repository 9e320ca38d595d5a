// Does with the browser's verifier what the jobs on standard input ask, and prints what came out, as JSON. With
// --old-browser it runs as in one without WebCrypto, which is what a page without HTTPS has.

import { readFileSync } from 'node:fs'

if (process.argv.includes('--old-browser')) {
  Object.defineProperty(globalThis, 'crypto', { value: undefined })
  delete globalThis.DecompressionStream
}

const load = (name) => import(new URL(`../../service/pages/assets/verifier/${name}.js`, import.meta.url))
const { openBundle, openParts, wordsOfDetail } = await load('checker')
const { CARD_AAD, decodeClaims } = await load('claims')
const { verify } = await load('crypto')
const { checkPublic } = await load('curve')
const { isoDay } = await load('dates')
const { fitForDuty } = await load('fitness')
const { openDocument } = await load('keydocument')
const { Keyring } = await load('keyring')
const { kindOf } = await load('number')
const { compose } = await load('assessment')
const { MEDIA_TYPE, decodeList } = await load('statuslist')
const { bytesOf, parseText } = await load('text')
const { nameKey, numberTyped, tidy, tidyName, tidyOccupation } = await load('tidy')

const hex = (bytes) => (bytes === null ? null : Buffer.from(bytes).toString('hex'))
const unhex = (text) => Uint8Array.from(Buffer.from(text, 'hex'))
const day = (iso) => Date.parse(iso) / 86_400_000

const ringOf = (keys) =>
  Keyring.of(
    keys.map((key) => ({
      purpose: key.purpose,
      publicKey: unhex(key.public),
      signsFrom: day('2025-01-01'),
      signsUntil: day(key.signs_until || '2027-12-31'),
      state: key.state || 'active',
    })),
  )

const TIDY = { text: tidy, name: tidyName, occupation: tidyOccupation, key: nameKey, number: numberTyped }

const jobs = {
  digits: ({ digits }) => hex(bytesOf(digits)),

  tidy: ({ as, text }) => TIDY[as](text),

  detail: ({ detail }) => wordsOfDetail(detail),

  key: ({ key }) => checkPublic(unhex(key)) || 'ok',

  signature: (job) => verify(unhex(job.signature), unhex(job.message), unhex(job.public)),

  async card({ text, keys }) {
    const ring = await ringOf(keys)
    const { payload, key } = await ring.verifyEnvelope(parseText(text).envelope, 'card/1', CARD_AAD)
    const read = decodeClaims(payload)
    return {
      host: parseText(text).host,
      signs_until: isoDay(key.signsUntil),
      public: hex(key.publicKey),
      payload: hex(payload),
      claims: {
        number: read.number,
        name: read.name,
        occupations: read.occupations,
        copy_id: hex(read.copyId),
        status_list: read.statusList,
        status_index: read.statusIndex,
        issued_on: isoDay(read.issuedOn),
        expires_on: isoDay(read.expiresOn),
        work_unit: read.workUnit,
        portrait: hex(read.portrait),
      },
    }
  },

  async list({ token, number, keys, indices }) {
    const ring = await ringOf(keys)
    const { payload } = await ring.verifyTagged(unhex(token), 'status', new Uint8Array(0), [[16, MEDIA_TYPE]])
    const list = decodeList(payload, number)
    return {
      subject: list.subject,
      number: list.number,
      issued_at: list.issuedAt,
      expires_at: list.expiresAt,
      ttl: list.ttl,
      key_document_version: list.keyVersion,
      highest_index: list.highestIndex,
      statuses: Object.fromEntries(indices.map((index) => [index, list.statusAt(Number(index))])),
    }
  },

  async document({ document, pin }) {
    const remembered = pin && { root: pin.root, nextRoot: pin.next_root, version: pin.version }
    const opened = await openDocument(unhex(document), remembered)
    const { version, issued, validUntil, hosts, keys, nextRoot } = opened.document
    return {
      version,
      issued,
      valid_until: validUntil,
      hosts,
      keys: keys.map((key) => [
        key.purpose,
        hex(key.publicKey),
        isoDay(key.signsFrom),
        isoDay(key.signsUntil),
        key.state,
      ]),
      next_root: hex(nextRoot),
    }
  },

  fitness({ card, duty }) {
    const { answer, reasons } = fitForDuty({ ...card, kind: kindOf(card.number) }, duty)
    return { answer, reasons: reasons.map(({ article, zh, en }) => ({ article, zh, en })) }
  },

  assessment: ({ assessment, people, stage }) => compose(assessment, people, stage),

  async open({ bundle, memory, opened_at, root, checks }) {
    return answersOf(await openBundle(unhex(bundle), memory, new Date(opened_at), root), checks)
  },

  // As the page behind the QR does it: the key document first, then the one list that its credential names.
  async page({ key_document, lists, memory, opened_at, text, at, duty }) {
    const clock = new Date(opened_at)
    const checker = await openParts({ keyDocument: unhex(key_document) }, memory, clock, null)
    const wanted = await checker.listWanted(text)
    if (wanted !== null) await checker.takeList(wanted, unhex(lists[wanted - 1]), clock)
    return { wanted, ...(await answersOf(checker, [{ text, at, duty }])) }
  },
}

async function answersOf(checker, checks) {
  const answers = []
  for (const { text, at, duty } of checks) {
    const { verdict, portrait, copyId, number } = await checker.check(text, new Date(at), duty)
    answers.push({ verdict, portrait: hex(portrait), copy: copyId, number })
  }
  return {
    memory: checker.memory,
    root_is_new: checker.rootIsNew,
    notes: checker.notes.map(({ zh, en }) => [zh, en]),
    as_of: checker.asOf && checker.asOf.getTime() / 1000,
    expires_at: checker.expiresAt.getTime() / 1000,
    answers,
  }
}

const results = []
for (const { do: what, ...job } of JSON.parse(readFileSync(0, 'utf-8'))) {
  try {
    results.push({ result: await jobs[what](job) })
  } catch (error) {
    if (error.code === undefined || typeof error.code !== 'string') throw error
    results.push({ refused: error.code, zh: error.zh, en: error.en })
  }
}
process.stdout.write(JSON.stringify(results) + '\n')
