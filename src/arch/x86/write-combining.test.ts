import { describe, expect, test } from 'vitest';
import { AT, CYCLE, X86Bench } from '../../../test/benches/x86-bench.ts';
import { Bus } from '../../mem/bus.ts';
import { Ram } from '../../mem/ram.ts';
import { MEMORY_TYPE, MEMORY_TYPE_NAMES, type Target } from '../../mem/transaction.ts';
import { Clock } from '../../sim/clock.ts';
import { setMemoryTypes } from './setup.ts';

/** Device memory with the WC type (64 KiB), and registers in the page behind it, uncached. */
const WC_AT = 0x1000_0000, UC_AT = 0x1001_0000;
/** 2 + 8 + 7 clocks of 30 ns; 2 + 8 + 1; 2 + 8. */
const FULL = 17 * 90, EIGHT = 11 * 90, FOUR = 10 * 90;

class Bench extends X86Bench {
  /** What arrived, in order: `wc 40+64`, `uc`, `port`. */
  readonly log: string[] = [];
  readonly bytes = new Uint8Array(0x10000);

  constructor(execution: 'jit' | 'interpreter' = 'jit') {
    super({ execution });
    const bus = new Bus('pci', new Clock('pci', 100e6, 3), { arbitration: 2, firstData: 8, perBeat: 1, width: 4 });
    const note = (what: string): void => void this.log.push(what);
    const view = new DataView(this.bytes.buffer);
    const card: Target = {
      name: 'card',
      read: (offset) => (note(`read ${offset.toString(16)}`), view.getUint32(offset, true)),
      write: () => note('single write'),
      block: (offset, buffer, at, length) => {
        this.bytes.set(buffer.subarray(at, at + length), offset);
        note(`wc ${offset.toString(16)}+${length}`);
      },
    };
    const plain = (name: string): Target => ({ name, read: () => (note(name), 0), write: () => note(name) });
    this.memory.map(WC_AT, 0x10000, card, { bus });
    this.memory.map(UC_AT, 0x1000, plain('uc'), { bus });
    this.io.map(0x80, 4, plain('port'));
    this.protectedMode();
    setMemoryTypes(this.cpu, MEMORY_TYPE.UC, [
      { base: 0, size: 4 << 20, type: MEMORY_TYPE.WB }, { base: WC_AT, size: 0x10000, type: MEMORY_TYPE.WC },
    ]);
    this.set({ edi: WC_AT, esi: AT.DATA, ebx: UC_AT, edx: 0x80 });
  }

  /** Runs lines of code that end in HLT; returns what it took beyond the instructions. */
  does(...lines: string[]): number {
    this.code(AT.CODE, ...lines, 'f4  hlt');
    const from = this.cpu.now, before = this.cpu.instructions;
    expect(this.run()).toBe('halted');
    return this.cpu.now - from - (this.cpu.instructions - before) * CYCLE;
  }
}

const STORE = '89 07  mov [edi],eax', NEXT = '83 c7 40  add edi,64';

