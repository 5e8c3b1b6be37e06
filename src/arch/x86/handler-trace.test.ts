/** What the trace says of interrupts: who raised them, who handled them, what the handler did. */
import { describe, expect, test } from 'vitest';
import { AT, SEL, X86Bench, gate } from '../../../test/benches/x86-bench.ts';
import type { TraceRecord } from '../../sim/trace.ts';

/** Port 90h raises INTR with another vector; all others are there to be seen. */
function bench(): { b: X86Bench; lines: () => string[]; records: TraceRecord[] } {
  const b = new X86Bench().protectedMode();
  b.io.map(0x90, 1, {
    name: 'raise', read: () => 0,
    write: (_offset, _size, vector) => {
      b.vector = vector;
      b.intr.set(true);
    },
  });
  b.io.map(0x80, 1, b.target('main', 0));
  b.io.map(0xa0, 16, b.target('inside', 0));
  const records: TraceRecord[] = [];
  b.trace.listen((r) => records.push(r));
  const text = (r: TraceRecord): string => {
    switch (r.kind) {
      case 'transaction': return `out ${r.address.toString(16)}`;
      case 'edge': return `${r.line} ${r.level ? 'rises' : 'falls'}`;
      case 'acknowledge': case 'handler': return `${r.kind} ${r.vector.toString(16)}`;
      default: return r.kind;
    }
  };
  /** Each record behind the text of its cause. */
  const lines = (): string[] => {
    const byId = new Map(records.map((r) => [r.id, text(r)]));
    return [...records].sort((x, y) => x.id - y.id).map((r) => `${byId.get(r.parent) ?? '-'}: ${text(r)}`);
  };
  return { b, lines, records };
}

const MAIN = [
  'fb  sti', 'b0 20  mov al,20h', 'e6 90  out 90h,al', '90  nop', 'e6 80  out 80h,al', 'fa  cli', 'f4  hlt',
];
const INSIDE = 'e6 a0  out 0a0h,al';

describe('one interrupt', () => {
  test('edge, acknowledge, entry, what the handler does, return: one chain', () => {
    const { b, lines, records } = bench();
    b.code(AT.CODE, ...MAIN);
    b.code(b.handler(0x20), INSIDE, 'cf  iret');
    b.run();
    expect(lines()).toEqual([
      '-: out 90', 'out 90: intr rises', 'intr rises: acknowledge 20', 'acknowledge 20: intr falls',
      'acknowledge 20: handler 20', 'handler 20: out a0', 'handler 20: return', '-: out 80',
    ]);
    expect(records.find((r) => r.kind === 'handler')).toMatchObject({ entry: b.handler(0x20), pc: AT.CODE + 5 });
    expect(records.find((r) => r.kind === 'return')).toMatchObject({ pc: AT.CODE + 5 });
  });

  test('NMI: the edge is the cause of the handler, there is no acknowledge', () => {
    const { b, lines } = bench();
    b.code(AT.CODE, '90  nop', 'f4  hlt');
    b.code(b.handler(2), INSIDE, 'cf  iret');
    b.nmi.set(true);
    b.run();
    expect(lines()).toEqual(['-: nmi rises', 'nmi rises: handler 2', 'handler 2: out a0', 'handler 2: return']);
  });

  test('each input has an edge of its own: an NMI and INTR raised in one instruction', () => {
    const { b, lines } = bench();
    b.io.map(0x91, 1, { name: 'both', read: () => 0, write: () => { b.nmi.set(true); b.intr.set(true); } });
    b.code(AT.CODE, 'fb  sti', '90  nop', 'e6 91  out 91h,al', '90  nop', 'fa  cli', 'f4  hlt');
    for (const vector of [2, 0x20]) b.code(b.handler(vector), 'cf  iret');
    b.run();
    expect(lines()).toEqual(expect.arrayContaining(['nmi rises: handler 2', 'intr rises: acknowledge 20']));
  });

  test('in real mode', () => {
    const { b, lines } = bench();
    b.realMode().set({ esp: 0x6000 });
    b.write32(4 * 0x20, 0x3000);
    b.code(AT.CODE & 0xffff, ...MAIN);
    b.code(0x3000, INSIDE, 'cf  iret');
    b.run();
    expect(lines().slice(-4)).toEqual([
      'acknowledge 20: handler 20', 'handler 20: out a0', 'handler 20: return', '-: out 80',
    ]);
  });
});

