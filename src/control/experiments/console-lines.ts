import type { Cells } from '../../sim/state.ts';

const KEPT_LINES = 400;
const LONGEST_LINE = 1024;

/** The lines that a guest wrote on its serial console: what a long boot says, bounded. */
export class ConsoleLines {
  private readonly lines: string[] = [];
  private current = '';
  /** Lines that begin with `nb: ` are for the host and are all kept. */
  private readonly marked: string[] = [];

  put(byte: number): void {
    if (byte === 0x0a) {
      this.lines.push(this.current);
      if (this.lines.length > KEPT_LINES) this.lines.shift();
      if (this.current.startsWith('nb: ') && this.marked.length < KEPT_LINES) this.marked.push(this.current);
      this.current = '';
    } else if (byte >= 0x20 && byte < 0x7f && this.current.length < LONGEST_LINE) {
      this.current += String.fromCharCode(byte);
    }
  }

  /** The rest of the last line for the host that begins with `start`, or null. */
  after(start: string): string | null {
    return this.marked.findLast((l) => l.startsWith(start))?.slice(start.length) ?? null;
  }

  /** The rests of all lines for the host that begin with `start`, in order. */
  all(start: string): string[] {
    return this.marked.filter((l) => l.startsWith(start)).map((l) => l.slice(start.length));
  }

  /** The number behind `start` in the last line for the host that begins with it, or null. */
  number(start: string): number | null {
    const text = this.after(start)?.trim() ?? '';
    return /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : null;
  }

  /**
   * The lines between `nb: begin NAME` and `nb: end NAME`, the last time that they stand there;
   * null if they do not, or not among the last 400 lines.
   */
  section(name: string): string[] | null {
    const from = this.lines.lastIndexOf(`nb: begin ${name}`), to = this.lines.lastIndexOf(`nb: end ${name}`);
    return from < 0 || to < from ? null : this.lines.slice(from + 1, to);
  }

  /** All of it, as cells. */
  save(): Cells {
    return { lines: joined(this.lines), marked: joined(this.marked), current: this.current };
  }

  /** Goes back to what `save` gave. */
  load({ lines, marked, current }: Cells): void {
    this.lines.splice(0, Infinity, ...parted(String(lines)));
    this.marked.splice(0, Infinity, ...parted(String(marked)));
    this.current = String(current);
  }

  /** The last lines that are not empty. */
  last(n = 8): string[] {
    return [...this.lines, this.current].filter((l) => l.trim() !== '').slice(-n);
  }
}

/** A line feed behind each. */
function joined(lines: readonly string[]): string {
  return lines.map((l) => `${l}\n`).join('');
}

function parted(text: string): string[] {
  return text.split('\n').slice(0, -1);
}
