import {
  type ProcessorState, setFlat, setReal, setRegisters, setTable, readState,
} from '../../src/arch/x86/setup.ts';
import type { X86Architecture } from '../../src/arch/x86/architecture.ts';
import { X86_INPUT } from '../../src/arch/x86/boundary.ts';
import { X86_ISA } from '../../src/arch/x86/isa.ts';
import { Processor, type ProcessorOptions } from '../../src/cpu/processor.ts';
import { HALTED } from '../../src/arch/x86/state.ts';
import { IrqLine } from '../../src/irq/line.ts';
import type { EngineMemory } from '../../src/ir/engine-memory.ts';
import { createGuestMemory, type GuestMemory } from '../../src/jit/guest-memory.ts';
import { AddressSpace } from '../../src/mem/address-space.ts';
import { Ram } from '../../src/mem/ram.ts';
import type { Target } from '../../src/mem/transaction.ts';
import { Clock } from '../../src/sim/clock.ts';
import { Scheduler } from '../../src/sim/scheduler.ts';
import { Trace } from '../../src/sim/trace.ts';

/** Ticks of one instruction on the bench (200 MHz). */
export const CYCLE = 15;

/** Selectors of the bench's descriptor table. */
export const SEL = {
  CODE0: 0x08, DATA0: 0x10, CODE3: 0x1b, DATA3: 0x23, TSS: 0x28, TSS2: 0x30, LDT: 0x38, CODE16: 0x40,
  DATA16: 0x48, CONFORMING: 0x50, NOT_PRESENT: 0x58, READ_ONLY: 0x60, EXPAND_DOWN: 0x68, EXECUTE_ONLY: 0x70,
  GATE: 0x78, TASK_GATE: 0x80, CODE1: 0x88, DATA1: 0x90, TSS16: 0x98, SMALL: 0xa0, LAST: 0xa8,
} as const;

/** Where the bench keeps its tables. */
export const AT = {
  GDT: 0x800, IDT: 0x1000, TSS: 0x1800, TSS2: 0x1a00, TSS16: 0x1c00, LDT: 0x1e00, HANDLERS: 0x2000,
  CODE: 0x10000, USER: 0x20000, STACK0: 0x9000, STACK3: 0xa000, STACK1: 0xb000, DATA: 0x30000,
  DIRECTORY: 0x100000, TABLES: 0x101000,
} as const;

/** A descriptor from its parts: `access` = P, DPL, S, type; `flags` = G D 0 AVL. */
export function descriptor(base: number, limit: number, access: number, flags: number): [number, number] {
  return [
    ((limit & 0xffff) | (base << 16)) >>> 0,
    (((base >>> 16) & 0xff) | (access << 8) | (limit & 0xf0000) | (flags << 20) | (base & 0xff000000)) >>> 0,
  ];
}
/** A gate: `access` = P, DPL, 0, type; `count` of a call gate. */
export function gate(selector: number, offset: number, access: number, count = 0): [number, number] {
  return [((offset & 0xffff) | (selector << 16)) >>> 0, ((offset & 0xffff0000) | (access << 8) | count) >>> 0];
}

/**
 * A processor with RAM and nothing else, and a protected-mode environment: descriptor table, tasks,
 * an IDT whose handlers halt. Programs are hex bytes with the instruction beside them.
 */
export class X86Bench {
  readonly trace = new Trace();
  readonly scheduler = new Scheduler(this.trace);
  readonly memory = new AddressSpace('memory', 32, this);
  readonly io = new AddressSpace('io', 16, this);
  /** Linear memory, and what this core sees of it. */
  readonly guest: GuestMemory;
  readonly engine: EngineMemory;
  readonly ram: Ram;
  readonly cpu: Processor<X86Architecture>;
  readonly intr = new IrqLine('intr', this);
  readonly nmi = new IrqLine('nmi', this);
  /** Vectors acknowledged so far, and the vector that the controller gives. */
  acknowledged = 0;
  vector = 0x20;

