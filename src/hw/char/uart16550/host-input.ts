/** Characters that the host has sent and the line has not carried yet. */
export class HostInput {
  /** A break instead of a character. */
  static readonly BREAK = 0x100;
  readonly state = { entries: new Uint16Array(4096), head: 0, count: 0 };

  get count(): number {
    return this.state.count;
  }

  /** Returns false if there is no room. */
  push(entry: number): boolean {
    const s = this.state;
    if (s.count === s.entries.length) return false;
    s.entries[(s.head + s.count) % s.entries.length] = entry;
    s.count++;
    return true;
  }

  /** The next entry; there must be one. */
  shift(): number {
    const s = this.state;
    const entry = s.entries[s.head];
    s.head = (s.head + 1) % s.entries.length;
    s.count--;
    return entry;
  }
}
