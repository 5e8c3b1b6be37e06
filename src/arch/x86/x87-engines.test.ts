/**
 * x87 programs under three engines: the interpreter and the JIT, which have fast functions, and the
 * reference, in which the unit in TypeScript does it all.
 */
import { describe, expect, test } from 'vitest';
import { AT, X86Bench } from '../../../test/benches/x86-bench.ts';
import { Lcg } from '../../../test/oracle/x86/lcg.ts';
import { STATE } from '../../ir/layout.ts';
import { createReference } from '../../ir/reference/reference.ts';
import { WINDOW_BYTES } from './fpu/layout.ts';
import { X86_ISA } from './isa.ts';
import { FPU_STATE } from './state.ts';
import type { ProcessorOptions } from '../../cpu/processor.ts';

const NE = 0x31, ROUNDS = 60;

function reference(): X86Bench {
  const made: { bench?: X86Bench } = {};
  const options: Pick<ProcessorOptions, 'interpreter'> = {
    interpreter: (imports) => {
      let engine: ReturnType<typeof createReference> | null = null;
      return { run: (ip) => (engine ??= createReference(made.bench!.engine, X86_ISA, imports)).run(ip) };
    },
  };
  made.bench = new X86Bench(options as ConstructorParameters<typeof X86Bench>[0]);
  return made.bench;
}

function hex(...bytes: number[]): string {
  return bytes.map((b) => (b & 0xff).toString(16).padStart(2, '0')).join(' ');
}

function dword(v: number): number[] {
  return [v, v >> 8, v >> 16, v >> 24];
}

const MEMORY = [
  [0xd8, 0], [0xd8, 1], [0xd8, 2], [0xd8, 3], [0xd8, 4], [0xd8, 5], [0xd8, 6], [0xd8, 7], [0xdc, 0],
  [0xdc, 1], [0xdc, 2], [0xdc, 3], [0xdc, 4], [0xdc, 5], [0xdc, 6], [0xdc, 7], [0xda, 0], [0xda, 6],
  [0xde, 4], [0xd9, 0], [0xd9, 2], [0xd9, 3], [0xdd, 0], [0xdd, 0], [0xdd, 2], [0xdd, 3], [0xdd, 3],
  [0xdb, 0], [0xdb, 2], [0xdb, 3], [0xdb, 5], [0xdb, 7], [0xdf, 0], [0xdf, 2], [0xdf, 5], [0xdf, 7],
  [0xd9, 7], [0xdd, 7],
] as const;
const REGISTER = [
  [0xd8, 0xc0, 64], [0xdc, 0xc0, 16], [0xdc, 0xe0, 32], [0xde, 0xc0, 16], [0xd9, 0xc0, 16], [0xd9, 0xe0, 2],
  [0xd9, 0xe8, 7], [0xdd, 0xd0, 32], [0xdb, 0xe8, 16], [0xdf, 0xe8, 16], [0xda, 0xc0, 32], [0xdb, 0xc0, 32],
] as const;
const SINGLE = ['d9 fa', 'd9 fc', 'd9 e4', 'd9 e5', 'df e0', 'df e0 9e', 'da e9', 'de d9', '9b'];

/**
 * The body of a loop: x87 instructions on eight doubles, some with an index; flags and AX go into
 * EBX.
 */
function body(r: Lcg): string[] {
  const lines: string[] = [];
  for (let n = 0; n < 30; n++) {
    const at = AT.DATA + 8 * r.below(8);
    switch (r.below(8)) {
      case 0:
      case 1:
      case 2: {
        const [opcode, field] = r.pick(MEMORY);
        // [at - 8 + esi + ecx * 8]
        lines.push(
          r.oneIn(2)
            ? hex(opcode, 5 | (field << 3), ...dword(at))
            : hex(opcode, 0x84 | (field << 3), 0xce, ...dword(at - 8)),
        );
        break;
      }
      case 3:
      case 4:
      case 5: {
        const [opcode, from, count] = r.pick(REGISTER);
        lines.push(hex(opcode, from + (r.oneIn(2) ? (r.below(count) & ~7) | r.below(2) : r.below(count))));
        break;
      }
      case 6:
        lines.push(r.pick(SINGLE));
        break;
      default:
        lines.push(
          r.pick(['dd 05', 'd9 05']) + ' ' + hex(...dword(at)),
          r.pick([
            '9c 58 31 c3  pushf; pop eax; xor ebx,eax', 'd1 c3  rol ebx,1', '31 c3  xor ebx,eax',
            'dd d8  fstp st0', 'de c1  faddp', 'de c9  fmulp',
          ]),
        );
    }
  }
  return lines;
}