  /**
   * `engine`: which engine, after how many executions it compiles, its write-combining buffers; the
   * default if left out.
   * Core number `core` of `guest`, if that is there already.
   */
  constructor(
    engine: Pick<ProcessorOptions, 'execution' | 'jit' | 'writeCombining'> = {},
    guest: GuestMemory = createGuestMemory(4 << 20), core = 0,
  ) {
    this.guest = guest;
    this.engine = guest.cores[core];
    this.ram = new Ram('ram', guest.ram);
    this.memory.map(0, this.ram.bytes.length, this.ram);
    this.cpu = new Processor('cpu', this, X86_ISA, {
      clock: new Clock('cpu', 200e6),
      memory: this.memory, io: this.io, engine: this.engine, ...engine,
    });
    this.cpu.watch(this.ram);
    this.intr.connect(this.cpu.inputs, X86_INPUT.INTR);
    this.nmi.connect(this.cpu.inputs, X86_INPUT.NMI);
    this.cpu.architecture.connect({
      acknowledge: () => {
        this.acknowledged++;
        this.intr.set(false);
        return this.vector;
      },
    });
  }

  /** Writes lines of `hex bytes  source` at a physical address; two blanks end the bytes. */
  code(at: number, ...lines: string[]): void {
    let p = at;
    this.ram.onWrite(at, 16 * lines.length);
    for (const line of lines) {
      const hex = line.split('  ')[0].trim();
      if (hex !== '') for (const byte of hex.split(' ')) this.ram.view.setUint8(p++, parseInt(byte, 16));
    }
  }
  read32(at: number): number {
    return this.ram.view.getUint32(at, true);
  }
  read16(at: number): number {
    return this.ram.view.getUint16(at, true);
  }
  read8(at: number): number {
    return this.ram.view.getUint8(at);
  }
  write32(at: number, ...values: number[]): void {
    values.forEach((v, i) => this.ram.view.setUint32(at + 4 * i, v, true));
  }
  write16(at: number, value: number): void {
    this.ram.view.setUint16(at, value, true);
  }

  setDescriptor(selector: number, d: [number, number], table: number = AT.GDT): void {
    this.write32(table + (selector & ~7), d[0], d[1]);
  }
  setGate(vector: number, g: [number, number]): void {
    this.write32(AT.IDT + 8 * vector, g[0], g[1]);
  }
  /** Address of the `hlt` that vector's gate leads to. */
  handler(vector: number): number {
    return AT.HANDLERS + 16 * vector;
  }

  /**
   * Protected mode, flat, CPL 0, at AT.CODE: tables as `SEL` and `AT` say, 256 interrupt gates to
   * handlers that halt.
   */
  protectedMode(): this {
    this.setDescriptor(SEL.CODE0, descriptor(0, 0xfffff, 0x9a, 0xc));
    this.setDescriptor(SEL.DATA0, descriptor(0, 0xfffff, 0x92, 0xc));
    this.setDescriptor(SEL.CODE3, descriptor(0, 0xfffff, 0xfa, 0xc));
    this.setDescriptor(SEL.DATA3, descriptor(0, 0xfffff, 0xf2, 0xc));
    this.setDescriptor(SEL.TSS, descriptor(AT.TSS, 0x67, 0x89, 0));
    this.setDescriptor(SEL.TSS2, descriptor(AT.TSS2, 0x67, 0x89, 0));
    this.setDescriptor(SEL.LDT, descriptor(AT.LDT, 0x1f, 0x82, 0));
    this.setDescriptor(SEL.CODE16, descriptor(0, 0xffff, 0x9a, 0));
    this.setDescriptor(SEL.DATA16, descriptor(0, 0xffff, 0x92, 0));
    this.setDescriptor(SEL.CONFORMING, descriptor(0, 0xfffff, 0x9e, 0xc));
    this.setDescriptor(SEL.NOT_PRESENT, descriptor(0, 0xfffff, 0x12, 0xc));
    this.setDescriptor(SEL.READ_ONLY, descriptor(0, 0xfffff, 0x90, 0xc));
    this.setDescriptor(SEL.EXPAND_DOWN, descriptor(0, 0x0, 0x96, 0xc));
    this.setDescriptor(SEL.EXECUTE_ONLY, descriptor(0, 0xfffff, 0x98, 0xc));
    this.setDescriptor(SEL.CODE1, descriptor(0, 0xfffff, 0xba, 0xc));
    this.setDescriptor(SEL.DATA1, descriptor(0, 0xfffff, 0xb2, 0xc));
    this.setDescriptor(SEL.TSS16, descriptor(AT.TSS16, 0x2b, 0x81, 0));
    this.setDescriptor(SEL.SMALL, descriptor(AT.DATA, 0x0f, 0x92, 0x4));
    for (let v = 0; v < 256; v++) {
      this.setGate(v, gate(SEL.CODE0, this.handler(v), 0x8e));
      this.ram.view.setUint8(this.handler(v), 0xf4);
    }
    this.write32(AT.TSS + 4, AT.STACK0, SEL.DATA0, AT.STACK1, SEL.DATA1 | 1);
    this.write32(AT.TSS + 0x64, 0x680000);
    setFlat(this.cpu, { eip: AT.CODE, esp: AT.STACK0, code: SEL.CODE0, data: SEL.DATA0 });
    setTable(this.cpu, 'gdt', AT.GDT, SEL.LAST - 1);
    setTable(this.cpu, 'idt', AT.IDT, 0x7ff);
    return this;
  }

