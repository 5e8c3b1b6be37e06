/**
 * The example's machine: a processor with RAM and nothing else, whose run loop writes down each
 * call of the engine and each call that the engine makes.
 */
import { setFlat, setRegisters } from '../../src/arch/x86/setup.ts';
import type { X86Architecture } from '../../src/arch/x86/architecture.ts';
import { X86_ISA } from '../../src/arch/x86/isa.ts';
import type { Core } from '../../src/cpu/core.ts';
import { Processor } from '../../src/cpu/processor.ts';
import { EXIT, MAP, STATE } from '../../src/ir/layout.ts';
import type { CodeCache } from '../../src/jit/compiler/code-cache.ts';
import type { Engine } from '../../src/jit/dispatcher.ts';
import { createGuestMemory } from '../../src/jit/guest-memory.ts';
import { AddressSpace } from '../../src/mem/address-space.ts';
import { Ram } from '../../src/mem/ram.ts';
import { Clock } from '../../src/sim/clock.ts';
import { Scheduler } from '../../src/sim/scheduler.ts';
import { TICKS_PER_SECOND } from '../../src/sim/time.ts';
import { Trace } from '../../src/sim/trace.ts';
import { DATA, PROGRAM, START } from './program.ts';

const HERTZ = 200e6;
/** Ticks of one instruction. */
export const CYCLE: number = TICKS_PER_SECOND / HERTZ;
const RAM_BYTES = 1 << 20;

/** One return of the engine to the run loop. */
export interface Run {
  /** IR address at which it was entered. */
  readonly from: number;
  readonly exit: string;
  readonly exitIp: number;
  /** Budget before and after, instructions. */
  readonly before: number;
  readonly after: number;
  /** What it called in TypeScript on the way, one line each. */
  readonly calls: readonly string[];
  /** Op number in w0 of the head at `from` when it was entered. */
  readonly op: number;
}

export class Machine {
  readonly scheduler = new Scheduler();
  readonly trace = new Trace();
  readonly memory = new AddressSpace('memory', 32, this);
  readonly io = new AddressSpace('io', 16, this);
  readonly engine = createGuestMemory(RAM_BYTES);
  readonly ram = new Ram('ram', this.engine.ram);
  readonly cpu: Processor<X86Architecture>;
  readonly runs: Run[] = [];

  /** The program is in place, ESI at its data, ECX its count, EDX its number of passes. */
  constructor(count: number, passes: number) {
    this.memory.map(0, RAM_BYTES, this.ram);
    this.cpu = new Processor('cpu', this, X86_ISA, {
      clock: new Clock('cpu', HERTZ),
      memory: this.memory, io: this.io, engine: this.engine, execution: 'jit', jit: { hotThreshold: 6000 },
    });
    this.cpu.watch(this.ram);
    this.ram.bytes.set(PROGRAM.flatMap((line) => line.bytes), START);
    setFlat(this.cpu, { eip: START });
    setRegisters(this.cpu, { esi: DATA, ecx: count, edx: passes });
    this.listen();
  }

  get words(): Int32Array {
    return this.engine.words;
  }

  /** The run loop with its translator, and tier two. */
  get core(): Core<X86Architecture> {
    return this.cpu['core'] as Core<X86Architecture>;
  }
  get code(): CodeCache {
    return this.cpu['code'] as CodeCache;
  }

  /** Puts itself between the run loop and the engine. */
  private listen(): void {
    const { core, code, words, runs } = this;
    const { port } = core;
    const engine = core['engine'] as Engine;
    let calls: string[] = [];
    const own = port as unknown as Record<'slowLoad' | 'slowStore' | 'helper', (...args: number[]) => number>;
    for (const name of ['slowLoad', 'slowStore', 'helper'] as const) {
      const before = own[name].bind(port);
      const listened = (...args: number[]): number => {
        calls.push(`${name}(${args.map(hex).join(', ')})`);
        return before(...args);
      };
      Object.assign(port, { [name]: listened });
    }
    const run = (from: number): void => {
      const before = words[STATE.IC >> 2]!;
      const op = words[from >> 2]! & 0xffff;
      calls = [];
      engine.run(from);
      const exit = words[STATE.EXIT >> 2]!;
      const name = Object.entries(EXIT).find(([, number]) => number === exit)![0];
      runs.push({
        from, exit: name,
        exitIp: words[STATE.EXIT_IP >> 2]!,
        before,
        after: words[STATE.IC >> 2]!,
        calls, op,
      });
    };
    core.attach({ run }, (block) => code.hot(block));
  }
}

/** A number as the book writes it. */
export function hex(value: number): string {
  return (value >>> 0) < 10 ? `${value}` : `0x${(value >>> 0).toString(16)}`;
}

/** A place in IR memory: which region, how far in. */
export function irPlace(address: number): string {
  if (address === 0) return '0';
  const region = address >= MAP.IR ? 'IR' : 'SCRATCH';
  return `${region}+0x${(address - MAP[region]).toString(16)}`;
}
