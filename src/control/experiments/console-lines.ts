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

  /** The last lines that are not empty. */
  last(n = 8): string[] {
    return [...this.lines, this.current].filter((l) => l.trim() !== '').slice(-n);
  }
}
