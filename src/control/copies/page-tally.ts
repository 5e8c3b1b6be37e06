import type { RamTally } from '../../sim/trace.ts';

const PAGE_SHIFT = 12;

/** Who may touch a page: a program, the kernel for it, a device. */
export type Toucher = 'user' | 'kernel' | 'device';

/** What was counted of pages: bytes loaded and stored, by whom, and the kernel's stores alone. */
export interface Touched {
  readonly user: { readonly loads: number; readonly stores: number };
  readonly kernel: { readonly loads: number; readonly stores: number };
  readonly device: { readonly loads: number; readonly stores: number };
  /**
   * Stores of the kernel, each an instruction or one iteration of a repeated string instruction.
   */
  readonly kernelStores: number;
}

/** Counters of a page: three touchers with loads and stores, then how many the kernel stored. */
const COLUMNS = 7, KERNEL_STORES = 6;
const FIRST: Readonly<Record<Toucher, number>> = { user: 0, kernel: 2, device: 4 };

/**
 * Counts who loads and stores how many bytes of which page of main memory. What a page is, whose
 * buffer or which part of a file, may be found out later: copies are what was loaded from one set
 * of pages and stored to another.
 */
export class PageTally implements RamTally {
  private counts = new Float64Array(0);

  /** All at zero, for a memory of so many bytes. */
  clear(ramBytes: number): void {
    this.counts = new Float64Array(Math.ceil(ramBytes / 2 ** PAGE_SHIFT) * COLUMNS);
  }

  processor(address: number, bytes: number, write: boolean, privileged: boolean): void {
    const row = (address >>> PAGE_SHIFT) * COLUMNS;
    this.counts[row + (privileged ? FIRST.kernel : FIRST.user) + (write ? 1 : 0)] += bytes;
    if (write && privileged) this.counts[row + KERNEL_STORES]++;
  }

  device(address: number, bytes: number, write: boolean): void {
    for (let at = address; at < address + bytes;) {
      const end = Math.min(address + bytes, ((at >>> PAGE_SHIFT) + 1) * 2 ** PAGE_SHIFT);
      this.counts[(at >>> PAGE_SHIFT) * COLUMNS + FIRST.device + (write ? 1 : 0)] += end - at;
      at = end;
    }
  }

  /** Of these page numbers, each counted once. */
  of(pages: Iterable<number>): Touched {
    const sums = new Float64Array(COLUMNS);
    for (const page of new Set(pages))
      for (let n = 0; n < COLUMNS; n++) sums[n] += this.counts[page * COLUMNS + n] ?? 0;
    return touched(sums);
  }

  /** Of all pages. */
  all(): Touched {
    const sums = new Float64Array(COLUMNS);
    this.counts.forEach((count, n) => { sums[n % COLUMNS] += count; });
    return touched(sums);
  }

  /** Numbers of the pages that a device stored to. */
  storedByDevices(): number[] {
    const pages: number[] = [];
    for (let page = 0; page * COLUMNS < this.counts.length; page++)
      if (this.counts[page * COLUMNS + FIRST.device + 1] > 0) pages.push(page);
    return pages;
  }
}

function touched(sums: Float64Array): Touched {
  const by = (who: Toucher): { loads: number; stores: number } => ({
    loads: sums[FIRST[who]], stores: sums[FIRST[who] + 1],
  });
  return { user: by('user'), kernel: by('kernel'), device: by('device'), kernelStores: sums[KERNEL_STORES] };
}

/**
 * Page numbers as the programs of guest/linux print them: hexadecimal numbers and ranges with a
 * hyphen, in the order of the pages in their buffer or file. @throws Error for anything else
 */
export function pageNumbers(text: string): number[] {
  return text.split(/\s+/).filter((word) => word !== '').flatMap((word) => {
    const [, first = '', last = first] = /^([0-9a-f]{1,5})(?:-([0-9a-f]{1,5}))?$/.exec(word) ?? [];
    const from = parseInt(first, 16), to = parseInt(last, 16);
    if (!(to >= from)) throw new Error(`'${word}' is no page number`);
    return Array.from({ length: to - from + 1 }, (_, n) => from + n);
  });
}
