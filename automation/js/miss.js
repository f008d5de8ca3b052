/** Why something is not as it must be: a value that handlers pass on to the Go side, which decides by its kind. */
export class Miss {
  /**
   * @param {string} kind
   * @param {string} detail
   * @param {{ tried?: string[] }} [extra]
   */
  constructor(kind, detail, extra) {
    this.kind = kind;
    this.detail = detail;
    this.tried = extra?.tried;
  }
}