  /**
   * Identity paging of the first 4 MiB with 4 KiB pages, all present, writable, user. Loads CR3; PG
   * stays off unless `on`.
   */
  paging(on = true): this {
    this.write32(AT.DIRECTORY, AT.TABLES | 7);
    for (let page = 0; page < 1024; page++) this.write32(AT.TABLES + 4 * page, (page << 12) | 7);
    setRegisters(this.cpu, { cr3: AT.DIRECTORY });
    if (on) setRegisters(this.cpu, { cr0: 0x80000011 });
    return this;
  }
  /** Address of the page table entry of a linear address below 4 MiB. */
  pte(address: number): number {
    return AT.TABLES + 4 * (address >>> 12);
  }

  /** Loads TR with the bench's TSS, as LTR does. */
  loadTask(): this {
    const { eip, eax } = this.state;
    this.code(0x700, '66 b8 28 00  mov ax,28h', '0f 00 d8  ltr ax', 'f4  hlt');
    this.set({ eip: 0x700 });
    if (this.run() !== 'halted' || this.state.tr !== SEL.TSS) throw new Error('LTR failed');
    this.wake();
    return this.set({ eip, eax });
  }
  /** Takes the processor out of HLT. */
  wake(): this {
    this.cpu.architecture.x86.words[HALTED >> 2] = 0;
    return this;
  }

  /**
   * IRET to ring 3 at `eip` with the given EFLAGS, DS and ES loaded for it; TR must be loaded for
   * interrupts.
   */
  ring3(eip: number = AT.USER, eflags = 2): this {
    this.code(0x710, 'cf  iret');
    const frame = AT.STACK0 - 20;
    this.write32(frame, eip, SEL.CODE3, eflags, AT.STACK3, SEL.DATA3);
    this.code(0x700, 'b8 23 00 00 00  mov eax,23h', '8e d8  mov ds,eax', '8e c0  mov es,eax', 'eb 05  jmp 710h');
    this.set({ eip: 0x700, esp: frame });
    this.cpu.step(5);
    if (this.state.cpl !== 3 || this.state.eip !== eip) throw new Error('IRET to ring 3 failed');
    return this.set({ eax: 0 });
  }

  realMode(): this {
    setReal(this.cpu, 0, AT.CODE & 0xffff, 0, 0x7000);
    return this;
  }

  set(values: Parameters<typeof setRegisters>[1]): this {
    setRegisters(this.cpu, values);
    return this;
  }
  get state(): ProcessorState {
    return readState(this.cpu);
  }
  /**
   * Runs until the processor halts for ever, at most a simulated second. Returns why it stopped.
   */
  run(): string {
    return this.cpu.run(this.scheduler.now + 3e9);
  }
  /** After a run into a handler: which vector's, or -1. */
  get stoppedIn(): number {
    const at = this.state.eip - 1 - AT.HANDLERS;
    return at >= 0 && at < 4096 && at % 16 === 0 ? at / 16 : -1;
  }
  /** Doubleword n of the stack. */
  stack(n: number): number {
    return this.read32(this.state.esp + 4 * n);
  }

  /** A byte-wide port or memory target that answers a constant and records writes. */
  target(name: string, value: number, written: number[] = []): Target {
    return { name, read: () => value, write: (_offset, _size, v) => void written.push(v) };
  }
}
