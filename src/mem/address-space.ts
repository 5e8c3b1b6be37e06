import { allOnes } from '../bits/field.ts';
import type { Simulation } from '../sim/component.ts';
import type { Scheduler } from '../sim/scheduler.ts';
import type { Ticks } from '../sim/time.ts';
import type { Trace } from '../sim/trace.ts';
import { AccessTracer } from './access-tracer.ts';
import { inBeats } from './beats.ts';
import { flatten, NOWHERE, rangeOf, type Range } from './flat-view.ts';
import type { PostedWrites } from './posted-writes.ts';
import { Ram } from './ram.ts';
import { Region, type RegionOptions } from './region.ts';
import { storeBytes } from './store-bytes.ts';
import { STATUS, type Target, type Transaction } from './transaction.ts';

/** Constants of this module's own go into machine code, imported ones are looked up. */
const OK = STATUS.OK;

/** Spaces of so few address bits know the range of each address. */
const TABLE_BITS = 16;

/**
 * An address space: regions in priority order, flattened into disjoint ranges. Accesses are split
 * at range borders and at natural alignment, carry who asked, take time, and end in a status.
 * Nothing is allocated on the way.
 */
export class AddressSpace {
  readonly name: string;
  /** Number of address bits. */
  readonly bits: number;
  /** 2^bits: nothing decodes addresses from here on. Computed once: a power takes 60 ns. */
  readonly end: number;
  /** Called when the map changes (the processor drops its translations). */
  onChange: () => void = () => {};
  /** Where a processor's accesses meet those that a bridge has posted; null: it posts none. */
  posting: PostedWrites | null = null;
  /** Writes to the posting bridge's bus are posted here: memory, not I/O. */
  posts = false;
  private readonly scheduler: Scheduler;
  private readonly trace: Trace;
  private readonly regions: Region[] = [];
  private starts = new Float64Array(0);
  private ends = new Float64Array(0);
  private flat: Range[] = [];
  /** The range of the last access: most come to the one before. */
  private current: Range = NOWHERE;
  private stale = true;
  private last = 0;
  /** In a small space: index of the flat range that holds an address, or -1. */
  private readonly table: Int16Array | null;
  private readonly tracer: AccessTracer;

  constructor(name: string, bits: number, sim: Simulation) {
    this.name = name;
    this.bits = bits;
    this.end = 2 ** bits;
    this.scheduler = sim.scheduler;
    this.trace = sim.trace;
    this.table = bits <= TABLE_BITS ? new Int16Array(this.end) : null;
    this.tracer = new AccessTracer(name, sim);
  }

  /** Maps `size` bytes at `base`. Ranges past the end of the space are an error of the board. */
  map(base: number, size: number, target: Target, options: RegionOptions = {}): Region {
    if (!(size > 0) || base < 0 || base + size > this.end)
      throw new Error(
        `${this.name}: region ${target.name} at ${base.toString(16)} + ${size.toString(16)} is outside ` +
          `the ${this.bits}-bit space`,
      );
    if (target instanceof Ram && (options.offset ?? 0) + size > target.bytes.length)
      throw new Error(
        `${this.name}: region ${target.name} takes ${size} bytes and has ${target.bytes.length}`,
      );
    const region = new Region(this, base, size, target, options, this.regions.length);
    this.regions.push(region);
    this.changed();
    return region;
  }

  /** @internal a region moved */
  changed(): void {
    this.stale = true;
    this.current = NOWHERE;
    this.onChange();
  }

  /** The regions as mapped, for the memory map. */
  get mapped(): readonly Region[] {
    return this.regions;
  }

  /** The region that decodes an address, or null. */
  find(address: number): Region | null {
    const i = this.index(address);
    return i < 0 ? null : this.flat[i].region;
  }

