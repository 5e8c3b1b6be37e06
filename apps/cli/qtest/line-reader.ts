/** Longest line that is taken (bytes): a block of 64 MiB in hexadecimal digits, and its command. */
const LONGEST = 2 ** 27 + 256;

/** Splits what comes from a socket into lines, whatever its pieces are. */
export class LineReader {
  private pieces: string[] = [];
  private held = 0;

  /**
   * Takes a piece; calls `line` for each line that is whole.
   * @returns false if a line is too long: nothing more is to be read then
   */
  take(piece: string, line: (text: string) => void): boolean {
    let from = 0;
    for (let at; (at = piece.indexOf('\n', from)) >= 0; from = at + 1) {
      const last = piece.slice(from, at);
      const whole = this.held === 0 ? last : this.pieces.join('') + last;
      this.pieces = [];
      this.held = 0;
      line(whole.endsWith('\r') ? whole.slice(0, -1) : whole);
    }
    if (from < piece.length) {
      this.pieces.push(piece.slice(from));
      this.held += piece.length - from;
    }
    return this.held <= LONGEST;
  }
}

/** Longest message of QMP (characters). */
const LONGEST_MESSAGE = 2 ** 20;

/** Takes whole JSON objects out of a stream of text: they need no line ends between them. */
export class ObjectReader {
  private text = '';
  private at = 0;
  private depth = 0;
  private inString = false;

  /**
   * Takes a piece; calls `object` for each whole object's text, and for what stands between objects
   * and is none.
   * @returns false if a message is too long
   */
  take(piece: string, object: (text: string) => void): boolean {
    this.text += piece;
    for (; this.at < this.text.length; this.at++) {
      const c = this.text[this.at];
      if (this.inString) {
        if (c === '\\') this.at++;
        else if (c === '"') this.inString = false;
      } else if (c === '"') this.inString = true;
      else if (c === '{' || c === '[') this.depth++;
      else if (c === '}' || c === ']') this.depth--;
      const ends = !this.inString && (c === '}' || c === ']' || c === '\n') && this.depth <= 0;
      if (ends) this.cut(object);
    }
    return this.text.length <= LONGEST_MESSAGE;
  }

  private cut(object: (text: string) => void): void {
    const whole = this.text.slice(0, this.at + 1).trim();
    this.text = this.text.slice(this.at + 1);
    this.at = -1;
    this.depth = 0;
    if (whole !== '') object(whole);
  }
}