function program(b: X86Bench, seed: number): X86Bench {
  const r = new Lcg(seed);
  b.protectedMode();
  for (let n = 0; n < 10; n++)
    b.ram.view.setFloat64(AT.DATA + 8 * n, (r.below(2001) - 1000) / r.pick([1, 3, 7, 1000]), true);
  if (r.oneIn(3)) b.ram.view.setFloat64(AT.DATA + 8 * r.below(8), r.pick([NaN, Infinity, 5e-324, 1e308, 0, -0]), true);
  const loop = body(r);
  b.write32(AT.DATA + 0x100, r.oneIn(3) ? r.pick([0x27f, 0x77f, 0xf7f, 0x35f, 0x37e]) : 0x37f);
  b.code(
    AT.CODE, 'db e3', hex(0xd9, 0x2d, ...dword(AT.DATA + 0x100)), hex(0xbf, ...dword(ROUNDS)),
    hex(0xdd, 0x05, ...dword(AT.DATA)), 'd9 e8', 'd9 c0', '31 f6 31 db',
  );
  const start = AT.CODE + 2 + 6 + 5 + 6 + 2 + 2 + 4;
  const clean = loop.map((line) => line.split('  ')[0].trim());
  const length = clean.reduce((sum, line) => sum + line.split(' ').length, 0) + 5;
  b.code(
    start, 'b9 01 00 00 00  mov ecx,1', ...clean, '4f  dec edi', hex(0x0f, 0x85, ...dword(-(length + 1 + 6))),
    'f4  hlt',
  );
  b.set({ cr0: NE, esp: AT.STACK0 });
  return b;
}

function outcome(b: X86Bench): string {
  const { bytes, words } = b.cpu.architecture.x86;
  const fpu = hex(...bytes.subarray(FPU_STATE, FPU_STATE + WINDOW_BYTES));
  const flags = [words[STATE.CC_RES >> 2] === 0, words[STATE.CC_AUX >> 2] >>> 30];
  return JSON.stringify([
    b.state, b.cpu.instructions, b.cpu.now, flags, fpu,
    hex(...b.ram.bytes.subarray(AT.DATA, AT.DATA + 0x110)),
  ]);
}

describe('x87 loops end alike under the interpreter, the JIT and the reference', () => {
  test.each([1, 2, 3, 4, 5, 6, 7, 8])('programs of seed %i', (group) => {
    let instructions = 0;
    for (let n = 0; n < 12; n++) {
      const seed = group * 100 + n;
      const benches = [
        reference(),
        new X86Bench({ execution: 'interpreter' }),
        new X86Bench({ execution: 'jit', jit: { hotThreshold: 4, group: 1 } }),
      ];
      const [expected, ...found] = benches.map((b) => {
        program(b, seed);
        for (let portion = 0; portion < 50 && b.cpu.step(197) === 'steps'; portion++);
        return outcome(b);
      });
      for (const one of found) expect([seed, one]).toEqual([seed, expected]);
      instructions += benches[0].cpu.instructions;
    }
    // Most come to the end of their loops.
    expect(instructions).toBeGreaterThan(12 * ROUNDS * 20);
  });

  test('the functions do run', () => {
    const b = program(new X86Bench({ execution: 'interpreter' }), 1);
    let calls = 0;
    const { fpu } = b.cpu.architecture.x86;
    const original = fpu.reg.bind(fpu);
    fpu.reg = (...args) => {
      calls++;
      return original(...args);
    };
    b.code(
      AT.CODE, 'db e3  fninit', 'd9 e8  fld1', 'd9 eb  fldpi', 'de c1  faddp', 'd9 fa  fsqrt',
      'df e0  fnstsw ax', 'f4  hlt',
    );
    b.set({ cr0: NE });
    b.run();
    // FNINIT alone has none.
    expect(calls).toBe(1);
  });
});
