/**
 * Two processors with the same program, one under each engine, run side by side in portions:
 * whatever can be seen must be equal after each.
 */
import { Buffer } from 'node:buffer';
import { MAP, SEGMENT, STATE } from '../../src/ir/layout.ts';
import { CS, segmentCell } from '../../src/arch/x86/state.ts';
import { createGuestMemory } from '../../src/jit/guest-memory.ts';
import type { JitOptions } from '../../src/jit/compiler/jit-options.ts';
import { CYCLE, X86Bench } from '../benches/x86-bench.ts';
import { Lcg } from '../oracle/x86/lcg.ts';
import { assemble, type Assembled } from './assemble.ts';

/**
 * Prepares one of the two benches; `side` is 0 for the interpreter, 1 for the JIT. Must do the same
 * to both.
 */
export type Setup = (bench: X86Bench, side: number) => void;

export interface LockstepOptions {
  /** The run ends after so many instructions, or when the processor stops for good. */
  instructions: number;
  /** When what is compiled; by default each block by itself, at its second execution. */
  jit?: JitOptions;
  /** Chooses the portions. */
  seed?: number;
  /** Ticks between two interrupts at vector 20h; none by default. */
  timer?: number;
  /** An NMI comes with every eighth of them. */
  nmi?: boolean;
  /** Portions are drawn up to this number of instructions; 3000 by default. */
  longest?: number;
  /**
   * The JIT's processor alone is saved and restored after one portion in so many: nobody may see
   * it.
   */
  restore?: number;
  /** Each processor is given the state of the other after one portion in so many. */
  exchange?: number;
  /** Bytes of RAM; 4 MiB by default. */
  ram?: number;
  /** Go on when a device has stopped the run. */
  goOn?: boolean;
}

export interface LockstepResult {
  /** The interpreter's bench at the end, and the other. */
  readonly bench: X86Bench;
  readonly jit: X86Bench;
  readonly reason: string;
  /** Linear addresses at which a portion ended. */
  readonly stops: ReadonlySet<number>;
  /** Linear addresses at which an interrupt was taken. */
  readonly interrupted: ReadonlySet<number>;
}

/**
 * Ranges of the state's cells; between them lie cells of the running engine that mean nothing at an
 * instruction boundary.
 */
const CELLS: readonly [number, number][] = [
  [STATE.PC, STATE.IC], [STATE.TLB_BASE, STATE.MODE], [STATE.CC_RES, STATE.TEMP],
  [STATE.ISA, MAP.STATE_END],
];
const CS_BASE = (segmentCell(CS) + SEGMENT.BASE) >> 2;
/** RAM is compared each so many portions, and at the end. */
const RAM_EVERY = 32;

/** Puts a program at a physical address of a bench; returns its labels. */
export function place(
  bench: X86Bench, at: number,
  lines: readonly string[],
  symbols: Readonly<Record<string, number>> = {},
): Assembled['labels'] {
  const { bytes, labels } = assemble(at, lines, symbols);
  bench.ram.onWrite(at, bytes.length);
  bench.ram.bytes.set(bytes, at);
  return labels;
}

/** Runs both; throws at the first difference, and if nothing was compiled. */
export function lockstep(setup: Setup, options: LockstepOptions): LockstepResult {
  const { instructions, jit = {}, seed = 1, timer, nmi = false, longest = 3000, goOn = false, restore = 0 } = options;
  const { exchange = 0, ram = 4 << 20 } = options;
  const interrupted = new Set<number>();
  const [a, b] = (['interpreter', 'jit'] as const).map((execution, side) => {
    const policy = { hotThreshold: 2, group: 1, regroupThreshold: 50, ...jit };
    const bench = new X86Bench({ execution, jit: policy }, createGuestMemory(ram));
    setup(bench, side);
    if (timer !== undefined) {
      let ticks = 0;
      const tick = bench.scheduler.event('tick', () => {
        bench.intr.set(true);
        bench.nmi.set(nmi && ++ticks % 8 === 0);
        tick.after(timer);
      });
      tick.at(timer);
    }
    bench.cpu.architecture.connect({
      acknowledge: () => {
        bench.acknowledged++;
        bench.intr.set(false);
        if (side === 0) interrupted.add(linear(bench));
        return bench.vector;
      },
    });
    return bench;
  });
  const r = new Lcg(seed);
  const stops = new Set<number>();
  let reason = 'steps';
  for (let portion = 0; a.cpu.instructions < instructions; portion++) {
    const from = a.cpu.instructions, at = linear(a);
    const n = 1 + (r.oneIn(3) ? r.below(8) : r.oneIn(3) ? r.below(longest) : r.below(Math.min(longest, 200)));
    const cut = r.oneIn(2) ? Math.min(n, instructions - from) : 0;
    const until = a.cpu.now + n * CYCLE + r.below(CYCLE);
    const run = (bench: X86Bench): string => (cut > 0 ? bench.cpu.step(cut) : bench.cpu.run(until));
    reason = run(a);
    const other = run(b);
    stops.add(linear(a));
    const ended = reason !== 'steps' && reason !== 'until' && !(goOn && reason === 'requested');
    const done = ended || a.cpu.instructions >= instructions;
    const found =
      reason === other ? difference(a, b, done || portion % RAM_EVERY === 0) : `stopped: ${reason} | ${other}`;
    if (found !== '')
      throw new Error(
        `portion ${portion}, instructions ${from} to ${a.cpu.instructions}, from 0x${at.toString(16)}: ${found}`,
      );
    if (ended) break;
    if (exchange > 0 && portion % exchange === exchange - 1) {
      const saved = a.cpu.save();
      a.cpu.load(b.cpu.save());
      b.cpu.load(saved);
    }
    if (restore > 0 && portion % restore === restore - 1) b.cpu.load(b.cpu.save());
  }
  if ((b.cpu.codeStatistics.jit?.functionsCompiled ?? 0) === 0) throw new Error('nothing was compiled');
  return { bench: a, jit: b, reason, stops, interrupted };
}

