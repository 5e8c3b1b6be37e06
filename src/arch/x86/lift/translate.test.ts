import { describe, expect, test } from 'vitest';
import { Builder } from '../../../ir/builder.ts';
import { OP, OPS } from '../../../ir/ops.ts';
import { STATE } from '../../../ir/layout.ts';
import type { FetchWindow } from '../../isa.ts';
import type { X86Mode } from '../mode.ts';
import { SLOW_NAMES } from '../slow-ops.ts';
import { GPR, SEGS } from '../state.ts';
import { translateBlock } from './translate.ts';

const FLAT32: X86Mode = { code32: true, stack32: true, flat: true, protectedMode: true, v86: false, cpl: 0 };
const REAL: X86Mode = { code32: false, stack32: false, flat: false, protectedMode: false, v86: false, cpl: 0 };
const SEGMENTED: X86Mode = { ...FLAT32, flat: false };

const REGISTERS = ['eax', 'ecx', 'edx', 'ebx', 'esp', 'ebp', 'esi', 'edi'];

function cellName(address: number): string {
  if (address >= GPR && address < GPR + 32) return REGISTERS[(address - GPR) >> 2] + ((address & 3) === 1 ? '.h' : '');
  if (address >= STATE.TEMP && address < STATE.TEMP + 64) return `t${(address - STATE.TEMP) >> 2}`;
  if (address >= SEGS && address < SEGS + 256) return `seg${(address - SEGS) >> 5}+${(address - SEGS) & 31}`;
  return `@${address.toString(16)}`;
}

class Page implements FetchWindow {
  bytes: Uint8Array;
  start = 0;
  end: number;
  readonly asked: number[] = [];
  private readonly second: readonly number[];

  constructor(first: readonly number[], second: readonly number[] | null = null) {
    this.bytes = Uint8Array.from(second === null ? [...first, ...new Array<number>(32).fill(0x90)] : first);
    this.end = second === null ? first.length + 16 : first.length;
    this.second = second ?? [];
  }

  nextPage(index: number): number {
    this.asked.push(index);
    return this.second[index] ?? -1;
  }
}

function hex(text: string): number[] {
  return text.split(/\s+/).filter((s) => s !== '').map((s) => parseInt(s, 16));
}

/** µops of one instruction as text. */
function lift(text: string, mode: X86Mode = FLAT32, pc = 0x1000): string[] {
  const b = new Builder();
  b.begin();
  translateBlock(new Page(hex(text)), pc, mode, b, 1);
  const out: string[] = [];
  for (let i = 1; i < b.uops; i++) {
    const [w0, ...operands] = b.words.subarray(i * 4, i * 4 + 4);
    const row = OPS[w0! & 0xffff];
    let line = row.name as string;
    operands.forEach((w, n) => {
      const kind = row.sig[n];
      if (kind === '-' || kind === 'l') return;
      const name =
        row.op === OP.helper && n === 0
          ? SLOW_NAMES[w]
          : kind === 'p'
            ? (w >>> 0).toString(16)
            : kind === 'i'
              ? String(w)
              : cellName(w);
      line += ` ${name}`;
    });
    out.push(line);
  }
  if (
    out.at(-1) === `goto ${((pc + hex(text).length) >>> 0).toString(16)}` &&
    out.length > 1 &&
    !out.at(-2)!.startsWith('j')
  )
    out.pop();
  return out;
}

function block(page: FetchWindow, mode = FLAT32, max = 40, pc = 0x1000) {
  const b = new Builder();
  b.begin();
  const r = { ...translateBlock(page, pc, mode, b, max) };
  return { ...r, last: b.uops === 1 ? '' : OPS[b.lastOp].name, target: b.words[(b.uops - 1) * 4 + 1], b };
}

