import type { Transaction } from '../../mem/transaction.ts';
import { LoadError } from '../loader/load-error.ts';

/** Configuration space as firmware reaches it: device, function, register, bytes. */
export interface PciConfigAccess {
  readConfig(device: number, fn: number, register: number, size: number, tx: Transaction): number;
  writeConfig(device: number, fn: number, register: number, size: number, value: number, tx: Transaction): void;
}

/** A base address register, sized. */
export interface PciBar {
  /** Offset in configuration space; of the lower half of a 64-bit one. */
  readonly register: number;
  readonly kind: 'io' | 'memory' | 'rom';
  /** Bytes, a power of two. */
  readonly size: number;
  /** A 64-bit register: its upper half is at `register` + 4. */
  readonly wide: boolean;
}

/** A function that answers on bus 0. */
export interface PciFound {
  readonly device: number;
  readonly fn: number;
  /** Vendor in 15:0, device in 31:16. */
  readonly id: number;
  /** Base class, subclass, programming interface: 24 bits. */
  readonly classCode: number;
  /** 1-4: INTA#-INTD#, 0 none. */
  readonly pin: number;
  readonly bars: readonly PciBar[];
}

/** Addresses from `base` up to `end`, which is not one of them. */
export interface PciWindow {
  readonly base: number;
  readonly end: number;
}

/** Configuration header, type 00h (PCI 2.2 §6.1). */
const ID = 0x00, COMMAND = 0x04, CLASS = 0x08, HEADER_TYPE = 0x0e, BAR0 = 0x10, BAR_END = 0x28, ROM = 0x30;
const INTERRUPT_PIN = 0x3d;
const MULTIFUNCTION = 0x80, LAYOUT = 0x7f, NOBODY = 0xffff;
const COMMAND_IO = 1, COMMAND_MEMORY = 2;
const DEVICES = 32, FUNCTIONS = 8;

/**
 * Every function of bus 0, in order, with its base address registers sized. Functions above 0 are
 * looked for where function 0 says that there are some.
 */
export function scanPci(access: PciConfigAccess, tx: Transaction): PciFound[] {
  const found: PciFound[] = [];
  for (let device = 0; device < DEVICES; device++) {
    const read = (fn: number, register: number, size: number): number =>
      access.readConfig(device, fn, register, size, tx);
    if ((read(0, ID, 4) & NOBODY) === NOBODY) continue;
    const functions = (read(0, HEADER_TYPE, 1) & MULTIFUNCTION) !== 0 ? FUNCTIONS : 1;
    for (let fn = 0; fn < functions; fn++) {
      const id = read(fn, ID, 4);
      if ((id & NOBODY) === NOBODY) continue;
      found.push({
        device, fn, id,
        classCode: read(fn, CLASS, 4) >>> 8,
        pin: read(fn, INTERRUPT_PIN, 1),
        bars: (read(fn, HEADER_TYPE, 1) & LAYOUT) === 0 ? sizeBars(access, device, fn, tx) : [],
      });
    }
  }
  return found;
}

/**
 * Sizes registers by writing ones (PCI 2.2 §6.2.5.1), with decoding off meanwhile. What the
 * registers held is restored.
 */
function sizeBars(access: PciConfigAccess, device: number, fn: number, tx: Transaction): PciBar[] {
  const read = (register: number, size: number): number => access.readConfig(device, fn, register, size, tx);
  const write = (register: number, size: number, value: number): void =>
    access.writeConfig(device, fn, register, size, value, tx);
  const probe = (register: number, ones: number): number => {
    const before = read(register, 4);
    write(register, 4, ones);
    const answer = read(register, 4);
    write(register, 4, before);
    return answer;
  };
  const command = read(COMMAND, 2);
  write(COMMAND, 2, command & ~(COMMAND_IO | COMMAND_MEMORY));
  const bars: PciBar[] = [];
  for (let register = BAR0; register < BAR_END; register += 4) {
    const answer = probe(register, 0xffffffff);
    const io = (answer & 1) !== 0, wide = !io && (answer & 6) === 4;
    const low = lowestBit(answer & (io ? ~3 : ~15));
    // From 4 GiB on all address bits are in the upper half.
    const size = wide && low === 0 ? lowestBit(probe(register + 4, 0xffffffff)) * 2 ** 32 : low;
    if (size !== 0) bars.push({ register, kind: io ? 'io' : 'memory', size, wide });
    if (wide) register += 4;
  }
  const rom = lowestBit(probe(ROM, 0xfffff800) & ~0x7ff);
  if (rom !== 0) bars.push({ register: ROM, kind: 'rom', size: rom, wide: false });
  write(COMMAND, 2, command);
  return bars;
}