/** Linear address of the next instruction. */
function linear(bench: X86Bench): number {
  const { words } = bench.cpu.architecture.x86;
  return (words[CS_BASE] + words[STATE.PC >> 2]) >>> 0;
}

/** What differs between two benches (interpreter | JIT), or ''. */
export function difference(a: X86Bench, b: X86Bench, ram = true): string {
  const found: string[] = [];
  const differ = (name: string, x: number, y: number): void => {
    if (x !== y) found.push(`${name} ${x} | ${y}`);
  };
  differ('instructions', a.cpu.instructions, b.cpu.instructions);
  differ('time', a.cpu.now, b.cpu.now);
  differ('scheduler', a.scheduler.now, b.scheduler.now);
  differ('halted ticks', a.cpu.haltedTicks, b.cpu.haltedTicks);
  differ('acknowledged', a.acknowledged, b.acknowledged);
  for (const name of ['portReads', 'portWrites', 'mmioReads', 'mmioWrites', 'interrupts', 'exceptions'] as const)
    differ(name, a.cpu.counters[name], b.cpu.counters[name]);
  const x = a.cpu.architecture.x86, y = b.cpu.architecture.x86;
  if (CELLS.some(([start, end]) => firstDifference(x.bytes.subarray(start, end), y.bytes.subarray(start, end)) >= 0))
    found.push(cells(a, b));
  for (const part of ['tags', 'frames', 'flags'] as const) {
    const at = firstDifference(x.mmu.kept[part], y.mmu.kept[part]);
    if (at >= 0) found.push(`TLB ${part} at byte ${at}`);
  }
  for (const part of ['codeTags', 'codeFrames'] as const) {
    const at = firstDifference(x.mmu[part], y.mmu[part]);
    if (at >= 0) found.push(`TLB ${part} at byte ${at}`);
  }
  if (ram) {
    const at = firstDifference(a.ram.bytes, b.ram.bytes);
    if (at >= 0) found.push(`RAM at 0x${at.toString(16)}: ${a.read8(at).toString(16)} | ${b.read8(at).toString(16)}`);
  }
  return found.join(', ');
}

/** Registers that differ, or else the cells. */
function cells(a: X86Bench, b: X86Bench): string {
  const found: string[] = [];
  const x = a.state, y = b.state;
  for (const name of Object.keys(x) as (keyof typeof x)[])
    if (x[name] !== y[name]) found.push(`${name} ${x[name].toString(16)} | ${y[name].toString(16)}`);
  for (const [start, end] of CELLS) {
    for (let at = start; at < end; at += 4) {
      const v = a.cpu.architecture.x86.words[at >> 2], w = b.cpu.architecture.x86.words[at >> 2];
      if (v !== w && found.length < 24)
        found.push(`cell ${at.toString(16)} ${(v >>> 0).toString(16)} | ${(w >>> 0).toString(16)}`);
    }
  }
  return found.join(', ');
}

type View = Uint8Array | Int32Array | Uint32Array | Uint16Array | Int16Array | Int8Array;

/** First byte at which two views differ, or -1. */
export function firstDifference(a: View, b: View): number {
  const x = Buffer.from(a.buffer, a.byteOffset, a.byteLength), y = Buffer.from(b.buffer, b.byteOffset, b.byteLength);
  if (x.equals(y)) return -1;
  return x.findIndex((byte, i) => byte !== y[i]);
}