  /**
   * If `bytes` bytes at `address` are plain RAM: the RAM; then `ramOffset` is the offset in it.
   * Otherwise null.
   */
  ramAt(address: number, bytes: number): Ram | null {
    const i = this.index(address);
    if (i < 0) return null;
    const { target, delta, end } = this.flat[i];
    if (!(target instanceof Ram) || address + bytes > end) return null;
    this.ramOffset = (address + delta) >>> 0;
    return target;
  }
  /** Result of `ramAt`. */
  ramOffset = 0;

  /** Reads 1, 2 or 4 bytes, little endian, unsigned. Undecoded bytes read as ones. */
  read(address: number, size: number, tx: Transaction): number {
    tx.ticks = 0;
    tx.status = OK;
    const last = this.current;
    const range = address >= last.start && address + size <= last.end ? last : this.whole(address, size);
    const target = range.target;
    if (target === null || (address & (size - 1)) !== 0) return this.readOdd(address, size, tx);
    if (this.trace.enabled && !tx.debug) return this.readTraced(range, target, address, size, tx);
    return this.readTarget(range, target, address, size, tx);
  }

  private readTarget(range: Range, target: Target, address: number, size: number, tx: Transaction): number {
    const guard = range.guard;
    if (guard !== null) {
      if (guard.engaged) return this.refuse(range, address, size, false, 0, tx);
      guard.engaged = true;
    }
    if (!tx.debug) this.spend(range, size, tx);
    const value = target.read((address + range.delta) >>> 0, size, tx);
    if (guard !== null) guard.engaged = false;
    return value;
  }

  /** The access is the cause of what the target does. */
  private readTraced(range: Range, target: Target, address: number, size: number, tx: Transaction): number {
    const before = this.trace.cause;
    const id = this.trace.open(this.scheduler.now);
    const value = this.readTarget(range, target, address, size, tx);
    this.tracer.close(id, before, range.traced, address, size, false, value, tx);
    return value;
  }

  /** Writes 1, 2 or 4 bytes, little endian. */
  write(address: number, size: number, value: number, tx: Transaction): void {
    tx.ticks = 0;
    tx.status = OK;
    const last = this.current;
    const range = address >= last.start && address + size <= last.end ? last : this.whole(address, size);
    if (range.target === null || (address & (size - 1)) !== 0) {
      this.writeOdd(address, size, value, tx);
      return;
    }
    if (this.trace.enabled && !tx.debug) this.writeTraced(range, range.target, address, size, value, tx);
    else this.writeTarget(range, range.target, address, size, value, tx);
  }

  private writeTarget(
    range: Range, target: Target, address: number, size: number, value: number, tx: Transaction,
  ): void {
    const guard = range.guard;
    if (guard !== null) {
      if (guard.engaged) {
        this.refuse(range, address, size, true, value, tx);
        return;
      }
      guard.engaged = true;
    }
    if (this.posting !== null && this.posts && range.bus === this.posting.bus && !tx.busMaster && !tx.debug)
      this.posting.post(this.scheduler, tx, range.times, address, size);
    else if (!tx.debug) this.spend(range, size, tx);
    target.write((address + range.delta) >>> 0, size, value, tx);
    if (guard !== null) guard.engaged = false;
  }

  private writeTraced(
    range: Range, target: Target, address: number, size: number, value: number, tx: Transaction,
  ): void {
    const before = this.trace.cause;
    const id = this.trace.open(this.scheduler.now);
    this.writeTarget(range, target, address, size, value, tx);
    this.tracer.close(id, before, range.traced, address, size, true, value, tx);
  }