describe.each(['jit', 'interpreter'] as const)('write combining (SDM vol. 3A, 11.3.1), %s', (engine) => {
  test('eight stores fill a line, which is one burst, and the processor does not wait for it', () => {
    const b = new Bench(engine);
    const waited = b.does('b9 08 00 00 00  mov ecx,8', 'f3 a5  rep movsd');
    // HLT drains: it waits for what is left of the burst.
    expect(b.log).toEqual(['wc 0+32']);
    expect(waited).toBe(FULL - CYCLE);
  });

  test('HLT drains what is left, in pieces of 8 bytes', () => {
    const b = new Bench(engine);
    expect(b.does('b9 03 00 00 00  mov ecx,3', 'f3 a5  rep movsd')).toBe(EIGHT + FOUR);
    expect(b.log).toEqual(['wc 0+8', 'wc 8+4']);
  });

  test.each([
    ['OUT', 'ee  out dx,al', ['wc 0+4', 'port']], ['IN', 'ec  in al,dx', ['wc 0+4', 'port']],
    ['an uncached store', '89 03  mov [ebx],eax', ['wc 0+4', 'uc']],
    ['an uncached load', '8b 03  mov eax,[ebx]', ['wc 0+4', 'uc']],
    ['CPUID', '0f a2  cpuid', ['wc 0+4']], ['MOV CR0', '0f 20 c0 0f 22 c0  mov eax,cr0; mov cr0,eax', ['wc 0+4']],
  ])('%s drains first', (_name, code, order) => {
    const b = new Bench(engine);
    b.does(STORE, code, '89 47 40  mov [edi+64],eax');
    expect(b.log).toEqual([...order, 'wc 40+4']);
  });

  test.each([
    ['WBINVD', '0f 09  wbinvd'], ['INVD', '0f 08  invd'], ['INVLPG', '0f 01 3f  invlpg [edi]'],
    ['MOV DR7', '31 c0 0f 23 f8  xor eax,eax; mov dr7,eax'],
  ])('%s is serialising and drains (SDM vol. 3A, 8.3)', (_name, code) => {
    const b = new Bench(engine);
    b.does(STORE, code, '89 47 40  mov [edi+64],eax');
    expect(b.log).toEqual(['wc 0+4', 'wc 40+4']);
  });

  test.each([
    ['LOCK ADD', 'f0 01 06  lock add [esi],eax'], ['LOCK INC', 'f0 ff 06  lock inc dword [esi]'],
    ['LOCK BTS', 'f0 0f ab 06  lock bts [esi],eax'], ['LOCK CMPXCHG', 'f0 0f b1 0e  lock cmpxchg [esi],ecx'],
    ['LOCK XADD', 'f0 0f c1 06  lock xadd [esi],eax'], ['LOCK CMPXCHG8B', 'f0 0f c7 0e  lock cmpxchg8b [esi]'],
    ['XCHG with memory', '87 06  xchg [esi],eax'], ['LOCK XCHG', 'f0 86 06  lock xchg [esi],al'],
  ])('%s locks the bus and drains (SDM vol. 3A, 8.1.2.1, 8.1.2.2, 11.3.1)', (_name, code) => {
    const b = new Bench(engine);
    b.does(STORE, code, '89 47 40  mov [edi+64],eax');
    expect(b.log).toEqual(['wc 0+4', 'wc 40+4']);
  });

  test('a locked instruction waits for the bus before it makes its own access', () => {
    const b = new Bench(engine);
    b.does(STORE, 'f0 01 03  lock add [ebx],eax');
    expect(b.log).toEqual(['wc 0+4', 'uc', 'uc']);
  });

  test.each([
    ['LGDT', '0f 01 16  lgdt [esi]'], ['LIDT', '0f 01 1e  lidt [esi]'],
    ['LLDT', '31 c0 0f 00 d0  xor eax,eax; lldt ax'], ['LMSW', '0f 01 e0 0f 01 f0  smsw eax; lmsw ax'],
    ['CLTS', '0f 06  clts'], ['MOV CR3', '0f 20 d8 0f 22 d8  mov eax,cr3; mov cr3,eax'],
    ['WRMSR', '31 c0 31 d2 b9 10 00 00 00 0f 30  wrmsr TSC'],
    ['IRET', '9c 0e e8 00 00 00 00 83 04 24 05 cf  pushfd; push cs; call $+5; add dword [esp],5; iretd'],
  ])('%s is serialising and drains (SDM vol. 3A, 8.3)', (_name, code) => {
    const b = new Bench(engine);
    b.does(STORE, code, '89 47 40  mov [edi+64],eax');
    expect(b.log).toEqual(['wc 0+4', 'wc 40+4']);
  });

  test.each([
    ['#UD', 6, '0f 0b  ud2'], ['#DE', 0, '31 c9 f7 f1  xor ecx,ecx; div ecx'], ['INT 30h', 0x30, 'cd 30  int 30h'],
  ])('%s drains before its handler runs (SDM vol. 3A, 11.3.1)', (_name, vector, code) => {
    const b = new Bench(engine);
    b.code(b.handler(vector), '89 47 04  mov [edi+4],eax', 'f4  hlt');
    b.code(AT.CODE, STORE, code, 'f4  hlt');
    expect(b.run()).toBe('halted');
    expect(b.log).toEqual(['wc 0+4', 'wc 4+4']);
  });

  test.each([
    ['XCHG of registers', '91  xchg eax,ecx'], ['CMPXCHG without LOCK', '0f b1 0e  cmpxchg [esi],ecx'],
    ['RDTSC', '0f 31  rdtsc'], ['a load of RAM', '8b 06  mov eax,[esi]'], ['a store to RAM', '89 06  mov [esi],eax'],
    ['PUSHFD', '9c  pushfd'], ['CLI', 'fa  cli'],
  ])('%s drains nothing: a store behind it still goes into the line (SDM vol. 3A, 11.3.1)', (_name, code) => {
    const b = new Bench(engine);
    b.does(STORE, code, '89 47 04  mov [edi+4],eax');
    expect(b.log).toEqual(['wc 0+8']);
  });

  test('an interrupt drains before its handler runs', () => {
    const b = new Bench(engine);
    b.code(b.handler(0x20), 'ee  out dx,al', 'f4  hlt');
    b.code(AT.CODE, STORE, 'fb  sti', '90  nop', '90  nop', 'f4  hlt');
    b.intr.set(true);
    expect(b.run()).toBe('halted');
    expect([b.acknowledged, b.stoppedIn, b.log]).toEqual([1, -1, ['wc 0+4', 'port']]);
  });

  test('a load of WC memory sees what was stored, and leaves other lines alone', () => {
    const b = new Bench(engine);
    b.does('b8 78 56 34 12  mov eax,12345678h', STORE, NEXT, STORE, '8b 4f c0  mov ecx,[edi-64]', 'ee  out dx,al');
    expect(b.log).toEqual(['wc 0+4', 'read 0', 'wc 40+4', 'port']);
    expect(b.state.ecx).toBe(0x12345678);
  });

  test('stores to uncached memory are one transaction each', () => {
    const b = new Bench(engine);
    setMemoryTypes(b.cpu, MEMORY_TYPE.UC, [
      { base: 0, size: 4 << 20, type: MEMORY_TYPE.WB }, { base: WC_AT, size: 0x10000, type: MEMORY_TYPE.UC },
    ]);
    b.cpu.stateReplaced();
    b.does('b9 08 00 00 00  mov ecx,8', 'f3 a5  rep movsd');
    expect(b.log).toEqual(Array.from({ length: 8 }, () => 'single write'));
  });

  describe.each([['WT', MEMORY_TYPE.WT], ['WP', MEMORY_TYPE.WP], ['WB', MEMORY_TYPE.WB]])(
    "a card's memory of type %s, as there is no cache (SDM vol. 3A, 11.3)", (name, type) => {
      const CODE = ['89 07  mov [edi],eax', '8b 0f  mov ecx,[edi]', '89 47 04  mov [edi+4],eax'];
      function typed(card: number): Bench {
        const b = new Bench(engine);
        setMemoryTypes(b.cpu, MEMORY_TYPE.UC, [
          { base: 0, size: 4 << 20, type: MEMORY_TYPE.WB }, { base: WC_AT, size: 0x10000, type: card },
        ]);
        b.cpu.stateReplaced();
        return b;
      }

      test('costs what UC costs, and is noted once', () => {
        const uc = typed(MEMORY_TYPE.UC), b = typed(type);
        expect(b.does(...CODE)).toBe(uc.does(...CODE));
        expect(b.log).toEqual(uc.log);
        expect([uc, b].map((m) => m.trace.noteCount('cpu', 'uncached'))).toEqual([0, 1]);
        expect(MEMORY_TYPE_NAMES[type]).toBe(name);
      });

      test('that it was noted is saved', () => {
        const a = typed(type), b = typed(type);
        for (const m of [a, b]) m.code(AT.CODE, ...CODE, 'f4  hlt');
        a.cpu.step(1);
        b.scheduler.runUntil(a.scheduler.now);
        b.cpu.load(a.cpu.save());
        expect(b.run()).toBe('halted');
        expect([a.trace.noteCount('cpu', 'uncached'), b.trace.noteCount('cpu', 'uncached'), b.log.length])
          .toEqual([1, 0, 2]);
      });

      test('drains no other line, as 11.3.1 names no cached access; the same line is seen', () => {
        const b = typed(type);
        setMemoryTypes(b.cpu, MEMORY_TYPE.UC, [
          { base: 0, size: 4 << 20, type: MEMORY_TYPE.WB }, { base: WC_AT, size: 0x8000, type: MEMORY_TYPE.WC },
          { base: WC_AT + 0x8000, size: 0x8000, type },
        ]);
        b.does(STORE, '8b 8f 00 80 00 00  mov ecx,[edi+8000h]', '89 47 04  mov [edi+4],eax');
        expect(b.log).toEqual(['read 8000', 'wc 0+8']);
      });
    },
  );

  test('main memory that is closed to writes is no card, whatever its type: nothing is noted', () => {
    const b = new Bench(engine);
    b.memory.map(AT.DATA, 0x1000, new Ram('shadow', new Uint8Array(0x1000), true), { priority: 1 });
    b.does('8b 0e  mov ecx,[esi]', '89 06  mov [esi],eax');
    expect(b.trace.noteCount('cpu', 'uncached')).toBe(0);
  });

  test('memory of a card is on the bus as its registers are: it is combined, and drains come first', () => {
    const b = new Bench(engine);
    const order: string[] = [];
    const memory = (name: string): Ram => {
      const ram = new Ram(name, new Uint8Array(0x1000));
      ram.onWrite = (offset, length) => void order.push(`${name} ${offset.toString(16)}+${length}`);
      return ram;
    };
    b.memory.map(WC_AT, 0x1000, memory('wc'), { priority: 1 });
    b.memory.map(UC_AT, 0x1000, memory('uc'), { priority: 1 });
    b.does(STORE, '89 03  mov [ebx],eax', 'b9 08 00 00 00  mov ecx,8', 'f3 a5  rep movsd');
    expect(order).toEqual(['wc 0+4', 'uc 0+4', 'wc 0+32']);
  });

  test('RAM of type WC is left alone: no transaction, traced or not', () => {
    for (const traced of [false, true]) {
      const b = new Bench(engine);
      b.trace.processorRam = traced;
      if (traced) b.trace.listen(() => {});
      setMemoryTypes(b.cpu, MEMORY_TYPE.UC, [{ base: 0, size: 4 << 20, type: MEMORY_TYPE.WC }]);
      b.cpu.stateReplaced();
      b.set({ edi: AT.DATA });
      expect(b.does(STORE)).toBe(0);
    }
  });
});

test('a snapshot with a line in a buffer goes on alike', () => {
  const a = new Bench();
  a.code(AT.CODE, STORE, '83 c7 04  add edi,4', STORE, 'ee  out dx,al', 'f4  hlt');
  a.cpu.step(2);
  const b = new Bench();
  b.ram.bytes.set(a.ram.bytes);
  b.scheduler.runUntil(a.scheduler.now);
  b.cpu.load(a.cpu.save());
  for (const m of [a, b]) expect(m.run()).toBe('halted');
  expect(b.log).toEqual(['wc 0+8', 'port']);
  expect(a.log).toEqual(b.log);
  expect(b.cpu.now).toBe(a.cpu.now);
  expect(b.cpu.save()).toEqual(a.cpu.save());
});
