import { isLarge, type Cells, type CellValue } from '../../sim/state.ts';
import { PAGE, samePage, ZEROS, zeroPage, type Paged } from './page-share.ts';

type CellArray = Extract<CellValue, object>;

/** An array by its pages, the last of which may be a part of one. */
interface Pages {
  readonly of: CellArray;
  readonly pages: readonly Uint8Array[];
}

/** Cells with large arrays (a display's memory), which are kept by pages. */
export class PagedArrays implements Paged {
  readonly ownBytes: number;
  private readonly rest: Cells;
  private readonly arrays: ReadonlyMap<string, Pages>;

  private constructor(rest: Cells, arrays: ReadonlyMap<string, Pages>, ownBytes: number) {
    this.rest = rest;
    this.arrays = arrays;
    this.ownBytes = ownBytes;
  }

  /** @returns null if none of the cells is large */
  static of(cells: Cells, before: PagedArrays | null): PagedArrays | null {
    const large = Object.entries(cells).filter((e): e is [string, CellArray] => isLarge(e[1]));
    if (large.length === 0) return null;
    const sum = { bytes: 0 };
    const arrays = new Map(large.map(([name, array]) => [name, pagesOf(array, before?.arrays.get(name), sum)]));
    const rest = Object.fromEntries(Object.entries(cells).filter(([, value]) => !isLarge(value)));
    return new PagedArrays(rest, arrays, sum.bytes);
  }

  /** The cells as they were saved. */
  whole(): Cells {
    return { ...this.rest, ...Object.fromEntries([...this.arrays].map(([name, pages]) => [name, joined(pages)])) };
  }

  sharedOnlyWith(other: Paged, older: Paged | null): number {
    if (!(other instanceof PagedArrays)) return 0;
    let bytes = 0;
    for (const [name, { pages }] of this.arrays) {
      const theirs = other.arrays.get(name)?.pages;
      const oldest = older instanceof PagedArrays ? older.arrays.get(name)?.pages : undefined;
      pages.forEach((page, n) => {
        if (page !== ZEROS && theirs?.[n] === page && oldest?.[n] !== page) bytes += page.length;
      });
    }
    return bytes;
  }
}

function pagesOf(array: CellArray, before: Pages | undefined, sum: { bytes: number }): Pages {
  const bytes = new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
  const words = new Int32Array(array.buffer, array.byteOffset, array.byteLength >> 2);
  const pages: Uint8Array[] = [];
  for (let at = 0, n = 0; at < bytes.length; at += PAGE, n++) {
    const old = before?.pages[n], whole = at + PAGE <= bytes.length;
    const alike = !whole ? null : old !== undefined && samePage(old, words, at >> 2) ? old : zeroPage(words, at >> 2);
    if (alike === null) sum.bytes += Math.min(PAGE, bytes.length - at);
    pages.push(alike ?? bytes.slice(at, at + PAGE));
  }
  return { of: array, pages };
}

function joined({ of, pages }: Pages): CellArray {
  const bytes = new Uint8Array(of.byteLength);
  pages.forEach((page, n) => bytes.set(page, n * PAGE));
  const Kind = of.constructor as new (buffer: ArrayBuffer) => CellArray;
  return new Kind(bytes.buffer);
}
