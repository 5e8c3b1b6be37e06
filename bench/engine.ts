/**
 * Speed of the µop interpreter and the cost of getting it: `npx tsx bench/engine.ts`. Two synthetic
 * guest programs, in the form the x86 lifter gives them: a tight loop of ten instructions, and a
 * mix of 300 small blocks with the instruction frequencies of compiled kernel code. Prints guest
 * MIPS and million µops a second of processor time: best and median of seven runs.
 */
import { performance } from 'node:perf_hooks';
import { fileURLToPath } from 'node:url';
import type { Block } from '../src/ir/block.ts';
import { Builder } from '../src/ir/builder.ts';
import { IrCache } from '../src/ir/ir-cache.ts';
import type { EngineImports } from '../src/ir/imports.ts';
import { EXIT, MAP, STATE, UOP_BYTES, tlbBase } from '../src/ir/layout.ts';
import { OP, OPS } from '../src/ir/ops.ts';
import { X86_ISA } from '../src/arch/x86/isa.ts';
import { createGuestMemory } from '../src/jit/guest-memory.ts';
import { createEngine, engineModule } from '../src/jit/dispatcher.ts';
import { EngineTlb, JumpCache } from '../src/jit/tables.ts';

const reg = (n: number): number => STATE.ISA + 4 * n;
const temp = (n: number): number => STATE.TEMP + 4 * n;
const EAX = reg(0), ECX = reg(1), EDX = reg(2), EBX = reg(3), ESP = reg(4), EBP = reg(5), ESI = reg(6), EDI = reg(7);

const lost = (): never => {
  throw new Error('unexpected call');
};
const IMPORTS: EngineImports = { slowLoad: lost, slowStore: lost, portIn: lost, portOut: lost, helper: lost };

/** An engine with 64 KiB of identity-mapped RAM, and blocks by pc. */
class Bench {
  readonly guest = createGuestMemory(1 << 20);
  readonly cache = new IrCache(this.guest.words, X86_ISA.runs);
  readonly jumps = new JumpCache(this.guest.words, X86_ISA.regimes);
  readonly engine = createEngine(this.guest, X86_ISA, IMPORTS);
  readonly builder = new Builder();
  private readonly blocks = new Map<number, Block>();

  constructor() {
    const tlb = new EngineTlb(this.guest.words, X86_ISA.regimes);
    for (let page = 0; page < 16; page++) tlb.fill(page, page << 12, true, MAP.RAM);
    this.set(STATE.TLB_BASE, tlbBase(0));
  }

  set(cell: number, value: number): void {
    this.guest.words[cell >> 2] = value;
  }

  get(cell: number): number {
    return this.guest.words[cell >> 2]!;
  }

  /** Adds the block that `build` emits at `pc`; every instruction has four bytes. */
  block(pc: number, build: (b: Builder, insn: () => void) => void): Block {
    const b = this.builder;
    b.begin();
    let at = pc;
    build(b, () => {
      b.insn(at);
      at += 4;
    });
    b.finish(at);
    const block = this.cache.add(b, pc, 0, pc >>> 12)!;
    this.jumps.insert(pc, 0, block.address, 0);
    this.blocks.set(pc, block);
    return block;
  }

  /** Fills every link word whose target is known. */
  link(): void {
    for (const block of this.blocks.values()) {
      for (let ip = block.address; ip < block.address + block.uops * UOP_BYTES; ip += UOP_BYTES) {
        if (OPS[X86_ISA.runs.opOf(this.get(ip) & 0xffff)]!.sig[1] !== 'l') continue;
        const target = this.blocks.get(this.get(ip + 4));
        if (target !== undefined) this.cache.link(ip, target);
      }
    }
  }

  /** Runs `count` instructions from `block`; milliseconds of processor time. */
  run(block: Block, count: number): number {
    this.set(STATE.IC, count);
    const start = process.cpuUsage().user;
    this.engine.run(block.address);
    const ms = (process.cpuUsage().user - start) / 1000;
    if (this.get(STATE.EXIT) !== EXIT.DEADLINE) throw new Error(`exit ${this.get(STATE.EXIT)}`);
    return ms;
  }

