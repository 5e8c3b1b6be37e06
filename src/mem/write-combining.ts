import type { Simulation } from '../sim/component.ts';
import type { Ticks } from '../sim/time.ts';
import type { AddressSpace } from './address-space.ts';
import { MEMORY_TYPE, Transaction } from './transaction.ts';

/** Size and number of a processor's write-combining buffers. */
export interface WriteCombiningOptions {
  /**
   * Buffers (default 4). The manuals say "several"; 4 is the usual figure for the P6, unverified.
   */
  buffers?: number;
  /**
   * Bytes of a buffer, 32 or 64 (default 32). SDM vol. 3A (253668-032), 11.3.1: 32 in the P6
   * family, 64 from the Pentium 4 on.
   */
  lineBytes?: 32 | 64;
}

/**
 * Bytes that a partly filled buffer sends at a time (SDM vol. 3A, 11.3.1: a chunk), so that it
 * leaves in 4 transactions at most if it has 32 bytes, in 8 if it has 64.
 */
const CHUNK = 8;
/** No line is in the buffer. */
const NONE = -1;
/** Four bytes of `valid`. */
const ALL_VALID = 0x01010101;
/** Doublewords that are lent at a time. */
const LENT = 8;

/**
 * Write-combining buffers of a processor (SDM vol. 3A, 11.3.1): stores to WC memory merge in lines;
 * a full line leaves as one burst, a partly filled one in chunks of 8 bytes. Lines leave when
 * they are full, when another line needs the buffer, and when `drain` says so. A line that leaves
 * is posted: it takes the bus, and its buffer is taken until the bus has it; the processor waits
 * only if it needs that buffer, or in `drain`. Bytes reach the target when the line leaves, as
 * those of any other access do. All state is in `cells`.
 */
export class WriteCombiningBuffers {
  /** Declared by the processor. */
  readonly cells: {
    /** Address of the line in each buffer, or -1. */
    lines: Float64Array;
    /** One byte for each byte of the lines: 1 = written. */
    valid: Uint8Array;
    data: Uint8Array;
    /** Bytes written in each line. */
    count: Uint8Array;
    /** The bus has each buffer's last line at this time (ticks). */
    until: Float64Array;
    /** Which buffer was begun when. */
    order: Float64Array;
    begun: number;
    /** Buffers that hold a line. */
    filled: number;
    /** Something was stored since the last `drain`. */
    pending: boolean;
  };
  private readonly space: AddressSpace;
  private readonly sim: Simulation;
  /** Of the lines that leave. */
  private readonly tx: Transaction;
  private readonly size: number;
  /** Of `cells`. */
  private readonly lines: Float64Array;
  private readonly count: Uint8Array;
  /** `valid` and `data` by four bytes. */
  private readonly validWords: Int32Array;
  private readonly dataWords: Int32Array;
  /** The buffer that was stored to last: most stores go there. A hint, no state. */
  private recent = 0;
  /** First word of what is lent. No state, as nothing is lent between two accesses. */
  private lentAt = 0;

  constructor(initiator: string, sim: Simulation, space: AddressSpace, options: WriteCombiningOptions = {}) {
    const n = options.buffers ?? 4;
    this.size = options.lineBytes ?? 32;
    this.sim = sim;
    this.space = space;
    this.tx = new Transaction(initiator);
    this.tx.memoryType = MEMORY_TYPE.WC;
    this.cells = {
      lines: new Float64Array(n).fill(NONE),
      valid: new Uint8Array(n * this.size),
      data: new Uint8Array(n * this.size),
      count: new Uint8Array(n),
      until: new Float64Array(n),
      order: new Float64Array(n),
      begun: 0,
      filled: 0,
      pending: false,
    };
    this.lines = this.cells.lines;
    this.count = this.cells.count;
    this.validWords = new Int32Array(this.cells.valid.buffer);
    this.dataWords = new Int32Array(this.cells.data.buffer);
  }

  /** A line waits in a buffer, or may still be on its way to the bus. */
  get pending(): boolean {
    return this.cells.pending;
  }