describe('µops of common instructions in a flat mode', () => {
  const rows: [code: string, uops: string[]][] = [
    ['8b 43 10', ['ld32 eax ebx 16']],
    ['8b 44 8b 10', ['addsh2 t8 ebx ecx', 'ld32 eax t8 16']],
    ['a1 78 56 34 12', ['ld32 eax seg3+0 305419896']],
    ['88 65 fc', ['st8 eax.h ebp -4']],
    ['c7 45 fc 05 00 00 00', ['sti32 5 ebp -4']],
    ['03 45 08', ['ld32 t0 ebp 8', 'addf32 eax eax t0']],
    ['01 45 08', ['ldw32 t0 ebp 8', 'addf32 t0 t0 eax', 'st32 t0 ebp 8']],
    ['83 c4 10', ['addf32i esp esp 16']],
    ['85 c0', ['test32 eax eax']],
    ['3c 41', ['cmp8i eax 65']],
    ['8d 44 24 04', ['add32i eax esp 4']],
    ['8d 04 9b', ['addsh2 eax ebx ebx']],
    ['8d 44 4a 03', ['addsh1 eax edx ecx', 'add32i eax eax 3']],
    ['0f b6 02', ['ldzx8 eax edx 0']],
    ['0f 94 c4', ['set_e eax.h']],
    ['0f 45 4a 04', ['ld32 t0 edx 4', 'set_ne t1', 'cmovnz32 ecx t0 t1']],
    ['55', ['push32 ebp esp']],
    ['5c', ['pop32 esp esp']],
    ['68 01 02 03 04', ['pushi32 67305985 esp']],
    ['ff 74 24 08', ['ld32 t0 esp 8', 'push32 t0 esp']],
    ['8f 44 24 08', ['ld32 t0 esp 0', 'st32 t0 esp 12', 'add32i esp esp 4']],
    ['c9', ['ld32 t0 ebp 0', 'add32i esp ebp 4', 'mov32 ebp t0']],
    ['c3', ['pop32 t0 esp', 'gotor t0']],
    ['c2 08 00', ['ld32 t0 esp 0', 'add32i esp esp 12', 'gotor t0']],
    ['e8 10 00 00 00', ['pushi32 4101 esp', 'goto 1015']],
    ['ff 15 00 20 00 00', ['ld32 t0 seg3+0 8192', 'pushi32 4102 esp', 'gotor t0']],
    ['ff d4', ['mov32 t0 esp', 'pushi32 4098 esp', 'gotor t0']],
    ['74 10', ['jcc_e 1012', 'goto 1002']],
    ['e2 fe', ['sub32i ecx ecx 1', 'jnz 1000 ecx', 'goto 1002']],
    ['87 03', ['helper locked 0 0', 'ldw32 t0 ebx 0', 'st32 eax ebx 0', 'mov32 eax t0']],
    [
      'f0 0f b1 0b',
      [
        'helper locked 0 0', 'ldw32 t0 ebx 0', 'cmp32 eax t0', 'set_e t1', 'mov32 eax t0', 'cmovnz32 t0 ecx t1',
        'st32 t0 ebx 0',
      ],
    ],
    ['c1 e0 04', ['shlf32i eax eax 4']],
    ['d3 23', ['ldw32 t0 ebx 0', 'shlf32 t0 t0 ecx', 'st32 t0 ebx 0']],
    ['64 a1 14 00 00 00', ['movi32 t8 20', `seg t9 t8 ${SEGS + 4 * 32 + 4 * 65536}`, 'ld32 eax t9 0']],
    ['66 e9 00 f0', ['goto 4']],
    ['fa', ['and32i @10a0 @10a0 -513']],
    ['f4', ['helper hlt 0 0', 'sync 1001']],
    ['cf', ['helper iret 4 0', 'gotor @1000']],
    ['8e d8', ['helper movSreg 3 4224', 'sync 1002']],
  ];
  test.each(rows)('%s', (code, uops) => {
    expect(lift(code)).toEqual(uops);
  });

  test('CLI asks for IOPL outside level 0', () => {
    for (const cpl of [1, 3]) expect(lift('fa', { ...FLAT32, cpl })).toEqual(['helper cli 0 0']);
  });

  test('FS and GS without limits need no check', () => {
    const open = { ...FLAT32, fsOpen: true, gsOpen: true };
    expect(lift('64 a1 14 00 00 00', open)).toEqual(['ld32 eax seg4+0 20']);
    expect(lift('65 8b 43 10', open)).toEqual(['add32 t9 ebx seg5+0', 'ld32 eax t9 16']);
  });

  test('hint NOPs, ENDBR32 and PAUSE have no µops but the goto at the block end', () => {
    for (const code of ['90', 'f3 90', 'f3 0f 1e fb', '0f 1f 44 00 00', '0f 18 08', '0f 0d 08']) {
      const length = hex(code).length;
      expect(lift(code)).toEqual([`goto ${(0x1000 + length).toString(16)}`]);
    }
  });
});

describe('segmented and 16-bit modes', () => {
  test('a limited data segment is checked with size and intent', () => {
    expect(lift('89 43 10', SEGMENTED)).toEqual([
      'add32i t8 ebx 16',
      `seg t9 t8 ${SEGS + 3 * 32 + 4 * 65536 + 0x1000000}`,
      'st32 eax t9 0',
    ]);
  });
  test('16-bit addresses wrap', () => {
    expect(lift('8a 42 ff', REAL)).toEqual([
      'add16 t8 ebp esi', 'add16i t8 t8 -1',
      `seg t9 t8 ${SEGS + 2 * 32 + 65536}`,
      'ld8 eax t9 0',
    ]);
  });
  test('push with SP', () => {
    expect(lift('50', REAL)).toEqual([
      'add16i t10 esp -2',
      `seg t11 t10 ${SEGS + 2 * 32 + 2 * 65536 + 0x1000000}`,
      'st16 eax t11 0', 'mov16 esp t10',
    ]);
  });
  test('a 32-bit branch out of 64 KiB in 16-bit code asks for the CS limit', () => {
    expect(lift('66 e9 00 00 01 00', REAL)).toEqual([
      'movi32 t2 69638',
      `helper checkBranch ${STATE.TEMP + 8} 0`,
      'goto 11006',
    ]);
    expect(lift('66 e9 00 00 00 00', REAL)).toEqual(['goto 1006']);
  });
  test('system-segment instructions are #UD outside protected mode', () => {
    for (const code of ['0f 00 c0', '0f 00 d8', '0f 02 c1', '63 c1']) expect(lift(code, REAL)).toEqual(['raise 6 -1']);
  });
});

