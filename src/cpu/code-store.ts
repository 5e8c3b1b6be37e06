/**
 * Decoded blocks by the memory that they were decoded from, and their retirement when it is
 * written.
 */
import type { CodePages } from '../ir/code-pages.ts';
import type { IrCache } from '../ir/ir-cache.ts';
import { NO_PAGE, type Block } from '../ir/block.ts';
import type { JumpCache } from '../jit/tables.ts';

/** A page with decoded code. */
interface CodePage {
  /** Byte address in linear memory, or -1 for a ROM elsewhere (never written). */
  readonly host: number;
  /**
   * The blocks that cover bytes of it, and of each the first byte and the one behind the last, as
   * start | end << 16.
   */
  blocks: Block[];
  spans: number[];
  /** One bit for each line of 64 bytes that holds code. */
  linesLow: number;
  linesHigh: number;
}

/** Slots of the index at the start; their number is a power of two. */
const SLOTS = 0x10000;
/** In a slot: block numbers count from 1. */
const EMPTY = 0;

export class CodeStore {
  private readonly pages = new Map<number, CodePage>();
  /** The page that was looked up last, or null. */
  private recent: CodePage | null = null;
  private recentKey = NO_PAGE;
  /**
   * Block numbers by page, pc and mode, which give the offset in the page: open addressing, linear
   * probing. A retired block keeps its slot until its successor takes it.
   */
  private index = new Int32Array(SLOTS);
  private used = 0;
  private readonly cache: IrCache;
  private readonly jumps: JumpCache;
  private readonly codePages: CodePages;
  /** Number of the core there. */
  private readonly core: number;
  /** Blocks retired because their code was written. */
  retired = 0;

  constructor(cache: IrCache, jumps: JumpCache, codePages: CodePages, core: number) {
    this.cache = cache;
    this.jumps = jumps;
    this.codePages = codePages;
    this.core = core;
  }

  /** The block decoded in page `key` for this EIP and mode, or null. */
  find(key: number, pc: number, mode: number): Block | null {
    const { index, cache } = this;
    const mask = index.length - 1;
    for (let at = hash(key, pc, mode) & mask; ; at = (at + 1) & mask) {
      const number = index[at];
      if (number === EMPTY) return null;
      const block = cache.block(number - 1);
      if (block.pc === pc && block.page === key && block.mode === mode) return block.retired ? null : block;
    }
  }

  /**
   * Enters a block that covers `bytes` bytes from `offset` on in page `key` (and runs on into page
   * `key2` if that is not NO_PAGE). `host`: see CodePage.
   */
  add(block: Block, key: number, host: number, offset: number, bytes: number, key2: number, host2: number): void {
    const inFirst = Math.min(bytes, 0x1000 - offset);
    cover(this.page(key, host), block, offset, offset + inFirst);
    if (key2 !== NO_PAGE) cover(this.page(key2, host2), block, 0, bytes - inFirst);
    if (this.used * 2 >= this.index.length) this.grow();
    this.enter(block);
  }

  /** Takes the slot of a block that this one replaces, or an empty one. */
  private enter(block: Block): void {
    const { index, cache } = this;
    const mask = index.length - 1;
    for (let at = hash(block.page, block.pc, block.mode) & mask; ; at = (at + 1) & mask) {
      const number = index[at];
      if (number !== EMPTY) {
        const other = cache.block(number - 1);
        if (other.pc !== block.pc || other.page !== block.page || other.mode !== block.mode) continue;
      } else this.used++;
      index[at] = block.number + 1;
      return;
    }
  }

  private grow(): void {
    const old = this.index;
    this.index = new Int32Array(old.length * 2);
    this.used = 0;
    for (const number of old) {
      if (number === EMPTY) continue;
      const block = this.cache.block(number - 1);
      if (!block.retired) this.enter(block);
    }
  }

  private page(key: number, host: number): CodePage {
    let page = this.known(key);
    if (page === undefined) {
      page = { host, blocks: [], spans: [], linesLow: 0, linesHigh: 0 };
      this.pages.set(key, page);
      if (host >= 0) this.codePages.protect(this.core, host);
    }
    this.recentKey = key;
    this.recent = page;
    return page;
  }

  /**
   * A write to linear memory is about to happen: retires the blocks that it touches. Returns
   * whether there were any.
   */
  written(host: number, length: number): boolean {
    let any = false;
    for (let at = host, left = length; left > 0; ) {
      const offset = at & 0xfff;
      const n = Math.min(left, 0x1000 - offset);
      if (this.codePages.pages[at >>> 12] !== 0 && this.writtenPage(at >>> 12, offset, offset + n)) any = true;
      at += n;
      left -= n;
    }
    return any;
  }

  /** The page of a number, if it has code; stores beside code come to the same one again. */
  private known(key: number): CodePage | undefined {
    if (key === this.recentKey && this.recent !== null) return this.recent;
    const page = this.pages.get(key);
    if (page === undefined) return undefined;
    this.recentKey = key;
    return (this.recent = page);
  }

  private writtenPage(key: number, start: number, end: number): boolean {
    const page = this.known(key);
    if (page === undefined || !touchesLines(page, start, end)) return false;
    let any = false;
    const { blocks, spans } = page;
    for (let i = 0; i < blocks.length; i++) {
      const span = spans[i];
      if ((span & 0xffff) >= end || span >>> 16 <= start || blocks[i].retired) continue;
      this.retire(blocks[i]);
      any = true;
    }
    if (any) this.sweep(key, page);
    return any;
  }

  /** Gives up one block that is not right any more. */
  retire(block: Block): void {
    this.cache.retire(block);
    this.jumps.remove(block.pc, block.address);
    this.retired++;
  }

  /** Removes retired blocks from a page; without any left it is no code page any more. */
  private sweep(key: number, page: CodePage): void {
    const { blocks, spans } = page;
    page.blocks = [];
    page.spans = [];
    page.linesLow = 0;
    page.linesHigh = 0;
    for (let i = 0; i < blocks.length; i++)
      if (!blocks[i].retired) cover(page, blocks[i], spans[i] & 0xffff, spans[i] >>> 16);
    if (page.blocks.length > 0) return;
    this.pages.delete(key);
    this.recent = null;
    if (page.host >= 0) this.codePages.unprotect(this.core, page.host);
  }

  /** Forgets everything; the caller flushes the IR cache and the jump cache. */
  clear(): void {
    for (const page of this.pages.values()) if (page.host >= 0) this.codePages.unprotect(this.core, page.host);
    this.pages.clear();
    this.recent = null;
    this.index = new Int32Array(SLOTS);
    this.used = 0;
  }

  /** Pages with decoded code. */
  get pageCount(): number {
    return this.pages.size;
  }
}

function cover(page: CodePage, block: Block, start: number, end: number): void {
  page.blocks.push(block);
  page.spans.push(start | (end << 16));
  coverLines(page, start, end);
}

/** Successive addresses must not fall into successive slots, where probing would be long. */
function hash(key: number, pc: number, mode: number): number {
  const mixed = Math.imul(pc ^ Math.imul(key, 0x9e3779b1) ^ (mode << 20), 0x85ebca6b);
  return mixed ^ (mixed >>> 15);
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
