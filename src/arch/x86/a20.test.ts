import { describe, expect, test } from 'vitest';
import { AT, X86Bench } from '../../../test/benches/x86-bench.ts';
import { IrqLine } from '../../irq/line.ts';
import type { Target } from '../../mem/transaction.ts';
import { X86_INPUT } from './boundary.ts';

/** A bench with a gate at port 92h: bit 1 lets address line 20 pass. */
class Bench extends X86Bench {
  readonly a20 = new IrqLine('a20', this);

  constructor(execution: 'jit' | 'interpreter') {
    super({ execution, ...(execution === 'jit' ? { jit: { hotThreshold: 10, group: 1 } } : {}) });
    this.a20.connect(this.cpu.inputs, X86_INPUT.A20);
    this.a20.set(true);
    const gate: Target = { name: 'gate', read: () => 0, write: (_o, _s, value) => this.a20.set((value & 2) !== 0) };
    this.io.map(0x92, 1, gate);
  }
}

const CLOSE = ['b0 00  mov al,0', 'e6 92  out 92h,al'], OPEN = ['b0 02  mov al,2', 'e6 92  out 92h,al'];

describe.each(['jit', 'interpreter'] as const)('A20M# (SDM vol. 3A, 8.7.13.4), %s', (engine) => {
  test('in real mode loads and stores at FFFF:0510 wrap to 500h while it is asserted', () => {
    const b = new Bench(engine).realMode();
    b.write32(0x500, 0x1111);
    b.write32(0x100500, 0x2222);
    b.code(
      0x7800, 'b8 ff ff  mov ax,0ffffh', '8e d8  mov ds,ax', '8b 1e 10 05  mov bx,[510h]', ...CLOSE,
      '8b 0e 10 05  mov cx,[510h]', 'ff 06 10 05  inc word [510h]', ...OPEN, '8b 16 10 05  mov dx,[510h]', 'f4  hlt',
    );
    b.set({ eip: 0x7800 });
    expect(b.run()).toBe('halted');
    expect([b.state.ebx, b.state.ecx, b.state.edx]).toEqual([0x2222, 0x1111, 0x2222]);
    expect([b.read32(0x500), b.read32(0x100500)]).toEqual([0x1112, 0x2222]);
  });

  test('fetches wrap, too, and what was decoded at either address is right after each change', () => {
    const b = new Bench(engine).protectedMode();
    // The same linear address, called with the gate open, shut and open again.
    b.code(0x100600, '83 c3 01  add ebx,1', 'c3  ret');
    b.code(0x600, '83 c1 01  add ecx,1', 'c3  ret');
    b.code(
      AT.CODE, 'bd 40 00 00 00  mov ebp,64',
      'b8 02 00 00 00  mov eax,2', 'e6 92  out 92h,al', 'b8 00 06 10 00  mov eax,100600h', 'ff d0  call eax',
      '31 c0  xor eax,eax', 'e6 92  out 92h,al', 'b8 00 06 10 00  mov eax,100600h', 'ff d0  call eax',
      '4d  dec ebp', '75 e4  jnz', 'f4  hlt',
    );
    expect(b.run()).toBe('halted');
    expect([b.state.ebx, b.state.ecx]).toEqual([64, 64]);
  });

  test('page walks wrap: the table at 101000h is read at 1000h, accessed bits are set there', () => {
    const b = new Bench(engine).protectedMode().paging();
    // Directory at 100000h and tables at 101000h; under the mask they stand at 0 and 8000h.
    b.write32(0, 0x108007);
    for (let page = 0; page < 1024; page++) b.write32(0x8000 + 4 * page, (page << 12) | 7);
    b.write32(0x8000 + 4 * 0x200, 0x203007);
    b.write32(0x200000, 1);
    b.write32(0x203000, 2);
    b.code(
      AT.CODE, 'a1 00 00 20 00  mov eax,[200000h]', '89 c3  mov ebx,eax', ...CLOSE,
      '8b 0d 00 00 20 00  mov ecx,[200000h]', 'f4  hlt',
    );
    expect(b.run()).toBe('halted');
    expect([b.state.ebx, b.state.ecx]).toEqual([1, 2]);
    expect(b.read32(0x8000 + 4 * 0x200) & 0x20).toBe(0x20);
  });

  test('compiled loops without paging read what the mask says, in odd and even megabytes', () => {
    const b = new Bench(engine).protectedMode();
    b.set({ ebx: 0, edx: 0 }).write32(0x300, 5);
    b.write32(0x100300, 7);
    b.write32(0x200300, 11);
    const loop = [
      'b9 e8 03 00 00  mov ecx,1000', '03 1d 00 03 10 00  add ebx,[100300h]', '03 15 00 03 20 00  add edx,[200300h]',
      '49  dec ecx', '75 f1  jnz',
    ];
    b.code(AT.CODE, ...loop, ...CLOSE, ...loop, ...OPEN, ...loop, 'f4  hlt');
    expect(b.run()).toBe('halted');
    expect([b.state.ebx, b.state.edx]).toEqual([1000 * (7 + 5 + 7), 3000 * 11]);
  });

  test('REP MOVSD over the megabyte copies to where the mask leads', () => {
    const b = new Bench(engine).protectedMode();
    for (let i = 0; i < 64; i++) b.write32(AT.DATA + 4 * i, i + 1);
    b.code(AT.CODE, ...CLOSE, 'b9 40 00 00 00  mov ecx,64', 'f3 a5  rep movsd', 'f4  hlt');
    b.set({ esi: AT.DATA, edi: 0x103000 });
    expect(b.run()).toBe('halted');
    expect([b.read32(0x3000), b.read32(0x30fc), b.read32(0x103000), b.read32(0x1030fc)]).toEqual([1, 64, 0, 0]);
  });

  test('a snapshot with the line masked is restored masked, and reset opens it', () => {
    const b = new Bench(engine).protectedMode();
    b.code(AT.CODE, ...CLOSE, 'f4  hlt', 'a1 00 05 10 00  mov eax,[100500h]', 'f4  hlt');
    b.write32(0x500, 1);
    b.write32(0x100500, 2);
    b.run();
    const saved = b.cpu.save();
    const other = new Bench(engine).protectedMode();
    other.code(AT.CODE, ...CLOSE, 'f4  hlt', 'a1 00 05 10 00  mov eax,[100500h]', 'f4  hlt');
    other.write32(0x500, 1);
    other.write32(0x100500, 2);
    other.cpu.load(saved);
    other.a20.restore(false);
    other.wake().run();
    expect(other.state.eax).toBe(1);
    other.cpu.resetEnter();
    expect(other.cpu.architecture.x86.mmu.passed(0x100000)).toBe(0x100000);
  });
});