function lowestBit(bits: number): number {
  return (bits & -bits) >>> 0;
}

/** Where ranges may go: the windows of each kind, the preferred one first. */
export interface PciWindows {
  readonly io: readonly PciWindow[];
  readonly memory: readonly PciWindow[];
}

/**
 * Gives every range an address, naturally aligned, and switches decoding on: I/O ranges in the
 * order of the functions, memory ranges the largest first. Expansion ROMs get an address and stay
 * off.
 * @throws LoadError if a range does not fit
 */
export function assignPci(
  access: PciConfigAccess, found: readonly PciFound[], windows: PciWindows, tx: Transaction,
): void {
  const ranges = found.flatMap((f) => f.bars.map((bar) => ({ f, bar })));
  const memory = ranges.filter(({ bar }) => bar.kind !== 'io').sort((a, b) => b.bar.size - a.bar.size);
  const places = [
    ...fit(ranges.filter(({ bar }) => bar.kind === 'io'), windows.io),
    ...fit(memory, windows.memory),
  ];
  for (const { f, bar, base } of places) {
    access.writeConfig(f.device, f.fn, bar.register, 4, base, tx);
    if (bar.wide) access.writeConfig(f.device, f.fn, bar.register + 4, 4, 0, tx);
  }
  for (const f of found) {
    const enables =
      (f.bars.some((b) => b.kind === 'io') ? COMMAND_IO : 0) |
      (f.bars.some((b) => b.kind === 'memory') ? COMMAND_MEMORY : 0);
    if (enables === 0) continue;
    const command = access.readConfig(f.device, f.fn, COMMAND, 2, tx);
    access.writeConfig(f.device, f.fn, COMMAND, 2, command | enables, tx);
  }
}

interface Range {
  readonly f: PciFound;
  readonly bar: PciBar;
}

/** Each range at the lowest free address, in the first window that holds them all. */
function fit(ranges: readonly Range[], windows: readonly PciWindow[]): (Range & { base: number })[] {
  let failed: Range | undefined;
  for (const window of windows) {
    const free = [{ ...window }];
    const places: (Range & { base: number })[] = [];
    for (const range of ranges) {
      const base = take(free, range.bar.size);
      if (base < 0) break;
      places.push({ ...range, base });
    }
    if (places.length === ranges.length) return places;
    failed = ranges[places.length];
  }
  if (failed === undefined) return [];
  const { f, bar } = failed;
  const kind = bar.kind === 'io' ? 'I/O space' : 'the memory space below 4 GiB';
  throw new LoadError(
    `PCI function ${f.device}.${f.fn}`, -1,
    `${kind} has no room for its range of 0x${bar.size.toString(16)} bytes (base address register at ` +
      `0x${bar.register.toString(16)})`,
  );
}

/** Takes a naturally aligned range out of the gaps; returns its base, or -1. */
function take(free: { base: number; end: number }[], size: number): number {
  for (const [i, gap] of free.entries()) {
    const base = Math.ceil(gap.base / size) * size;
    if (base + size > gap.end) continue;
    free.splice(i, 1, { base: gap.base, end: base }, { base: base + size, end: gap.end });
    return base;
  }
  return -1;
}
