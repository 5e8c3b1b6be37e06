import { describe, expect, test } from 'vitest';
import { AT, CYCLE, SEL, X86Bench, descriptor } from '../../../test/benches/x86-bench.ts';

const bench = (): X86Bench => new X86Bench().protectedMode();
const bytes = (b: X86Bench, at: number, n: number): number[] => [...b.ram.bytes.subarray(at, at + n)];

/** Runs a string instruction with these registers, then HLT. */
function run(
  line: string,
  registers: Parameters<X86Bench['set']>[0],
  prepare: (b: X86Bench) => void = () => undefined,
): X86Bench {
  const b = bench();
  prepare(b);
  b.code(AT.CODE, line, 'f4  hlt');
  b.set(registers);
  b.run();
  return b;
}
const fill = (b: X86Bench, at: number, values: number[]): void =>
  values.forEach((v, i) => b.ram.view.setUint8(at + i, v));

describe('repeated string instructions', () => {
  test('MOVS over pages, forwards and backwards', () => {
    for (const [line, df, size] of [
      ['f3 a4  rep movsb', 0, 1], ['f3 a5  rep movsd', 0, 4], ['f3 a4  rep movsb', 0x400, 1],
      ['66 f3 a5  rep movsw', 0x400, 2],
    ] as const) {
      const n = 9000,
        elements = Math.floor(n / size),
        length = elements * size;
      const from = 0x40ffd,
        to = 0x60123;
      const last = df !== 0 ? length - size : 0;
      const b = run(line, { ecx: elements, esi: from + last, edi: to + last, eflags: 2 | df }, (x) =>
        fill(
          x, from,
          Array.from({ length }, (_, i) => (i * 7) & 0xff),
        ),
      );
      expect(bytes(b, to, length)).toEqual(Array.from({ length }, (_, i) => (i * 7) & 0xff));
      const end = df !== 0 ? -size : length;
      expect([b.state.ecx, b.state.esi, b.state.edi]).toEqual([0, from + end, to + end]);
      expect(b.cpu.instructions).toBe(elements + 1);
    }
  });

  test('an overlapping MOVSB repeats a pattern, as byte after byte does', () => {
    const b = run('f3 a4  rep movsb', { ecx: 10, esi: AT.DATA, edi: AT.DATA + 3 }, (x) => fill(x, AT.DATA, [1, 2, 3]));
    expect(bytes(b, AT.DATA, 13)).toEqual([1, 2, 3, 1, 2, 3, 1, 2, 3, 1, 2, 3, 1]);
    const c = run('f3 a4  rep movsb', { ecx: 4, esi: AT.DATA + 2, edi: AT.DATA }, (x) =>
      fill(x, AT.DATA, [1, 2, 3, 4, 5, 6]),
    );
    expect(bytes(c, AT.DATA, 6)).toEqual([3, 4, 5, 6, 5, 6]);
    const d = run('f3 a4  rep movsb', { ecx: 6, esi: AT.DATA + 9, edi: AT.DATA + 7, eflags: 0x402 }, (x) =>
      fill(x, AT.DATA, [0, 0, 0, 0, 0, 0, 0, 0, 8, 9]),
    );
    expect(bytes(d, AT.DATA, 10)).toEqual([0, 0, 8, 9, 8, 9, 8, 9, 8, 9]);
  });

  test('a page fault in the midst leaves counts and pointers exact, and the instruction goes on after it', () => {
    const b = bench().paging();
    b.write32(b.pte(0x201000), 0);
    b.code(AT.CODE, 'f3 ab  rep stosd', 'f4  hlt');
    b.set({ ecx: 100, edi: 0x200ff0, eax: 0x01020304 });
    b.run();
    expect([b.stoppedIn, b.stack(0), b.stack(1), b.state.ecx, b.state.edi, b.state.cr2]).toEqual([
      14, 2, AT.CODE, 96, 0x201000, 0x201000,
    ]);
    expect(b.cpu.instructions).toBe(5);
    b.wake().write32(b.pte(0x201000), 0x201003);
    b.code(b.handler(14), '83 c4 04  add esp,4', 'cf  iret');
    b.set({ eip: b.handler(14) });
    b.run();
    expect([b.state.eip, b.state.ecx, b.state.edi, b.read32(0x201000 + 95 * 4)]).toEqual([
      AT.CODE + 3,
      0,
      0x200ff0 + 400,
      0x01020304,
    ]);
  });

  test('an element over a page border faults with nothing written', () => {
    const b = bench().paging();
    b.write32(b.pte(0x201000), 0);
    b.code(AT.CODE, 'f3 ab  rep stosd');
    b.set({ ecx: 4, edi: 0x200ff6, eax: -1 });
    b.run();
    expect([b.stoppedIn, b.state.ecx, b.state.edi, b.state.cr2, b.read16(0x200ffe)]).toEqual([
      14, 2, 0x200ffe, 0x201000, 0,
    ]);
  });

  test('the segment limit ends a run with #GP at the exact element', () => {
    const b = bench();
    b.setDescriptor(SEL.SMALL, descriptor(AT.DATA, 0x0f, 0x92, 4));
    b.code(AT.CODE, 'b8 a0 00 00 00  mov eax,0a0h', '8e c0  mov es,eax', '31 ff  xor edi,edi', 'f3 ab  rep stosd');
    b.set({ ecx: 6 });
    b.run();
    expect([b.stoppedIn, b.stack(0), b.state.ecx, b.state.edi]).toEqual([13, 0, 2, 16]);
  });

  test('16-bit addresses wrap', () => {
    const b = new X86Bench().realMode();
    b.set({ eip: 0x600, ecx: 0xaaaa0004, edi: 0xbbbbfffe, eax: 0x55 });
    b.code(0x600, 'f3 aa  rep stosb', 'f4  hlt');
    b.run();
    expect([b.state.ecx, b.state.edi, bytes(b, 0xfffe, 2), bytes(b, 0, 2)]).toEqual([
      0xaaaa0000, 0xbbbb0002, [0x55, 0x55], [0x55, 0x55],
    ]);
  });

  test('CMPS and SCAS stop where they should, with the flags of the last comparison', () => {
    const b = run('f3 a6  repe cmpsb', { ecx: 10, esi: AT.DATA, edi: AT.DATA + 0x100 }, (x) => {
      fill(x, AT.DATA, [1, 2, 3, 9, 5]);
      fill(x, AT.DATA + 0x100, [1, 2, 3, 4, 5]);
    });
    expect([b.state.ecx, b.state.esi, b.state.edi, b.state.eflags & 0xc1]).toEqual([
      6,
      AT.DATA + 4,
      AT.DATA + 0x104,
      0,
    ]);
    const c = run('f2 ae  repne scasb', { ecx: 0xffffffff, edi: AT.DATA, eax: 0 }, (x) =>
      fill(x, AT.DATA, [5, 4, 3, 2, 0, 1]),
    );
    expect([c.state.ecx, c.state.edi, c.state.eflags & 0x40]).toEqual([0xfffffffa, AT.DATA + 5, 0x40]);
    const d = run('66 f3 af  repe scasw', { ecx: 3, edi: AT.DATA, eax: 0x8000 }, (x) =>
      fill(x, AT.DATA, [0, 0x80, 1, 0x80, 0, 0]),
    );
    expect([d.state.ecx, d.state.edi, d.state.eflags & 0x8c1]).toEqual([1, AT.DATA + 4, 0x81]);
  });

  test('a count of zero does nothing and touches no flag', () => {
    const b = run('f3 a6  repe cmpsb', { ecx: 0, esi: 0xf0000000, edi: 0xf0000000, eflags: 0x43 });
    expect([b.state.eflags & 0x41, b.state.esi, b.cpu.instructions]).toEqual([0x41, 0xf0000000, 2]);
  });

  test('an event is exact to the iteration; the instruction starts again after the interrupt', () => {
    const b = bench();
    b.code(AT.CODE, 'fb  sti', 'f3 aa  rep stosb', 'f4  hlt');
    b.set({ ecx: 1000, edi: AT.DATA });
    b.scheduler.event('intr', () => b.intr.set(true)).at(101 * CYCLE);
    b.run();
    expect([b.stoppedIn, b.stack(0), b.state.ecx, b.state.edi]).toEqual([0x20, AT.CODE + 1, 900, AT.DATA + 100]);
    b.wake().code(b.handler(0x20), 'cf  iret');
    b.set({ eip: b.handler(0x20) });
    b.cpu.step(2000);
    expect(b.state.ecx).toBe(0);
  });

  test('instructions behind a REP in the block come in order when the time ends in between', () => {
    const whole = bench();
    const lines = [
      'bb 05 00 00 00  mov ebx,5', 'b9 14 00 00 00  mov ecx,20', 'bf 00 00 03 00  mov edi,30000h',
      'f3 aa  rep stosb', '40  inc eax', '40  inc eax', '40  inc eax', '4b  dec ebx', '75 ee  jnz $-16',
      'f4  hlt',
    ];
    whole.code(AT.CODE, ...lines);
    whole.run();
    for (const slice of [1, 2, 5, 9]) {
      const b = bench();
      b.code(AT.CODE, ...lines);
      while (b.cpu.run(b.cpu.now + slice * CYCLE) === 'until') expect(b.cpu.now).toBe(b.cpu.instructions * CYCLE);
      expect([b.state, b.cpu.now]).toEqual([whole.state, whole.cpu.now]);
    }
  });
});