  /**
   * Moves a burst between the space and `buffer` (a device's DMA, a drained write-combining
   * buffer): RAM in bulk, other targets by their `block` or in beats of up to 4 bytes. Time and the
   * record in the trace are the caller's affair. The status is the worst of the parts; where
   * nothing decodes or the target refuses, reads give ones.
   */
  burst(address: number, buffer: Uint8Array, offset: number, length: number, write: boolean, tx: Transaction): void {
    tx.ticks = 0;
    tx.status = OK;
    const ram = this.ramAt(address, length);
    if (ram !== null) {
      const at = this.ramOffset;
      if (this.trace.ramTally !== null) this.trace.ramTally.device(address, length, write);
      if (write) {
        if (!ram.readOnly) {
          ram.onWrite(at, length);
          storeBytes(ram.bytes, ram.view, at, buffer, offset, length);
        }
      } else {
        buffer.set(ram.bytes.subarray(at, at + length), offset);
      }
      return;
    }
    let worst: number = STATUS.OK;
    for (let done = 0; done < length;) {
      const a = address + done;
      const i = this.index(a);
      // Up to the end of what decodes here, or to the next 4-byte boundary where nothing does.
      const end = i >= 0 ? this.flat[i].end : a < this.end ? a + 4 - (a & 3) : Infinity;
      const n = Math.min(length - done, end - a);
      tx.status = OK;
      if (i >= 0) this.burstInto(this.flat[i], a, buffer, offset + done, n, write, tx);
      else tx.status = STATUS.DECODE_ERROR;
      if (tx.status !== STATUS.OK && !write) buffer.fill(0xff, offset + done, offset + done + n);
      if (tx.status > worst) worst = tx.status;
      done += n;
    }
    tx.ticks = 0;
    tx.status = worst;
  }

  /** The part of a burst that one region decodes. */
  private burstInto(
    range: Range, address: number, buffer: Uint8Array, at: number, length: number, write: boolean, tx: Transaction,
  ): void {
    const { guard, target } = range;
    if (target === null) return;
    if (guard !== null) {
      if (guard.engaged) {
        this.noteReentry(range, address, tx);
        return;
      }
      guard.engaged = true;
    }
    const first = (address + range.delta) >>> 0;
    if (target.block !== undefined) target.block(first, buffer, at, length, write, tx);
    else inBeats(target, first, buffer, at, length, write, tx);
    if (guard !== null) guard.engaged = false;
  }

  /**
   * A burst that moves its bytes now, as one record from `start` to `end`, which is the cause of
   * what it does.
   */
  burstTraced(
    address: number, buffer: Uint8Array, offset: number, length: number, write: boolean, start: Ticks, end: Ticks,
    tx: Transaction,
  ): void {
    const before = this.trace.cause;
    const id = this.trace.open(start);
    this.burst(address, buffer, offset, length, write, tx);
    const i = this.index(address);
    tx.ticks = end - start;
    this.tracer.close(id, before, i < 0 ? null : this.flat[i].traced, address, length, write, -1, tx);
  }

  /**
   * Ends a record that the initiator opened itself, because more belongs to the access than what
   * happens in this space; `tx` has its ticks and status.
   */
  closeRecord(
    id: number, cause: number, address: number, size: number, write: boolean, value: number, tx: Transaction,
  ): void {
    const i = this.index(address);
    this.tracer.close(id, cause, i < 0 ? null : this.flat[i].traced, address, size, write, value, tx);
  }

  /**
   * Records an access to RAM that was made past this space, at a time, without duration. For a
   * processor whose accesses to RAM are traced.
   */
  recordAccess(address: number, size: number, write: boolean, value: number, time: Ticks, tx: Transaction): void {
    const i = this.index(address);
    const before = this.trace.cause;
    const id = this.trace.open(time);
    tx.ticks = 0;
    tx.status = OK;
    this.tracer.close(id, before, i < 0 ? null : this.flat[i].traced, address, size, write, value, tx);
  }

  private spend(range: Range, size: number, tx: Transaction): void {
    if (range.bus === null) {
      tx.ticks = range.times[size];
      return;
    }
    const { posting } = this;
    const wait = posting === null || tx.busMaster ? 0 : posting.push(this.scheduler.now);
    range.bus.access(this.scheduler, tx, range.times, size, wait);
  }

