/**
 * Runs cases on an interpreter of ours: segments and registers as the harness sets them up, memory
 * at the same addresses.
 */
import type { EngineImports } from '../../../src/ir/imports.ts';
import { Builder } from '../../../src/ir/builder.ts';
import { ENGINE_HELPER } from '../../../src/ir/ops.ts';
import { EXIT, INVALID_TAG, MAP, SEGMENT, STATE, TLB, TLB_ENTRIES, tlbBase } from '../../../src/ir/layout.ts';
import { createGuestMemory } from '../../../src/jit/guest-memory.ts';
import type { GuestMemory } from '../../../src/jit/guest-memory.ts';
import type { X86Mode } from '../../../src/arch/x86/mode.ts';
import { CPL, CS, DF, DS, EFLAGS_SYS, ES, FS, GPR, GS, SS, segmentCell } from '../../../src/arch/x86/state.ts';
import { SLOW } from '../../../src/arch/x86/slow-ops.ts';
import { translateBlock } from '../../../src/arch/x86/lift/translate.ts';
import { fillWindow, EXIT_KIND, MODE, PLACE, SELECTOR } from './record.ts';
import type { Case, Outcome } from './record.ts';

const NO_TRAP = 0xffffffff;
const DATA_BYTES = 0x10000;
/** Data, then room for page tables. */
const RAM_BYTES = 0x20000;
const TLB_PAGE = 0xfffff000 | 0;
const PF = 14, GP = 13, STACK_FAULT = 12;

export interface Runner {
  run(ip: number): void;
}
export type RunnerFactory = (memory: GuestMemory, imports: EngineImports) => Runner;
/** The CPU's helpers; they may call `raise`. */
export type SlowOps = (id: number, a: number, b: number) => void;

const MODES: readonly X86Mode[] = [
  { code32: true, stack32: true, flat: true, protectedMode: true, v86: false, cpl: 3, gsOpen: true },
  { code32: false, stack32: false, flat: false, protectedMode: true, v86: false, cpl: 3, gsOpen: true },
  { code32: true, stack32: true, flat: false, protectedMode: true, v86: false, cpl: 3, gsOpen: true },
  { code32: true, stack32: false, flat: false, protectedMode: true, v86: false, cpl: 3, gsOpen: true },
];

export class Engine {
  readonly memory: GuestMemory = createGuestMemory(RAM_BYTES);
  private readonly runner: Runner;
  private readonly slow: SlowOps | null;
  private readonly builder = new Builder();
  private readonly code = new Uint8Array(256);
  private trap = NO_TRAP;
  private calling = 0;
  /** Instructions run. */
  instructions = 0;

  /** Without `slow`, cases that need helpers fail. */
  constructor(make: RunnerFactory, slow: ((engine: Engine) => SlowOps) | null) {
    this.runner = make(this.memory, this.imports);
    this.slow = slow === null ? null : slow(this);
    for (let at = 0; at < TLB.BYTES; at += 4) this.set(tlbBase(1) + at, INVALID_TAG);
  }

  get(cell: number): number {
    return this.memory.view.getInt32(cell, true);
  }

  set(cell: number, value: number): void {
    this.memory.view.setInt32(cell, value, true);
  }