  /**
   * A store to a line that has a buffer and does not become full by it: nothing but the buffer
   * changes, and no time matters. False if it is none; then nothing has changed. Address and value
   * may be signed.
   */
  merged(address: number, size: number, value: number): boolean {
    const bytes = this.size, within = address & (bytes - 1), line = (address - within) >>> 0;
    if (this.lines[this.recent] !== line && this.bufferOf(line) < 0) return false;
    const n = this.recent, at = n * bytes + within;
    if (within + size > bytes) return false;
    const count = this.count[n] + this.missing(at, size);
    if (count === bytes) return false;
    this.count[n] = count;
    this.put(at, size, value);
    return true;
  }

  /**
   * For who stores to the line of the last store by himself: copies the 32 bytes at `address` of it
   * to `to`; returns which doublewords of these are not stored to as a whole, a bit each, or 0 if
   * the line has left. Until `takeBack` nobody else may come. The address may be signed.
   */
  lend(address: number, to: Int32Array, at: number): number {
    if (this.lines[this.recent] !== (address & -this.size) >>> 0) return 0;
    const first = this.lentAt = (this.recent * this.size + (address & (this.size - 1))) >> 2;
    let free = 0;
    for (let k = 0; k < LENT; k++) {
      if (this.validWords[first + k] === ALL_VALID) to[at + k] = this.dataWords[first + k];
      else free |= 1 << k;
    }
    return free;
  }

  /** What was lent comes back; doublewords that are not in `free` were stored to as a whole. */
  takeBack(from: Int32Array, at: number, free: number): void {
    const n = this.recent, first = this.lentAt;
    for (let k = 0; k < LENT; k++) {
      if (((free >> k) & 1) !== 0) continue;
      this.count[n] += this.missing(4 * (first + k), 4);
      this.validWords[first + k] = ALL_VALID;
      this.dataWords[first + k] = from[at + k];
    }
  }

  /** The buffer of a line, `recent` from now on, or -1. */
  private bufferOf(line: number): number {
    const { lines } = this.cells;
    for (let n = 0; n < lines.length; n++) if (lines[n] === line) return (this.recent = n);
    return -1;
  }

  private put(at: number, size: number, value: number): void {
    if (size === 4 && (at & 3) === 0) {
      this.validWords[at >> 2] = ALL_VALID;
      this.dataWords[at >> 2] = value;
      return;
    }
    const { valid, data } = this.cells;
    for (let k = 0; k < size; k++) {
      valid[at + k] = 1;
      data[at + k] = value >>> (8 * k);
    }
  }

  /** How many of these bytes have not been stored to. */
  private missing(at: number, size: number): number {
    if (size === 4 && (at & 3) === 0) {
      const word = this.validWords[at >> 2];
      if (word === 0) return 4;
      if (word === ALL_VALID) return 0;
    }
    const { valid } = this.cells;
    let n = 0;
    for (let k = 0; k < size; k++) n += 1 - valid[at + k];
    return n;
  }

  /**
   * A store of 1 to 4 bytes, by `tx`, of the processor; `tx.ticks` is set to what it waits for a
   * buffer.
   */
  write(address: number, size: number, value: number, tx: Transaction): void {
    tx.ticks = 0;
    this.cells.pending = true;
    const within = address & (this.size - 1);
    if (within + size <= this.size) {
      this.merge(address - within, within, size, value, tx);
      return;
    }
    for (let k = 0; k < size; k++) {
      const at = (address + k) % this.space.end, low = at & (this.size - 1);
      this.merge(at - low, low, 1, (value >>> (8 * k)) & 0xff, tx);
    }
  }

  /** All lines leave, the oldest first; `tx.ticks` is set to the time until the bus has them. */
  drain(tx: Transaction): void {
    const c = this.cells, now = this.sim.scheduler.now;
    tx.ticks = 0;
    c.pending = false;
    while (c.filled > 0) this.leave(this.oldest(), tx);
    for (const until of c.until) if (until - now > tx.ticks) tx.ticks = until - now;
  }