  /** The range that holds all of an access, or NOWHERE. */
  private whole(address: number, size: number): Range {
    const i = this.index(address);
    if (i < 0 || address + size > this.flat[i].end) return NOWHERE;
    return (this.current = this.flat[i]);
  }

  /** A read that no region takes whole. */
  private readOdd(address: number, size: number, tx: Transaction): number {
    if ((size > 1 && (address & (size - 1)) !== 0) || this.index(address) >= 0)
      return this.readSplit(address, size, tx);
    tx.status = STATUS.DECODE_ERROR;
    const ones = allOnes(size);
    if (this.trace.enabled && !tx.debug) this.tracer.point(address, size, false, ones, tx);
    return ones;
  }

  private writeOdd(address: number, size: number, value: number, tx: Transaction): void {
    if ((size > 1 && (address & (size - 1)) !== 0) || this.index(address) >= 0) {
      this.writeSplit(address, size, value, tx);
      return;
    }
    tx.status = STATUS.DECODE_ERROR;
    if (this.trace.enabled && !tx.debug) this.tracer.point(address, size, true, value, tx);
  }

  private refuse(range: Range, address: number, size: number, write: boolean, value: number, tx: Transaction): number {
    this.noteReentry(range, address, tx);
    return write ? value : allOnes(size);
  }

  private noteReentry(range: Range, address: number, tx: Transaction): void {
    tx.status = STATUS.TARGET_ERROR;
    this.trace.note(
      this.scheduler.now, nameOf(range), 'reentrant',
      `${tx.initiator} accessed ${this.name} address 0x${address.toString(16)} while ` +
        `${range.target?.name} was engaged; refused`,
    );
  }

  private readSplit(address: number, size: number, tx: Transaction): number {
    let value = 0,
      ticks = 0,
      status: number = STATUS.OK;
    for (let k = 0; k < size; k++) {
      value |= this.read(address + k, 1, tx) << (8 * k);
      ticks += tx.ticks;
      if (tx.status > status) status = tx.status;
    }
    tx.ticks = ticks;
    tx.status = status;
    return value >>> 0;
  }

  private writeSplit(address: number, size: number, value: number, tx: Transaction): void {
    let ticks = 0,
      status: number = STATUS.OK;
    for (let k = 0; k < size; k++) {
      this.write(address + k, 1, (value >>> (8 * k)) & 0xff, tx);
      ticks += tx.ticks;
      if (tx.status > status) status = tx.status;
    }
    tx.ticks = ticks;
    tx.status = status;
  }

  /** Index of the flat range that holds `address`, or -1. */
  private index(address: number): number {
    if (this.stale) this.rebuild();
    const table = this.table;
    if (table !== null) return address < table.length ? table[address] : -1;
    const last = this.last;
    // Beyond the end of an empty map both are undefined, and the comparisons false.
    return address >= this.starts[last] && address < this.ends[last] ? last : this.search(address);
  }

  private search(address: number): number {
    const starts = this.starts,
      ends = this.ends;
    let lo = 0,
      hi = starts.length - 1;
    while (lo <= hi) {
      const mid = (lo + hi) >> 1;
      if (address < starts[mid]) hi = mid - 1;
      else if (address >= ends[mid]) lo = mid + 1;
      else return (this.last = mid);
    }
    return -1;
  }

  private rebuild(): void {
    const ranges = flatten(this.regions);
    this.starts = Float64Array.from(ranges, (r) => r.start);
    this.ends = Float64Array.from(ranges, (r) => r.end);
    this.flat = ranges.map(({ start, end, region }) => rangeOf(start, end, region, this.tracer.target(region.name)));
    this.current = NOWHERE;
    this.last = 0;
    if (this.table !== null) {
      this.table.fill(-1);
      for (const [i, { start, end }] of ranges.entries()) this.table.fill(i, start, end);
    }
    this.stale = false;
  }
}

function nameOf(range: Range): string {
  return range.region === null ? 'none' : range.region.name;
}
