import { describe, expect, test } from 'vitest';
import { Ram } from '../mem/ram.ts';
import { Transaction } from '../mem/transaction.ts';
import { AT, CYCLE, X86Bench } from '../../test/benches/x86-bench.ts';

const bench = (): X86Bench => new X86Bench().protectedMode();

describe('self-modifying code', () => {
  test('a store to the next instruction of the same block takes effect at once', () => {
    const b = bench();
    b.code(AT.CODE, 'c6 05 08 00 01 00 05  mov byte [10008h],5', 'b0 01  mov al,1', 'f4  hlt');
    b.run();
    expect([b.state.eax, b.cpu.codeStatistics.retired]).toEqual([5, 1]);
  });

  test('a loop that patches itself, with exact time', () => {
    const b = bench();
    b.code(
      AT.CODE, 'b9 64 00 00 00  mov ecx,100', '05 00 00 00 00  add eax,0',
      '89 0d 06 00 01 00  mov [10006h],ecx', 'e2 f3  loop $-11', 'f4  hlt',
    );
    b.run();
    expect([b.state.eax, b.cpu.instructions, b.cpu.now]).toEqual([5049, 302, 302 * CYCLE]);
  });

  test('data beside code in a page does not retire it', () => {
    const b = bench();
    b.code(
      AT.CODE, 'b9 e8 03 00 00  mov ecx,1000', '89 0d 00 08 01 00  mov [10800h],ecx', 'e2 f8  loop $-6',
      'f4  hlt',
    );
    b.run();
    expect([b.read32(AT.CODE + 0x800), b.cpu.codeStatistics.retired]).toEqual([1, 0]);
  });

  test('writes by others (DMA) retire code', () => {
    const b = bench();
    b.code(AT.CODE, '40  inc eax', 'eb fd  jmp $-1');
    const tx = new Transaction('dma');
    const patch = new Uint8Array([0xf4]);
    b.scheduler.event('dma', () => b.memory.burst(AT.CODE, patch, 0, 1, true, tx)).at(100 * CYCLE);
    expect(b.run()).toBe('halted');
    expect(b.state.eax).toBe(50);
  });

  test('a string store over code retires it', () => {
    const b = bench();
    b.code(
      AT.CODE, 'e8 fb 00 00 00  call 10100h', 'bf 00 01 01 00  mov edi,10100h', 'b9 08 00 00 00  mov ecx,8',
      'b0 f4  mov al,0f4h', 'f3 aa  rep stosb', 'e8 e8 00 00 00  call 10100h',
    );
    b.code(AT.CODE + 0x100, '43  inc ebx', 'c3  ret');
    b.run();
    expect([b.state.ebx, b.state.eip]).toEqual([1, AT.CODE + 0x101]);
  });

  test('a patched instruction over a page border', () => {
    const b = bench();
    b.code(0x10ffe, 'b8 01 00 00 00  mov eax,1', 'c3  ret');
    b.code(
      AT.CODE, 'e8 f9 0f 00 00  call 10ffeh', '89 c3  mov ebx,eax',
      'c6 05 00 10 01 00 07  mov byte [11000h],7', 'e8 eb 0f 00 00  call 10ffeh', 'f4  hlt',
    );
    b.run();
    expect([b.state.ebx, b.state.eax]).toEqual([1, 0x701]);
  });

  test('a page walk that sets a dirty bit in a page with code', () => {
    const b = bench().paging();
    // The table's last entries double as code: bytes that are never executed after the walk changes
    // them.
    b.code(AT.CODE, 'a3 00 00 20 00  mov [200000h],eax', 'f4  hlt');
    b.run();
    expect(b.read32(b.pte(0x200000)) & 0x60).toBe(0x60);
  });
});