  /** µops executed per instruction, from the heads' counters. */
  uopsPerInsn(): number {
    let uops = 0, insns = 0;
    for (const block of this.blocks.values()) {
      uops += this.get(block.address + 8) * block.uops;
      insns += this.get(block.address + 8) * block.insns;
    }
    return uops / insns;
  }
}

/**
 * A loop with a load, a store, a read-modify-write, arithmetic with flags and a conditional branch.
 */
function loopProgram(bench: Bench): Block {
  const pc = 0x1000;
  const body = bench.block(pc, (b, insn) => {
    insn(); // mov eax, [esi + ecx * 4 + 16]
    b.op(OP.addsh2, temp(8), ESI, ECX);
    b.op(OP.ld32, EAX, temp(8), 16);
    insn(); // add eax, edx
    b.op(OP.addf32, EAX, EAX, EDX);
    insn(); // xor ebx, eax
    b.op(OP.xorf32, EBX, EBX, EAX);
    insn(); // shr ebx, 3
    b.op(OP.shrf32i, EBX, EBX, 3);
    insn(); // mov [edi + ecx * 4 + 32], eax
    b.op(OP.addsh2, temp(8), EDI, ECX);
    b.op(OP.st32, EAX, temp(8), 32);
    insn(); // add dword [edi + 8], 5
    b.op(OP.ldw32, temp(0), EDI, 8);
    b.op(OP.addf32i, temp(0), temp(0), 5);
    b.op(OP.st32, temp(0), EDI, 8);
    insn(); // lea edx, [eax + ebx * 2 + 1]
    b.op(OP.addsh1, temp(8), EAX, EBX);
    b.op(OP.add32i, EDX, temp(8), 1);
    insn(); // inc ecx
    b.op(OP.inc32, ECX, ECX);
    insn(); // cmp ecx, 1000
    b.op(OP.cmp32i, ECX, 1000);
    insn(); // jl loop
    b.op(OP.jcc_l, pc);
    b.op(OP.goto, pc + 40);
  });
  bench.block(pc + 40, (b, insn) => {
    insn(); // xor ecx, ecx
    b.op(OP.xorf32, ECX, ECX, ECX);
    insn(); // jmp loop
    b.op(OP.goto, pc);
  });
  bench.set(ESI, 0x2000);
  bench.set(EDI, 0x4000);
  return body;
}

/** Numbers 0..n-1, the same every time. */
function sequence(seed: number): (n: number) => number {
  let state = seed;
  return (n) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 4294967296) * n);
  };
}

/**
 * Instructions with the weights that they have in compiled kernel code, roughly. EBP, ESI, EDI hold
 * addresses.
 */
function mixInsn(b: Builder, draw: (n: number) => number): void {
  const r = [EAX, ECX, EDX, EBX][draw(4)]!, s = [EAX, ECX, EDX, EBX][draw(4)]!;
  const base = [EBP, ESI, EDI, ESP][draw(4)]!, displacement = draw(64) * 4;
  const kind = draw(100);
  if (kind < 28) b.op(OP.ld32, r, base, displacement);
  else if (kind < 48) b.op(OP.mov32, r, s);
  else if (kind < 59) b.op(OP.st32, r, base, displacement);
  else if (kind < 65) b.op(OP.push32, r, ESP);
  else if (kind < 71) b.op(OP.pop32, r, ESP);
  else if (kind < 77) b.op(OP.movi32, r, draw(1000));
  else if (kind < 81) b.op(OP.add32i, r, s, draw(100));
  else if (kind < 84) b.op(OP.xorf32, r, r, s);
  else if (kind < 87) b.op(OP.addf32i, r, r, draw(100));
  else if (kind < 89) b.op(OP.addf32, r, r, s);
  else if (kind < 91) b.op(OP.sti32, draw(1000), base, displacement);
  else if (kind < 93) b.op(OP.andf32i, r, r, draw(255));
  else if (kind < 95) b.op(OP.ldzx8, r, base, displacement);
  else if (kind < 97) b.op(OP.shrf32i, r, r, draw(8) + 1);
  else {
    b.op(OP.ldw32, temp(0), base, displacement);
    b.op(OP.addf32, temp(0), temp(0), r);
    b.op(OP.st32, temp(0), base, displacement);
  }
}