describe('invalid encodings', () => {
  const UD = ['raise 6 -1'];
  test.each([
    '0f 0b', '0f ff', 'fe d0', 'ff f8', '8d c0', '8e c8', '0f 20 08', '0f c7 c8', '8f c8',
  ])('%s is #UD', (code) => expect(lift(code)).toEqual(UD));
  test.each([
    'c4 c0', '0f 58 c0', '0f 6f c0', '0f 05', '0f ae f8', '0f 01 c1',
  ])('%s of later processors is #UD with a note', (code) => {
    expect(lift(code)).toEqual([expect.stringMatching(/^helper absent \d+ 0$/)]);
  });
  test.each([
    'f0 01 c0', 'f0 89 03', 'f0 90', 'f0 83 3b 01', 'f0 0f a3 03', 'f0 0f ba 23 01', 'f0 f6 03 01',
    'f0 03 03',
  ])('LOCK before %s is #UD', (code) => expect(lift(code)).toEqual(UD));
  test('LOCK is accepted with memory destinations that allow it', () => {
    expect(lift('f0 ff 03')).toEqual(['helper locked 0 0', 'ldw32 t0 ebx 0', 'inc32 t0 t0', 'st32 t0 ebx 0']);
  });
  test('15 bytes are executed, 16 are #GP(0)', () => {
    const prefixes = (n: number): string => '26 '.repeat(n);
    expect(lift(`${prefixes(13)} 8b 03`)).toEqual(['ld32 eax ebx 0']);
    expect(lift(`${prefixes(14)} 8b 03`)).toEqual(['raise 13 0']);
    expect(lift(`${prefixes(40)} 8b 03`)).toEqual(['raise 13 0']);
    expect(lift(`${prefixes(10)} 81 03 01 02 03 04`)).toEqual(['raise 13 0']);
  });
});

describe('block ends', () => {
  test('at the instruction limit', () => {
    const r = block(new Page(hex('40 41 42 43')), FLAT32, 3);
    expect(r).toMatchObject({ insns: 3, bytes: 3, last: 'goto', target: 0x1003, crosses: false, fetchFailed: false });
  });
  test('at the page end exactly', () => {
    expect(block(new Page(hex('40 41 42 43'), hex('44')))).toMatchObject({
      insns: 4, bytes: 4, last: 'goto', target: 0x1004, crosses: false,
    });
  });
  test('before an instruction that would cross', () => {
    const page = new Page(hex('40 8b'), hex('03'));
    expect(block(page)).toMatchObject({ insns: 1, bytes: 1, target: 0x1001, crosses: false });
    expect(page.asked).toEqual([]);
  });
  test('an instruction that crosses is a block of its own and fetches no byte too many', () => {
    const page = new Page(hex('81'), hex('05 00 20 00 00 78 56 34 12 90 90'));
    expect(block(page)).toMatchObject({ insns: 1, bytes: 10, crosses: true, last: 'goto', target: 0x100a });
    expect(page.asked).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8]);
  });
  test('a failed fetch emits nothing', () => {
    const page = new Page(hex('81'), hex('05 00'));
    expect(block(page)).toMatchObject({ insns: 0, bytes: 0, fetchFailed: true, last: '' });
    expect(page.asked).toEqual([0, 1, 2]);
  });
  test('an undefined opcode at the page end needs no more bytes', () => {
    const page = new Page(hex('0f 0b'), []);
    expect(block(page)).toMatchObject({ insns: 1, bytes: 2, fetchFailed: false, crosses: false, last: 'raise' });
    expect(page.asked).toEqual([]);
  });
  test('over-long instruction at the page end: 15 bytes are fetched, then #GP', () => {
    const page = new Page(new Array<number>(10).fill(0x66), new Array<number>(20).fill(0x66));
    expect(block(page)).toMatchObject({ insns: 1, last: 'raise' });
    expect(page.asked).toEqual([0, 1, 2, 3, 4]);
  });
  test('the builder accepts every block', () => {
    const r = block(new Page(hex('90 40 90 74 00')));
    expect(() => r.b.finish(0x1005)).not.toThrow();
    expect(r).toMatchObject({ insns: 4, last: 'goto' });
  });
});