describe('string input and output', () => {
  test('each element is one access at its own time', () => {
    const b = bench();
    const times: number[] = [];
    let next = 0x1001;
    b.io.map(
      0x1f0, 2,
      { name: 'data', read: () => (times.push(b.scheduler.now), next++), write: () => undefined },
      { latency: 120 },
    );
    b.code(AT.CODE, '66 f3 6d  rep insw', 'f4  hlt');
    b.set({ ecx: 4, edx: 0x1f0, edi: AT.DATA + 1 });
    b.run();
    expect(times).toEqual([0, 135, 270, 405]);
    expect([b.cpu.now, b.cpu.counters.portReads, b.read16(AT.DATA + 7), b.state.edi, b.state.ecx]).toEqual([
      4 * 135 + CYCLE,
      4, 0x1004,
      AT.DATA + 9,
      0,
    ]);
  });

  test('a fault at the destination comes before the port is read', () => {
    const b = bench().paging();
    let reads = 0;
    b.io.map(0x1f0, 2, { name: 'data', read: () => ++reads, write: () => undefined });
    b.write32(b.pte(0x201000), 0);
    b.code(AT.CODE, '66 f3 6d  rep insw');
    b.set({ ecx: 8, edx: 0x1f0, edi: 0x200ffc });
    b.run();
    expect([b.stoppedIn, reads, b.state.ecx, b.state.edi]).toEqual([14, 2, 6, 0x201000]);
  });

  test('an interrupt raised by the device comes between two elements', () => {
    const b = bench();
    let reads = 0;
    b.io.map(0x1f0, 2, { name: 'data', read: () => (++reads === 3 && b.intr.set(true), 0), write: () => undefined });
    b.code(AT.CODE, '66 f3 6d  rep insw');
    b.set({ ecx: 8, edx: 0x1f0, edi: AT.DATA, eflags: 0x202 });
    b.run();
    expect([b.stoppedIn, b.stack(0), reads, b.state.ecx]).toEqual([0x20, AT.CODE, 3, 5]);
  });

  test('OUTS reads memory with its segment and writes the port', () => {
    const b = bench();
    const seen: number[] = [];
    b.io.map(0x80, 1, b.target('post', 0, seen));
    b.code(AT.CODE, 'f3 6e  rep outsb', 'f4  hlt');
    fill(b, AT.DATA, [3, 1, 4]);
    b.set({ ecx: 3, edx: 0x80, esi: AT.DATA });
    b.run();
    expect(seen).toEqual([3, 1, 4]);
  });
});