/**
 * A ring of blocks; two in five end with a conditional branch, the rest with calls, returns and
 * jumps. Each runs up to `trips` times in a row.
 */
function mixProgram(bench: Bench, trips: number): Block {
  const draw = sequence(1);
  const count = 300, stride = 128, start = 0x1000;
  const pcOf = (n: number): number => start + (n % count) * stride;
  for (let n = 0; n < count; n++) {
    bench.block(pcOf(n), (b, insn) => {
      insn();
      b.op(OP.movi32, ESP, 0x8000); // keeps the stack in place, whatever the blocks push and pop
      const insns = 2 + draw(6);
      for (let i = 0; i < insns; i++) {
        insn();
        mixInsn(b, draw);
      }
      const r = [EAX, ECX, EDX, EBX][draw(4)]!;
      const kind = draw(10);
      if (trips > 1 && kind < 3) {
        insn();
        b.op(OP.subf32i, temp(3), temp(3), 1);
        insn();
        b.op(OP.andf32i, temp(4), temp(3), trips - 1);
        insn();
        b.op(OP.jcc_ne, pcOf(n));
        b.op(OP.goto, pcOf(n + 1));
      } else if (kind < 5) {
        insn();
        if (draw(2) === 0) b.op(OP.test32, r, r);
        else b.op(OP.cmp32i, r, draw(100));
        insn();
        b.op([OP.jcc_e, OP.jcc_ne, OP.jcc_e, OP.jcc_b, OP.jcc_g][draw(5)]!, pcOf(n + 2));
        b.op(OP.goto, pcOf(n + 1));
      } else if (kind < 7) {
        insn();
        b.op(OP.pushi32, pcOf(n + 1), ESP);
        b.op(OP.goto, pcOf(n + 1));
      } else if (kind < 8) {
        insn();
        b.op(OP.pushi32, pcOf(n + 1), ESP);
        insn();
        b.op(OP.pop32, temp(0), ESP);
        b.op(OP.gotor, temp(0));
      } else {
        insn();
        b.op(OP.goto, pcOf(n + 1));
      }
    });
  }
  bench.set(ESP, 0x8000);
  bench.set(EBP, 0x9000);
  bench.set(ESI, 0xa000);
  bench.set(EDI, 0xb000);
  return bench.cache.block(0);
}

export interface EngineFigures {
  readonly name: string;
  /** Guest MIPS. */
  readonly best: number;
  readonly median: number;
  readonly uopsPerInsn: number;
  /** Until the first 1000 instructions have run, module included. */
  readonly firstMs: number;
}

/** Runs one program `instructions` long, seven times. */
export function measureEngine(name: string, program: (bench: Bench) => Block, instructions: number): EngineFigures {
  const before = performance.now();
  const bench = new Bench();
  const start = program(bench);
  bench.link();
  bench.run(start, 1000);
  const firstMs = performance.now() - before;
  for (let i = 0; i < 20; i++) bench.run(start, instructions / 20);
  const mips = Array.from({ length: 7 }, () => instructions / bench.run(start, instructions) / 1000).sort(
    (x, y) => x - y,
  );
  return { name, firstMs, best: mips[6]!, median: mips[3]!, uopsPerInsn: bench.uopsPerInsn() };
}

/** All figures of the interpreter. */
export function engineFigures(instructions = 50_000_000): EngineFigures[] {
  return [
    measureEngine('loop', loopProgram, instructions),
    measureEngine('mix, 8 trips', (bench) => mixProgram(bench, 8), instructions),
    measureEngine('mix, 1 trip', (bench) => mixProgram(bench, 1), instructions),
  ];
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  process.stdout.write(`interpreter module ${engineModule(X86_ISA).length} bytes\n`);
  for (const f of engineFigures()) {
    const line = (mips: number): string => `${mips.toFixed(0)} MIPS (${(mips * f.uopsPerInsn).toFixed(0)} M µops/s)`;
    process.stdout.write(
      `${f.name.padEnd(14)} best ${line(f.best)}, median ${line(f.median)}; ${f.uopsPerInsn.toFixed(2)} ` +
        `µops an instruction; first run after ${f.firstMs.toFixed(0)} ms\n`,
    );
  }
}
