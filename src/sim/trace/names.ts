/** Texts by number. The same few names come millions of times: records hold numbers. */
export class Names {
  /** Number 0 is the empty text. */
  readonly list: string[] = [''];
  private readonly numbers = new Map<string, number>([['', 0]]);

  /** The number of a text, given at its first use. */
  number(text: string): number {
    let n = this.numbers.get(text);
    if (n === undefined) {
      n = this.list.length;
      this.list.push(text);
      this.numbers.set(text, n);
    }
    return n;
  }
}

/**
 * What many records have in common, by number: kind, names, size, how an access was made and ended.
 * Names are numbers of `Names`.
 */
export interface Shape {
  readonly kind: number;
  /**
   * Initiator; DMA port of a request and its completion; event; line; processor of an acknowledge,
   * a handler and a return; mark; source of a note.
   */
  readonly who: number;
  /** Target of a transaction; what a note says; else 0. */
  readonly what: number;
  /** Address space of a transaction or a request, else 0. */
  readonly space: number;
  /** Bytes of an access of up to 8; 0: they stand in the record (a burst, a request), or none. */
  readonly size: number;
  /** Bits of FLAG. */
  readonly flags: number;
  /** Memory type of a transaction (UC …), else 0. */
  readonly type: number;
  /** How a transaction or a completion ended, else 0. */
  readonly status: number;
}

/** Bytes of a transaction or a request, whose column `value` is given. */
export function sizeOf(shape: Shape, value: number): number {
  return shape.size === 0 ? value : shape.size;
}

export class Shapes {
  readonly list: Shape[] = [];
  private readonly numbers = new Map<string, number>();

  /** The number of a shape, given at its first use. */
  number(shape: Shape): number {
    const { kind, who, what, space, size, flags, type, status } = shape;
    const key = `${kind},${who},${what},${space},${size},${flags},${type},${status}`;
    let n = this.numbers.get(key);
    if (n === undefined) {
      n = this.list.length;
      this.list.push(shape);
      this.numbers.set(key, n);
    }
    return n;
  }
}