describe('handlers within handlers', () => {
  test('a nested interrupt is caused by what the outer handler did, and ends before it', () => {
    const { b, lines } = bench();
    b.code(AT.CODE, ...MAIN);
    b.code(b.handler(0x20), 'b0 30  mov al,30h', 'e6 90  out 90h,al', 'fb  sti', '90  nop', INSIDE, 'cf  iret');
    b.code(b.handler(0x30), 'e6 a1  out 0a1h,al', 'cf  iret');
    b.run();
    expect(lines().slice(4)).toEqual([
      'acknowledge 20: handler 20', 'handler 20: out 90', 'out 90: intr rises', 'intr rises: acknowledge 30',
      'acknowledge 30: intr falls', 'acknowledge 30: handler 30', 'handler 30: out a1', 'handler 30: return',
      'handler 20: out a0', 'handler 20: return', '-: out 80',
    ]);
  });

  test('the return of an exception or of INT n within a handler does not end it', () => {
    const { b, lines } = bench();
    b.code(AT.CODE, ...MAIN);
    b.code(b.handler(0x20), 'cc  int3', 'cd 40  int 40h', INSIDE, 'cf  iret');
    b.code(b.handler(3), 'e6 a3  out 0a3h,al', 'cf  iret');
    b.code(b.handler(0x40), 'e6 a4  out 0a4h,al', 'cf  iret');
    b.run();
    expect(lines().slice(4)).toEqual([
      'acknowledge 20: handler 20', 'handler 20: out a3', 'handler 20: out a4', 'handler 20: out a0',
      'handler 20: return', '-: out 80',
    ]);
  });

  test('a fault in the handler, whose error code its own handler removes', () => {
    const { b, lines } = bench();
    b.code(AT.CODE, ...MAIN);
    b.code(b.handler(0x20), 'b9 f8 ff 00 00  mov ecx,0fff8h', '8e d9  mov ds,ecx', INSIDE, 'cf  iret');
    b.code(b.handler(13), '59  pop ecx', '83 04 24 02  add dword [esp],2', 'cf  iret');
    b.run();
    expect(lines().slice(5)).toEqual(['handler 20: out a0', 'handler 20: return', '-: out 80']);
  });
});

describe('handlers that do not come back', () => {
  test('a handler that throws its frame away: the next halt leads out of it', () => {
    const { b, records } = bench();
    b.code(AT.CODE, 'fb  sti', 'f4  hlt', 'e6 80  out 80h,al', 'eb fb  jmp hlt');
    b.code(b.handler(0x20), '83 c4 0c  add esp,12', 'fb  sti', 'b8 01 00 01 00  mov eax,10001h', 'ff e0  jmp eax');
    for (let n = 0; n < 100; n++) {
      b.intr.set(true);
      b.cpu.run(b.scheduler.now + 100_000);
    }
    const of = (kind: TraceRecord['kind']): TraceRecord[] => records.filter((r) => r.kind === kind);
    const acknowledges = new Set(of('acknowledge').map((r) => r.id));
    expect([of('handler').length, acknowledges.size, of('return').length]).toEqual([100, 100, 0]);
    expect(of('handler').every((r) => acknowledges.has(r.parent))).toBe(true);
    // Nobody raises the line but the host between two runs.
    const raised = of('edge').filter((r) => r.kind === 'edge' && r.level);
    expect([raised.length, raised.every((r) => r.parent === 0)]).toEqual([100, true]);
  });

  test('a handler that leaves for an outer level by a frame of its own making', () => {
    const { b, lines } = bench();
    b.loadTask();
    b.code(AT.CODE, ...MAIN);
    // The user's program: out 80h with IOPL 3, then back by INT 41h to the handler's stack.
    b.code(
      b.handler(0x20), INSIDE, '68 23 00 00 00  push 23h', '68 00 a0 00 00  push 0a000h', '68 02 30 00 00  push 3002h',
      '68 1b 00 00 00  push 1bh', '68 00 00 02 00  push 20000h', 'cf  iret',
    );
    b.code(AT.USER, 'e6 80  out 80h,al', 'cd 41  int 41h');
    b.setGate(0x41, gate(SEL.CODE0, b.handler(0x60), 0xee));
    b.code(b.handler(0x60), 'f4  hlt');
    b.run();
    expect(lines().slice(5)).toEqual(['handler 20: out a0', '-: out 80']);
  });
});

describe('tasks', () => {
  const TASK = 0x14000;
  const task = (b: X86Bench): void => {
    b.write32(
      AT.TSS2 + 0x1c, 0, TASK, 2, 7, 1, 2, 3, AT.STACK1, 5, 6, 8, SEL.DATA0, SEL.CODE0, SEL.DATA0, SEL.DATA0, 0, 0, 0,
      0x680000,
    );
  };

  test('a handler that is a task', () => {
    const { b, lines } = bench();
    b.loadTask();
    task(b);
    b.setGate(0x20, gate(SEL.TSS2, 0, 0x85));
    b.code(AT.CODE, ...MAIN);
    b.code(TASK, INSIDE, 'cf  iret');
    b.run();
    expect(lines().slice(4)).toEqual([
      'acknowledge 20: handler 20', 'handler 20: out a0', 'handler 20: return', '-: out 80',
    ]);
  });

  test('a switch to another task leaves the handler; its return is still seen', () => {
    const { b, lines } = bench();
    b.loadTask();
    task(b);
    b.code(AT.CODE, ...MAIN);
    b.code(b.handler(0x20), INSIDE, 'ea 00 00 00 00 30 00  jmp 30h:0', 'e6 a2  out 0a2h,al', 'cf  iret');
    b.code(TASK, 'e6 80  out 80h,al', 'ea 00 00 00 00 28 00  jmp 28h:0');
    b.run();
    expect(lines().slice(5)).toEqual([
      'handler 20: out a0', '-: out 80', '-: out a2', 'handler 20: return', '-: out 80',
    ]);
  });
});
