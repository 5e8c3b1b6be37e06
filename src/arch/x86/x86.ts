/**
 * The architecture's part of a processor: state in linear memory, translation, faults. Slow
 * operations are functions over this (`slow/`).
 */
import { SEGMENT, STATE } from '../../ir/layout.ts';
import type { MemoryViews } from '../../ir/engine-memory.ts';
import type { CorePort } from '../isa.ts';
import { LinearMemory } from '../linear-memory.ts';
import { PhysicalMemory } from '../physical-memory.ts';
import { Boundary } from './boundary.ts';
import { FaultRecord, GUEST_FAULT, NO_ERROR, VECTOR } from './fault.ts';
import { X87 } from './fpu/x87.ts';
import { MemoryTypes } from './memory-types.ts';
import { CR0_PE, Mmu } from './mmu.ts';
import { CPL, CR0, CS, EFLAGS_SYS, FLAG, FPU_STATE, segmentCell } from './state.ts';
import { TimeStamp } from './timestamp.ts';

const CS_BASE = (segmentCell(CS) + SEGMENT.BASE) >> 2;

export class X86 {
  readonly words: Int32Array;
  readonly bytes: Uint8Array;
  readonly view: DataView;
  /** All of linear memory, where RAM is; the three above are the core's cells. */
  readonly host: MemoryViews;
  /** The core around it: bus, budget, time. */
  readonly env: CorePort;
  readonly fault: FaultRecord = new FaultRecord();
  readonly types: MemoryTypes = new MemoryTypes();
  readonly physical: PhysicalMemory;
  readonly mmu: Mmu;
  readonly memory: LinearMemory;
  readonly fpu: X87;
  /** Interrupts, traps, HLT. */
  readonly boundary: Boundary;
  readonly stamp: TimeStamp;
  /** EXT bit of error codes: 1 while an external interrupt or an exception is being delivered. */
  ext = 0;
  /** A software interrupt was taken: no single-step trap follows it. */
  interrupted = false;
  /**
   * A task switch has passed the point of no return: a fault from then on belongs to the new task,
   * whose EIP is in PC.
   */
  taskEntered = false;
  /**
   * Frame of the delivery that was made last: linear address of the return address on the stack, or
   * (through a task gate) minus the selector of the new task.
   */
  frame = 0;
  /** The descriptor that was read last: low and high doubleword. */
  low = 0;
  high = 0;

  constructor(env: CorePort) {
    const { engine } = env;
    this.words = engine.words;
    this.bytes = engine.bytes;
    this.view = engine.view;
    this.host = engine.host;
    this.env = env;
    this.physical = new PhysicalMemory(env.memory, engine, env.name);
    this.mmu = new Mmu(engine, this.fault, this.physical, this.types, env);
    this.memory = new LinearMemory(engine.host.view, this.mmu, env, this.fault);
    this.fpu = new X87(engine.view, FPU_STATE);
    this.boundary = new Boundary(this, env);
    this.stamp = new TimeStamp(env);
  }

  get cpl(): number {
    return this.words[CPL >> 2];
  }
  /** 1 at CPL 3. */
  get user(): 0 | 1 {
    return this.words[CPL >> 2] === 3 ? 1 : 0;
  }
  get protectedMode(): boolean {
    return (this.words[CR0 >> 2] & CR0_PE) !== 0;
  }
  get v86(): boolean {
    return (this.words[EFLAGS_SYS >> 2] & FLAG.VM) !== 0;
  }
  get iopl(): number {
    return (this.words[EFLAGS_SYS >> 2] >>> 12) & 3;
  }

  /** Records an exception and abandons the slow operation. */
  raise(vector: number, error: number = NO_ERROR): never {
    this.fault.set(vector, error);
    throw GUEST_FAULT;
  }
  /** #GP(0). */
  protection(): never {
    this.raise(VECTOR.GP, this.ext);
  }
  /** An exception about a selector: its error code is the selector without RPL, with EXT. */
  selectorFault(vector: number, selector: number): never {
    this.raise(vector, (selector & 0xfffc) | this.ext);
  }
  /** #GP(0) unless CPL is 0 (in real-address mode CPL is 0, in virtual-8086 mode 3). */
  privileged(): void {
    if (this.words[CPL >> 2] !== 0) this.protection();
  }

  get pc(): number {
    return this.words[STATE.PC >> 2];
  }
  /** Linear address of the instruction at PC. */
  get linearPc(): number {
    return (this.words[CS_BASE] + this.pc) >>> 0;
  }
  /** Continues at an offset in CS: the helper that calls this leaves. */
  jump(pc: number): void {
    this.words[STATE.PC >> 2] = pc;
    this.env.jumped();
  }
  /** As `jump`, for a helper behind which the lift goes on at cell PC. */
  resume(pc: number): void {
    this.words[STATE.PC >> 2] = pc;
    this.env.resumed();
  }
}