  /**
   * Every other case runs with the data area in the TLB, the rest take the imports for each access.
   */
  run(c: Case, withTlb: boolean): Outcome {
    this.setUp(c, withTlb);
    const window = this.memory.ram.subarray(PLACE.WINDOW, PLACE.WINDOW + PLACE.WINDOW_BYTES);
    this.memory.ram.fill(0, 0, PLACE.EDGE_BYTES);
    this.memory.ram.fill(0, DATA_BYTES - PLACE.EDGE_BYTES, DATA_BYTES);
    fillWindow(c, window);
    const is16 = c.mode === MODE.CODE16;
    const start = (is16 ? 0 : PLACE.CODE) + PLACE.START;
    this.code.set(c.code);
    this.trap = NO_TRAP;
    let pc = start;
    let exit: number = EXIT_KIND.NONE;
    let at = 0;
    while (exit === EXIT_KIND.NONE && this.trap === NO_TRAP) {
      this.builder.begin();
      const code = { bytes: this.code, start: pc - start, end: c.code.length, nextPage: () => -1 };
      const t = translateBlock(code, pc, MODES[c.mode], this.builder, 40);
      if (t.fetchFailed) throw new Error('case runs out of its code');
      this.builder.finish(pc + t.bytes);
      this.instructions += t.insns;
      this.set(STATE.IC, 1_000_000);
      this.memory.words.set(this.builder.words.subarray(0, this.builder.uops * 4), MAP.IR >>> 2);
      this.runner.run(MAP.IR);
      const why = this.get(STATE.EXIT);
      if (why === EXIT.FAULT) {
        at = this.pcOf((this.get(STATE.EXIT_IP) - MAP.IR) / 16) - start;
        break;
      }
      if (why !== EXIT.MISS && why !== EXIT.SYNC) throw new Error(`exit ${why}`);
      pc = this.get(STATE.PC) >>> 0;
      if (pc === start + c.code.length) exit = EXIT_KIND.THROUGH;
      else if (pc === start + PLACE.TAKEN) exit = EXIT_KIND.TAKEN;
      else if (pc === start + PLACE.BACK) exit = EXIT_KIND.BACK;
      else if (pc < start || pc >= start + c.code.length) throw new Error(`pc ${pc.toString(16)}`);
    }
    return {
      regs: Uint32Array.from({ length: 8 }, (_, i) => this.get(GPR + 4 * i)),
      flags: this.flags(),
      trap: this.trap, exit, eip: at,
      window: window.slice(),
    };
  }

  private pcOf(uop: number): number {
    const { insns, insnStart, insnPc } = this.builder;
    let n = 0;
    while (n + 1 < insns && insnStart[n + 1] <= uop) n++;
    return insnPc[n] >>> 0;
  }

  private setUp(c: Case, withTlb: boolean): void {
    for (let i = 0; i < 8; i++) this.set(GPR + 4 * i, c.regs[i]);
    this.setFlags(c.flags);
    this.set(EFLAGS_SYS, 0x200);
    this.set(CPL, 3);
    this.set(STATE.MODE, 1);
    this.set(STATE.TLB_BASE, tlbBase(1));
    for (let at = PLACE.DATA; at < PLACE.DATA + DATA_BYTES; at += 0x1000) {
      const entry = tlbBase(1) + ((at >>> 12) % TLB_ENTRIES) * 4;
      this.set(entry + TLB.READ, withTlb ? at & TLB_PAGE : INVALID_TAG);
      this.set(entry + TLB.WRITE, withTlb ? at & TLB_PAGE : INVALID_TAG);
      this.set(entry + TLB.ADDEND, MAP.RAM - PLACE.DATA);
    }
    const flat = c.mode === MODE.FLAT;
    const data = flat ? SELECTOR.FLAT_DATA : c.mode === MODE.CODE16 ? SELECTOR.DATA16 : SELECTOR.DATA32;
    const stack = flat ? SELECTOR.FLAT_DATA : c.mode === MODE.SEGMENTED ? SELECTOR.DATA32 : SELECTOR.DATA16;
    const [base, limit] = flat ? [0, 0xffffffff] : [PLACE.DATA, 0xffff];
    this.segment(ES, data, base, limit, true);
    this.segment(DS, data, base, limit, true);
    this.segment(SS, stack, base, limit, true);
    this.segment(FS, SELECTOR.DATA32, PLACE.DATA, 0xffff, true);
    this.segment(GS, SELECTOR.FLAT_DATA, 0, 0xffffffff, true);
    if (c.mode === MODE.CODE16) this.segment(CS, SELECTOR.CODE16, PLACE.CODE, 0xffff, false);
    else this.segment(CS, SELECTOR.FLAT_CODE, 0, 0xffffffff, false);
  }

