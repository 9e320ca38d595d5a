// @ts-check
// What the verifier refuses. Codes are permanent and the same as on the server; words for people come at the facade.

/** Something that is not exactly what it should be; `code` says how. */
export class Refusal extends Error {
  /**
   * @param {string} code
   * @param {string} [detail]
   */
  constructor(code, detail = code) {
    super(detail)
    this.code = code
  }
}

/** A refusal as a person is told it, in Chinese and in English. */
export class VerifierError extends Error {
  /**
   * @param {string} code
   * @param {string} zh
   * @param {string} en
   */
  constructor(code, zh, en) {
    super(en)
    this.code = code
    this.zh = zh
    this.en = en
  }
}
