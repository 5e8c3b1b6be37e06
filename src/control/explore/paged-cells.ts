import type { Cells } from '../../sim/state.ts';
import { PAGE, samePage, type Paged } from './page-share.ts';

/** Names of the cells that hold the pages' numbers and, in the same order, their contents. */
const PAIRS = [['pages', 'data'], ['numbers', 'bytes']] as const;
/** Name of a cell in place of the contents: all of memory, in which a page lies at its number. */
const IN_PLACE = 'memory';

/** Cells that are pages with their numbers; those that two states have alike are kept once. */
export class PagedCells implements Paged {
  readonly ownBytes: number;
  private readonly rest: Cells;
  private readonly names: (typeof PAIRS)[number];
  private readonly numbers: Uint32Array | Float64Array;
  private readonly pages: ReadonlyMap<number, Uint8Array>;

  private constructor(
    rest: Cells, names: (typeof PAIRS)[number], numbers: Uint32Array | Float64Array,
    pages: ReadonlyMap<number, Uint8Array>, ownBytes: number,
  ) {
    this.rest = rest;
    this.names = names;
    this.numbers = numbers;
    this.pages = pages;
    this.ownBytes = ownBytes;
  }

  /** @returns null if the cells are no pages */
  static of(cells: Cells, before: PagedCells | null): PagedCells | null {
    const { [IN_PLACE]: memory, ...others } = cells;
    const names = PAIRS.find(([numbers, data]) => {
      const n = cells[numbers], d = memory ?? cells[data];
      return (n instanceof Uint32Array || n instanceof Float64Array) && d instanceof Uint8Array &&
        (memory !== undefined || d.length === n.length * PAGE);
    });
    if (names === undefined) return null;
    const numbers = cells[names[0]] as Uint32Array | Float64Array;
    const data = (memory ?? cells[names[1]]) as Uint8Array;
    const words = new Int32Array(data.buffer, data.byteOffset, data.length / 4);
    const pages = new Map<number, Uint8Array>();
    let own = 0;
    numbers.forEach((number, n) => {
      const old = before?.pages.get(number), at = (memory === undefined ? n : number) * PAGE;
      if (old !== undefined && samePage(old, words, at / 4)) pages.set(number, old);
      else {
        pages.set(number, data.slice(at, at + PAGE));
        own += PAGE;
      }
    });
    const { [names[0]]: _, [names[1]]: __, ...rest } = others;
    return new PagedCells(rest, names, numbers, pages, own);
  }

  /** The cells as they were saved. */
  whole(): Cells {
    const data = new Uint8Array(this.numbers.length * PAGE);
    this.numbers.forEach((number, n) => data.set(this.pages.get(number) as Uint8Array, n * PAGE));
    return { ...this.rest, [this.names[0]]: this.numbers, [this.names[1]]: data };
  }

  sharedOnlyWith(other: Paged, older: Paged | null): number {
    if (!(other instanceof PagedCells)) return 0;
    const oldest = older instanceof PagedCells ? older.pages : null;
    let bytes = 0;
    for (const [number, page] of this.pages)
      if (other.pages.get(number) === page && oldest?.get(number) !== page) bytes += PAGE;
    return bytes;
  }
}