  private segment(n: number, selector: number, base: number, limit: number, writable: boolean): void {
    const cell = segmentCell(n);
    this.set(cell + SEGMENT.SELECTOR, selector);
    this.set(cell + SEGMENT.BASE, base);
    this.set(cell + SEGMENT.LIMIT, limit);
    // As in the high doubleword of a descriptor: present, DPL 3, code or data, and the D/B bit.
    const big = selector !== SELECTOR.CODE16 && selector !== SELECTOR.DATA16;
    this.set(cell + SEGMENT.ATTRIBUTES, (n === CS ? 0xfb00 : 0xf300) | (big ? 0x400000 : 0));
    this.set(cell + SEGMENT.RMIN, 0);
    this.set(cell + SEGMENT.RMAX, limit);
    this.set(cell + SEGMENT.WMIN, writable ? 0 : 0xffffffff);
    this.set(cell + SEGMENT.WMAX, writable ? limit : 0);
  }

  /** Flags by ADR 0002; the form that the engine keeps for arbitrary flags. */
  setFlags(flags: number): void {
    const bit = (n: number): number => (flags >>> n) & 1;
    const zero = bit(6);
    const parityDelta = zero === 1 ? bit(2) ^ 1 : bit(2);
    this.set(STATE.CC_RES, zero ^ 1);
    this.set(STATE.CC_AUX, (bit(0) << 31) | ((bit(0) ^ bit(11)) << 30) | (bit(4) << 3) | (parityDelta << 8) | bit(7));
    this.set(DF, bit(10));
  }

  flags(): number {
    const result = this.get(STATE.CC_RES);
    const aux = this.get(STATE.CC_AUX);
    let parity = (result ^ (aux >>> 8)) & 0xff;
    parity ^= parity >>> 4;
    parity ^= parity >>> 2;
    parity ^= parity >>> 1;
    const cf = aux >>> 31;
    return (
      cf |
      ((~parity & 1) << 2) |
      (((aux >>> 3) & 1) << 4) |
      (result === 0 ? 0x40 : 0) |
      (((result >>> 31) ^ (aux & 1)) << 7) |
      (this.get(DF) << 10) |
      ((cf ^ ((aux >>> 30) & 1)) << 11) |
      this.get(EFLAGS_SYS) |
      2
    );
  }

  raise(vector: number): void {
    this.trap = vector;
    this.set(STATE.EXIT, EXIT.FAULT);
  }

  /** Offset in the data area, or -1 after a page fault. */
  private place(address: number, size: number): number {
    const at = (address >>> 0) - PLACE.DATA;
    if (at >= 0 && at + size <= DATA_BYTES) return at;
    this.raise(PF);
    return -1;
  }

  /** They are called without `this`. */
  private get imports(): EngineImports {
    return {
      slowLoad: (address, size) => this.slowLoad(address, size),
      slowStore: (address, value, size) => this.slowStore(address, value, size),
      portIn: () => this.portIn(),
      portOut: () => this.portOut(),
      helper: (id, a, b, ip) => this.helper(id, a, b, ip),
    };
  }

  slowLoad(address: number, size: number): number {
    const at = this.place(address, size);
    let value = 0;
    if (at >= 0) for (let i = 0; i < size; i++) value |= this.memory.ram[at + i] << (8 * i);
    return value;
  }

  slowStore(address: number, value: number, size: number): void {
    const at = this.place(address, size);
    if (at >= 0) for (let i = 0; i < size; i++) this.memory.ram[at + i] = value >>> (8 * i);
  }

  portIn(): number {
    this.raise(GP);
    return 0;
  }

  portOut(): void {
    this.raise(GP);
  }

  /** EIP of the instruction whose helper is running. */
  currentPc(): number {
    return this.pcOf((this.calling - MAP.IR) / 16);
  }

  helper(id: number, a: number, b: number, ip: number): void {
    if (id === ENGINE_HELPER.RAISE) this.raise(a);
    else if (id === ENGINE_HELPER.SEGMENT) this.raise((a & 0xffff) === segmentCell(SS) ? STACK_FAULT : GP);
    else if (id === SLOW.checkBranch) {
      if (this.get(a) >>> 0 > this.get(segmentCell(CS) + SEGMENT.LIMIT) >>> 0) this.raise(GP);
    } else if (this.slow === null) throw new Error(`helper ${id} is not available`);
    else {
      this.calling = ip;
      this.slow(id, a, b);
    }
  }
}