describe('the memory map', () => {
  test('moving a region is seen by the next access', () => {
    const b = bench();
    const region = b.memory.map(0xe0000000, 0x1000, b.target('bar', 0x11));
    b.io.map(0xcf8, 4, { name: 'config', read: () => 0, write: (_o, _s, v) => region.set(v, true) });
    b.code(
      AT.CODE, 'a1 00 00 00 e0  mov eax,[0e0000000h]', '89 c3  mov ebx,eax',
      'b8 00 00 00 e1  mov eax,0e1000000h', '66 ba f8 0c  mov dx,0cf8h', 'ef  out dx,eax',
      'a1 00 00 00 e0  mov eax,[0e0000000h]', '8b 0d 00 00 00 e1  mov ecx,[0e1000000h]', 'f4  hlt',
    );
    b.run();
    expect([b.state.ebx, b.state.eax, b.state.ecx]).toEqual([0x11, 0xffffffff, 0x11]);
  });

  test('RAM under a region that is switched on', () => {
    const b = bench();
    const region = b.memory.map(AT.DATA, 0x1000, b.target('window', 0x77), { priority: 1, disabled: true });
    b.io.map(0x22, 1, { name: 'pam', read: () => 0, write: (_o, _s, v) => region.set(AT.DATA, v !== 0) });
    b.code(
      AT.CODE,
      'c7 05 00 00 03 00 55 00 00 00  mov dword [30000h],55h',
      'b0 01  mov al,1', 'e6 22  out 22h,al', '8b 0d 00 00 03 00  mov ecx,[30000h]', 'b0 00  mov al,0',
      'e6 22  out 22h,al', '8b 15 00 00 03 00  mov edx,[30000h]', 'f4  hlt',
    );
    b.run();
    expect([b.state.ecx, b.state.edx]).toEqual([0x77, 0x55]);
  });

  test('code where there is neither RAM nor ROM is fetched from the bus', () => {
    const b = bench();
    const program = [0x40, 0x40, 0xf4];
    b.memory.map(0xe0000000, 0x1000, { name: 'flash', read: (offset) => program[offset] ?? 0, write: () => undefined });
    b.set({ eip: 0xe0000000 });
    expect([b.run(), b.state.eax]).toEqual(['halted', 2]);
  });
});

describe('snapshots', () => {
  const program = [
    'fb  sti', 'b9 c8 00 00 00  mov ecx,200', 'a3 00 00 20 00  mov [200000h],eax', '40  inc eax',
    '51  push ecx', '59  pop ecx', 'e4 60  in al,60h', 'bf 00 00 03 00  mov edi,30000h', 'e2 ee  loop $-16',
    'fa  cli', 'f4  hlt',
  ];
  const make = (): X86Bench => {
    const b = bench().paging();
    b.io.map(0x60, 1, b.target('dev', 3), { latency: 77 });
    b.code(b.handler(0x20), '43  inc ebx', 'cf  iret');
    b.code(AT.CODE, ...program);
    return b;
  };

  test('a run continued from a snapshot ends as the whole run does, at the same time', () => {
    const whole = make();
    const tick = (b: X86Bench): void => {
      const e = b.scheduler.event('tick', () => {
        b.intr.set(true);
        e.after(501);
      });
      e.at(b.scheduler.now + 501 - (b.scheduler.now % 501));
    };
    tick(whole);
    whole.run();
    for (const at of [100, 1234, 5000]) {
      const first = make();
      tick(first);
      first.cpu.run(at);
      const state = first.cpu.save();
      const ram = first.ram.bytes.slice();
      const second = make();
      second.ram.bytes.set(ram);
      second.scheduler.now = first.scheduler.now;
      expect(second.cpu.mismatch(state)).toBe('');
      second.cpu.load(state);
      tick(second);
      second.run();
      expect(second.state).toEqual(whole.state);
      expect([second.cpu.now, second.cpu.instructions, second.cpu.counters.interrupts]).toEqual([
        whole.cpu.now, whole.cpu.instructions, whole.cpu.counters.interrupts,
      ]);
    }
  });

  test('accessed bits do not depend on a restore: the translations are part of the state', () => {
    const result = (restore: boolean): number => {
      const b = bench().paging();
      b.code(
        AT.CODE, 'a1 00 00 20 00  mov eax,[200000h]', '80 25 00 18 10 00 df  and byte [101800h],~20h',
        '8b 1d 00 00 20 00  mov ebx,[200000h]', 'f4  hlt',
      );
      b.cpu.step(2);
      if (restore) b.cpu.load(b.cpu.save());
      b.run();
      return b.read32(b.pte(0x200000)) & 0x20;
    };
    expect([result(false), result(true)]).toEqual([0, 0]);
  });
});

