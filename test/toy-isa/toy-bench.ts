/** A toy processor with RAM, a device of two registers, and an interrupt line. */
import { Processor } from '../../src/cpu/processor.ts';
import type { EngineMemory } from '../../src/ir/engine-memory.ts';
import { STATE } from '../../src/ir/layout.ts';
import { IrqLine } from '../../src/irq/line.ts';
import type { EngineKind } from '../../src/jit/engine-kind.ts';
import { createGuestMemory, type GuestMemory } from '../../src/jit/guest-memory.ts';
import { AddressSpace } from '../../src/mem/address-space.ts';
import { Ram } from '../../src/mem/ram.ts';
import { Clock } from '../../src/sim/clock.ts';
import { Scheduler } from '../../src/sim/scheduler.ts';
import { Trace } from '../../src/sim/trace.ts';
import type { ToyArchitecture } from './architecture.ts';
import { TOY_ISA } from './isa.ts';
import { VECTOR, register } from './state.ts';

export const DEVICE = 0x40000000;
const RAM_BYTES = 1 << 20;
/** Ticks of an instruction. */
export const CYCLE = 30;

export class ToyBench {
  readonly trace = new Trace();
  readonly scheduler = new Scheduler(this.trace);
  readonly memory = new AddressSpace('memory', 32, this);
  readonly io = new AddressSpace('io', 16, this);
  readonly ram: Ram;
  readonly cpu: Processor<ToyArchitecture>;
  readonly interrupt = new IrqLine('interrupt', this);
  /** What was written to the device: offset, size, value. */
  readonly written: [number, number, number][] = [];
  private readonly words: Int32Array;

  /** One of several cores of a memory if `guest` and `core` are given. */
  constructor(
    execution: EngineKind, guest: GuestMemory = createGuestMemory(RAM_BYTES), core: EngineMemory = guest.cores[0],
  ) {
    this.ram = new Ram('ram', guest.ram);
    this.memory.map(0, guest.ramBytes, this.ram);
    this.memory.map(DEVICE, 16, {
      name: 'device',
      read: (offset) => 0x11223344 + offset,
      write: (offset, size, value) => void this.written.push([offset, size, value]),
    });
    this.words = core.words;
    this.cpu = new Processor('cpu', this, TOY_ISA, {
      clock: new Clock('cpu', 100e6), memory: this.memory, io: this.io, engine: core, execution,
      jit: { hotThreshold: 2, group: 1, regroupThreshold: 50 },
    });
    this.cpu.watch(this.ram);
    this.interrupt.connect(this.cpu.inputs, 0);
  }

  /** Puts instructions at a physical address. */
  code(at: number, ...words: number[]): this {
    this.ram.onWrite(at, words.length * 4);
    words.forEach((word, n) => this.ram.view.setUint32(at + 4 * n, word));
    return this;
  }
  /** The program, at the address where execution starts. */
  program(...words: number[]): this {
    return this.code(VECTOR.RESET, ...words);
  }
  /** Memory as the processor orders it. */
  word(at: number): number {
    return this.ram.view.getUint32(at);
  }
  cell(cell: number): number {
    return this.words[cell >> 2];
  }
  /** Changes the processor's state from outside. */
  set(cell: number, value: number): this {
    this.words[cell >> 2] = value;
    this.cpu.stateReplaced();
    return this;
  }
  r(n: number): number {
    return this.cell(register(n));
  }
  get pc(): number {
    return this.cell(STATE.PC);
  }
  /** Runs until it waits for ever, at most a simulated second. */
  run(): string {
    return this.cpu.run(this.scheduler.now + 3e9);
  }
}
