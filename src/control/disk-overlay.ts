import type { BlockBackend } from '../host/block.ts';
import type { SavedState } from '../sim/state.ts';

/** Bytes of an overlay page. */
export const OVERLAY_PAGE = 4096;

/**
 * A disk whose writes stay in memory: changed pages lie over a backend that is only read. What the
 * guest wrote can be looked through, saved with a snapshot, or applied to the image by whoever owns
 * it.
 */
export class DiskOverlay implements BlockBackend {
  readonly name: string;
  readonly size: number;
  readonly readOnly = false;
  /** What lies below the changed pages. */
  readonly base: BlockBackend;
  private readonly pages = new Map<number, Uint8Array>();

  constructor(base: BlockBackend) {
    this.base = base;
    this.name = base.name;
    this.size = base.size;
  }

  /** Pages that differ (or may differ) from the image. */
  get changedPages(): number {
    return this.pages.size;
  }

  read(offset: number, buffer: Uint8Array, at: number, length: number): void {
    this.check(offset, length);
    if (this.pages.size === 0) {
      this.base.read(offset, buffer, at, length);
      return;
    }
    for (let done = 0; done < length; ) {
      const page = Math.floor((offset + done) / OVERLAY_PAGE);
      const inPage = (offset + done) % OVERLAY_PAGE;
      const part = Math.min(length - done, OVERLAY_PAGE - inPage);
      const changed = this.pages.get(page);
      if (changed === undefined) this.base.read(offset + done, buffer, at + done, part);
      else buffer.set(changed.subarray(inPage, inPage + part), at + done);
      done += part;
    }
  }

  write(offset: number, buffer: Uint8Array, at: number, length: number): void {
    this.check(offset, length);
    for (let done = 0; done < length; ) {
      const page = Math.floor((offset + done) / OVERLAY_PAGE);
      const inPage = (offset + done) % OVERLAY_PAGE;
      const part = Math.min(length - done, OVERLAY_PAGE - inPage);
      let changed = this.pages.get(page);
      if (changed === undefined) {
        const start = page * OVERLAY_PAGE;
        changed = new Uint8Array(Math.min(OVERLAY_PAGE, this.size - start));
        if (part < changed.length) this.base.read(start, changed, 0, changed.length);
        this.pages.set(page, changed);
      }
      changed.set(buffer.subarray(at + done, at + done + part), inPage);
      done += part;
    }
  }

  /** Nothing to do: what is written is kept until the overlay goes. */
  flush(): void {}

  /** The changed pages in ascending order: byte offset and contents. */
  *changes(): Generator<{ offset: number; bytes: Uint8Array }> {
    for (const page of [...this.pages.keys()].sort((a, b) => a - b)) {
      yield { offset: page * OVERLAY_PAGE, bytes: this.pages.get(page) as Uint8Array };
    }
  }

  /** Its state for a snapshot: page numbers and pages, in ascending order. */
  save(): SavedState {
    const numbers = [...this.pages.keys()].sort((a, b) => a - b);
    const bytes = new Uint8Array(numbers.length * OVERLAY_PAGE);
    numbers.forEach((n, i) => bytes.set(this.pages.get(n) as Uint8Array, i * OVERLAY_PAGE));
    return { overlay: { size: this.size, numbers: Float64Array.from(numbers), bytes } };
  }

  /** What in `saved` does not fit this disk, or ''. */
  mismatch(saved: SavedState): string {
    const cells = saved['overlay'];
    if (cells === undefined) return 'no overlay';
    const { size, numbers, bytes } = cells;
    if (size !== this.size) return `a disk of ${String(size)} bytes, this one has ${this.size}`;
    if (
      !(numbers instanceof Float64Array) ||
      !(bytes instanceof Uint8Array) ||
      bytes.length !== numbers.length * OVERLAY_PAGE
    )
      return 'an overlay of another shape';
    if (
      numbers.some(
        (n, i) => !Number.isInteger(n) || n < 0 || n * OVERLAY_PAGE >= this.size || (i > 0 && n <= numbers[i - 1]),
      )
    )
      return 'pages outside the disk';
    return '';
  }

  /** Replaces the overlay; throws, and changes nothing, if `saved` does not fit. */
  load(saved: SavedState): void {
    const wrong = this.mismatch(saved);
    if (wrong !== '') throw new Error(`the snapshot's disk does not fit: ${wrong}`);
    const { numbers, bytes } = saved['overlay'] as { numbers: Float64Array; bytes: Uint8Array };
    this.pages.clear();
    numbers.forEach((n, i) => {
      const length = Math.min(OVERLAY_PAGE, this.size - n * OVERLAY_PAGE);
      this.pages.set(n, bytes.slice(i * OVERLAY_PAGE, i * OVERLAY_PAGE + length));
    });
  }

  private check(offset: number, length: number): void {
    if (!(offset >= 0 && length >= 0 && offset + length <= this.size))
      throw new Error(`disk ${this.name}: ${length} bytes at ${offset} are outside its ${this.size} bytes`);
  }
}