describe.each(['interpreter', 'jit'] as const)('code that is in no memory is fetched over the bus, %s', (execution) => {
  const CARD = 0x1000_0000, LATENCY = 100;
  /** A card answers with code, from CARD on, or from another address. */
  function card(code: string, at = CARD): { b: X86Bench; fetched: number[] } {
    const b = new X86Bench({ execution }).protectedMode();
    const bytes = code.split(' ').map((byte) => parseInt(byte, 16)), fetched: number[] = [];
    b.memory.map(at, 0x1000, {
      name: 'card', write: () => {},
      read: (offset) => (fetched.push(offset), bytes[offset] ?? 0),
    }, { latency: LATENCY });
    b.set({ eip: at, ecx: 3 });
    return { b, fetched };
  }
  /** inc eax; loop $-1; hlt: six instructions and HLT, ten bytes. */
  const LOOP = '40 e2 fd f4';

  test('each instruction afresh, only the bytes that it has, and each takes its time', () => {
    const { b, fetched } = card(LOOP);
    const records: string[] = [];
    b.trace.listen((r) => {
      if (r.kind === 'transaction') records.push(`${r.initiator} ${r.address - CARD} by ${r.pc - CARD}`);
    });
    expect(b.run()).toBe('halted');
    expect(fetched).toEqual([0, 1, 2, 0, 1, 2, 0, 1, 2, 3]);
    expect(records.slice(0, 4)).toEqual(['cpu 0 by 0', 'cpu 1 by 1', 'cpu 2 by 1', 'cpu 0 by 0']);
    expect([b.state.eax, b.cpu.instructions, b.cpu.counters.mmioReads]).toEqual([3, 7, 10]);
    expect(b.cpu.now).toBe(7 * CYCLE + 10 * LATENCY);
  });

  test('the same in steps and in short runs', () => {
    const { b, fetched } = card(LOOP);
    for (let n = 1; n <= 6; n++) expect([b.cpu.step(1), b.cpu.instructions]).toEqual(['steps', n]);
    expect([fetched.length, b.cpu.now]).toEqual([9, 6 * CYCLE + 9 * LATENCY]);
    const other = card(LOOP);
    for (let t = 0; t < 1200; t += 7) other.b.cpu.run(t);
    expect([other.fetched.length, other.b.cpu.now, other.b.cpu.halted]).toEqual([10, 7 * CYCLE + 10 * LATENCY, true]);
  });

  test('an interrupt that a fetch runs past comes after the instruction', () => {
    const { b, fetched } = card(LOOP);
    b.set({ eflags: 0x202 });
    // Within the fetch of LOOP's first byte.
    b.scheduler.event('intr', () => b.intr.set(true)).at(LATENCY + CYCLE + 50);
    expect(b.run()).toBe('halted');
    expect([b.stoppedIn, b.stack(0), fetched]).toEqual([0x20, CARD, [0, 1, 2]]);
  });

  test('an instruction that begins in RAM and ends on the card', () => {
    const { b, fetched } = card('34 12 f4', 4 << 20);
    b.code((4 << 20) - 3, 'b8 78 56');
    b.set({ eip: (4 << 20) - 3 });
    expect(b.run()).toBe('halted');
    expect([b.state.eax, fetched, b.cpu.now]).toEqual([0x12345678, [0, 1, 2], 2 * CYCLE + 3 * LATENCY]);
  });

  test('memory on a card is no other', () => {
    const { b } = card('90');
    const vram = new Ram('vram', new Uint8Array(0x1000));
    vram.bytes.set([0x40, 0xe2, 0xfd, 0xf4]);
    b.memory.map(CARD + 0x1000, 0x1000, vram, { latency: LATENCY });
    b.set({ eip: CARD + 0x1000 });
    expect([b.run(), b.state.eax, b.cpu.now]).toEqual(['halted', 3, 7 * CYCLE + 10 * LATENCY]);
  });

  test('where nothing answers: FFh FFh is no instruction', () => {
    const { b } = card('90');
    b.set({ eip: 0x2000_0000 });
    expect([b.run(), b.stoppedIn, b.stack(0), b.cpu.counters.mmioReads]).toEqual(['halted', 6, 0x2000_0000, 2]);
  });
});