  /** The line that holds `address` leaves: a load from it must see what was stored. */
  expose(address: number, size: number, tx: Transaction): void {
    tx.ticks = 0;
    const first = address - (address & (this.size - 1));
    const last = address + size - 1;
    for (let n = 0; n < this.cells.lines.length; n++) {
      const line = this.cells.lines[n];
      if (line === first || line === last - (last & (this.size - 1))) this.leave(n, tx);
    }
  }

  private merge(line: number, within: number, size: number, value: number, tx: Transaction): void {
    const c = this.cells;
    let n = this.bufferOf(line);
    if (n < 0) {
      n = this.free(tx);
      c.lines[n] = line;
      c.order[n] = c.begun++;
      c.filled++;
    }
    this.recent = n;
    const base = n * this.size + within;
    c.count[n] += this.missing(base, size);
    this.put(base, size, value);
    if (c.count[n] === this.size) this.leave(n, tx);
  }

  /** An empty buffer whose last line is gone; what that takes is added to `tx.ticks`. */
  private free(tx: Transaction): number {
    const c = this.cells, now = this.sim.scheduler.now + tx.ticks;
    if (c.filled === c.lines.length) this.leave(this.oldest(), tx);
    let best = -1;
    for (let n = 0; n < c.lines.length; n++)
      if (c.lines[n] === NONE && (best < 0 || c.until[n] < c.until[best])) best = n;
    if (c.until[best] > now) tx.ticks += c.until[best] - now;
    return best;
  }

  private oldest(): number {
    const c = this.cells;
    let best = -1;
    for (let n = 0; n < c.lines.length; n++)
      if (c.lines[n] !== NONE && (best < 0 || c.order[n] < c.order[best])) best = n;
    return best;
  }

  private leave(n: number, by: Transaction): void {
    const c = this.cells, base = n * this.size, line = c.lines[n];
    this.tx.pc = by.pc;
    this.tx.privileged = by.privileged;
    const now = this.sim.scheduler.now + by.ticks;
    c.until[n] = now;
    if (c.count[n] === this.size) {
      this.move(line, base, this.size, now, this.take(n, line, this.size, now));
    } else {
      for (let chunk = 0; chunk < this.size; chunk += CHUNK) this.sendChunk(n, line, base, chunk, now);
    }
    for (let word = base >> 2; word < (base + this.size) >> 2; word++) this.validWords[word] = 0;
    c.count[n] = 0;
    c.lines[n] = NONE;
    c.filled--;
  }

  /** The written bytes of one chunk: one transaction, whose byte enables leave out the others. */
  private sendChunk(n: number, line: number, base: number, chunk: number, now: Ticks): void {
    const valid = this.cells.valid;
    let first = chunk, stop = chunk + CHUNK;
    while (first < stop && valid[base + first] === 0) first++;
    if (first === stop) return;
    while (valid[base + stop - 1] === 0) stop--;
    // A data phase for each doubleword that it touches.
    const end = this.take(n, line + first, ((stop + 3) & ~3) - (first & ~3), now);
    for (let k = first, start = now; k < stop; start = end) {
      let next = k;
      while (next < stop && valid[base + next] === 1) next++;
      this.move(line + k, base + k, next - k, start, end);
      k = next;
      while (k < stop && valid[base + k] === 0) k++;
    }
  }

  /** Takes the bus at `address` for so many bytes; returns when it is over. */
  private take(n: number, address: number, bytes: number, now: Ticks): Ticks {
    const region = this.space.find(address);
    const bus = region?.bus ?? null, latency = region?.latency ?? 0;
    const end = bus === null ? now + latency : bus.take(now, bytes, latency);
    if (end > this.cells.until[n]) this.cells.until[n] = end;
    return end;
  }

  private move(address: number, at: number, bytes: number, start: Ticks, end: Ticks): void {
    const { space, tx } = this;
    if (this.sim.trace.enabled) space.burstTraced(address, this.cells.data, at, bytes, true, start, end, tx);
    else space.burst(address, this.cells.data, at, bytes, true, tx);
  }
}
