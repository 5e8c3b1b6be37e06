/** Decoded blocks by the memory that they were decoded from, and their retirement when it is written. */
import type { IrCache } from '../ir/ir-cache.ts';
import { NO_PAGE, type Block } from '../ir/block.ts';
import type { JumpCache } from '../jit/tables.ts';
import type { Mmu } from '../arch/x86/mmu.ts';

/** The bytes of a page that a block covers. */
interface Span {
  readonly block: Block;
  readonly start: number;
  /** Exclusive. */
  readonly end: number;
}

/** A page with decoded code. */
interface CodePage {
  /** Byte address in linear memory, or -1 for a ROM elsewhere (never written). */
  readonly host: number;
  /** Blocks by offset in the page | mode << 12; several if the page is executed at several addresses. */
  readonly entries: Map<number, Block[]>;
  spans: Span[];
  /** One bit for each line of 64 bytes that holds code. */
  linesLow: number;
  linesHigh: number;
}

/** A mode number that no block has: overwrites a jump cache entry without emptying it. */
const DEAD_MODE = 0x7fffffff;

export class CodeStore {
  private readonly pages = new Map<number, CodePage>();
  private readonly cache: IrCache;
  private readonly jumps: JumpCache;
  private readonly mmu: Mmu;
  /** Blocks retired because their code was written. */
  retired = 0;

  constructor(cache: IrCache, jumps: JumpCache, mmu: Mmu) {
    this.cache = cache;
    this.jumps = jumps;
    this.mmu = mmu;
  }

  /** The block decoded at `offset` of page `key` for this EIP and mode, or null. */
  find(key: number, offset: number, pc: number, mode: number): Block | null {
    const page = this.pages.get(key);
    if (page === undefined) return null;
    const list = page.entries.get(offset | (mode << 12));
    if (list === undefined) return null;
    for (let i = 0; i < list.length; i++) if (list[i].pc === pc && !list[i].retired) return list[i];
    return null;
  }

  /** Enters a block that covers `bytes` bytes from `offset` on in page `key` (and runs on into page `key2` if that is not NO_PAGE). `host`: see CodePage. */
  add(block: Block, key: number, host: number, offset: number, bytes: number, key2: number, host2: number): void {
    const page = this.page(key, host);
    const at = offset | (block.mode << 12);
    const list = page.entries.get(at);
    if (list === undefined) page.entries.set(at, [block]);
    else list.push(block);
    const inFirst = Math.min(bytes, 0x1000 - offset);
    cover(page, { block, start: offset, end: offset + inFirst });
    if (key2 !== NO_PAGE) cover(this.page(key2, host2), { block, start: 0, end: bytes - inFirst });
  }

  private page(key: number, host: number): CodePage {
    let page = this.pages.get(key);
    if (page === undefined) {
      page = { host, entries: new Map(), spans: [], linesLow: 0, linesHigh: 0 };
      this.pages.set(key, page);
      if (host >= 0) this.mmu.protect(host);
    }
    return page;
  }

  /** A write to linear memory is about to happen: retires the blocks that it touches. Returns whether there were any. */
  written(host: number, length: number): boolean {
    let any = false;
    for (let at = host, left = length; left > 0; ) {
      const offset = at & 0xfff;
      const n = Math.min(left, 0x1000 - offset);
      if (this.mmu.codePages[at >>> 12] !== 0 && this.writtenPage(at >>> 12, offset, offset + n)) any = true;
      at += n;
      left -= n;
    }
    return any;
  }

  private writtenPage(key: number, start: number, end: number): boolean {
    const page = this.pages.get(key);
    if (page === undefined || !touchesLines(page, start, end)) return false;
    let any = false;
    for (const span of page.spans) {
      if (span.start >= end || span.end <= start || span.block.retired) continue;
      this.retire(span.block);
      any = true;
    }
    if (any) this.sweep(key, page);
    return any;
  }

  /** Gives up one block that is not right any more. */
  retire(block: Block): void {
    this.cache.retire(block);
    if (this.jumps.lookup(block.pc, block.mode) === block.address) this.jumps.insert(block.pc, DEAD_MODE, 0);
    this.retired++;
  }

  /** Removes retired blocks from a page; without any left it is no code page any more. */
  private sweep(key: number, page: CodePage): void {
    page.spans = page.spans.filter((s) => !s.block.retired);
    page.linesLow = 0;
    page.linesHigh = 0;
    for (const s of page.spans) coverLines(page, s.start, s.end);
    for (const [at, list] of page.entries) {
      const left = list.filter((b) => !b.retired);
      if (left.length === 0) page.entries.delete(at);
      else page.entries.set(at, left);
    }
    if (page.spans.length > 0) return;
    this.pages.delete(key);
    if (page.host >= 0) this.mmu.unprotect(page.host);
  }

  /** Forgets everything; the caller flushes the IR cache and the jump cache. */
  clear(): void {
    for (const page of this.pages.values()) if (page.host >= 0) this.mmu.unprotect(page.host);
    this.pages.clear();
  }

  /** Pages with decoded code. */
  get pageCount(): number {
    return this.pages.size;
  }
}

function cover(page: CodePage, span: Span): void {
  page.spans.push(span);
  coverLines(page, span.start, span.end);
}

function coverLines(page: CodePage, start: number, end: number): void {
  for (let line = start >> 6; line <= (end - 1) >> 6; line++) {
    if (line < 32) page.linesLow |= 1 << line;
    else page.linesHigh |= 1 << (line - 32);
  }
}

function touchesLines(page: CodePage, start: number, end: number): boolean {
  for (let line = start >> 6; line <= (end - 1) >> 6; line++) {
    if (((line < 32 ? page.linesLow : page.linesHigh) >>> (line & 31)) & 1) return true;
  }
  return false;
}
