import { describe, expect, test } from 'vitest';
import { AT, CYCLE, SEL, X86Bench, gate } from '../../test/benches/x86-bench.ts';

const bench = (): X86Bench => new X86Bench().protectedMode();
const nops = (n: number): string => `${'90 '.repeat(n).trim()}  nop × ${n}`;

/** Schedules INTR at an absolute time. */
function interruptAt(b: X86Bench, time: number): void {
  b.scheduler.event(`intr at ${time}`, () => b.intr.set(true)).at(time);
}

describe('time', () => {
  test('an instruction takes a cycle; HLT ends the run when nothing can wake', () => {
    const b = bench();
    b.code(AT.CODE, nops(10), 'f4  hlt');
    expect(b.run()).toBe('halted');
    expect([b.cpu.instructions, b.cpu.now]).toEqual([11, 11 * CYCLE]);
  });

  test('a run ends at the first boundary at or after its end', () => {
    const b = bench();
    b.code(AT.CODE, nops(100), 'f4  hlt');
    expect(b.cpu.run(7 * CYCLE + 1)).toBe('until');
    expect([b.cpu.instructions, b.state.eip]).toEqual([8, AT.CODE + 8]);
    expect(b.cpu.run(9 * CYCLE)).toBe('until');
    expect(b.cpu.instructions).toBe(9);
  });

  test('an event runs before the first instruction that starts at or after its time', () => {
    for (const [time, done] of [[5 * CYCLE, 5], [5 * CYCLE + 1, 6], [5 * CYCLE - 1, 5]] as const) {
      const b = bench();
      b.code(AT.CODE, nops(50), 'f4  hlt');
      let at = -1;
      b.scheduler.event('look', () => (at = b.state.eip - AT.CODE)).at(time);
      b.run();
      expect(at).toBe(done);
    }
  });

  test('step executes exactly n instructions, in any portions the same', () => {
    const program = [
      'b9 64 00 00 00  mov ecx,100', '40  inc eax', '01 c3  add ebx,eax', '53  push ebx', '5a  pop edx',
      'e2 f9  loop $-5', 'f4  hlt',
    ];
    const whole = bench();
    whole.code(AT.CODE, ...program);
    whole.run();
    for (const portion of [1, 3, 7]) {
      const b = bench();
      b.code(AT.CODE, ...program);
      let count = 0;
      while (b.cpu.step(portion) === 'steps') {
        count += portion;
        expect(b.cpu.instructions).toBe(count);
      }
      expect(b.state).toEqual(whole.state);
      expect([b.cpu.now, b.cpu.instructions]).toEqual([whole.cpu.now, whole.cpu.instructions]);
    }
  });

  test('a port access happens at its instruction and adds its time', () => {
    const b = bench();
    const times: number[] = [];
    b.io.map(
      0x300, 4,
      { name: 'dev', read: () => (times.push(b.scheduler.now), 0), write: () => void times.push(b.scheduler.now) },
      { latency: 100 },
    );
    b.code(AT.CODE, nops(3), '66 ba 00 03  mov dx,300h', 'ec  in al,dx', '90  nop', 'ee  out dx,al', 'f4  hlt');
    b.run();
    expect(times).toEqual([4 * CYCLE, 6 * CYCLE + 100]);
    expect(b.cpu.now).toBe(8 * CYCLE + 200);
    expect([b.cpu.counters.portReads, b.cpu.counters.portWrites]).toEqual([1, 1]);
  });

  test('an event that a long access runs past comes right after its instruction, at its own time', () => {
    const b = bench();
    b.io.map(0x300, 4, b.target('dev', 0), { latency: 1000 });
    b.code(AT.CODE, nops(3), '66 ba 00 03  mov dx,300h', 'ec  in al,dx', nops(20), 'f4  hlt');
    let seen: number[] = [];
    b.scheduler.event('look', () => (seen = [b.scheduler.now, b.state.eip - AT.CODE])).at(500);
    b.run();
    expect(seen).toEqual([500, 8]);
  });

  test('RDTSC counts cycles, those of instructions and those of bus accesses, also across events and a ' +
    'write of the counter', () => {
    const b = bench();
    const STAMP = '0f 31  rdtsc',
      STORE = 'ab  stosd';
    b.io.map(0x300, 4, b.target('dev', 0), { latency: 100 });
    b.scheduler.event('nothing', () => {}).at(21 * CYCLE);
    b.code(
      AT.CODE, 'bf 00 00 03 00  mov edi,30000h', '66 ba 00 03  mov dx,300h', STAMP, STORE, STAMP, STORE,
      '66 ba 00 03  mov dx,300h', 'ec  in al,dx', STAMP, STORE, nops(12), STAMP, STORE,
      'b9 10 00 00 00  mov ecx,10h', 'b8 ff ff ff ff  mov eax,-1', 'ba 05 00 00 00  mov edx,5',
      '0f 30  wrmsr', STAMP, '89 d3  mov ebx,edx', STORE, STAMP, STORE, 'f4  hlt',
    );
    b.run();
    const stamps = [0, 1, 2, 3, 4, 5].map((n) => b.read32(AT.DATA + 4 * n) >>> 0);
    // The access took 100 ticks, 6 cycles and 10 ticks; the counter shows whole cycles.
    expect(stamps.slice(0, 4)).toEqual([2, 4, 8 + 6, 22 + 6]);
    // A P6 clears the upper half on a write, so one cycle later the lower half has run over.
    expect([stamps[4], stamps[5], b.state.ebx]).toEqual([0, 3, 1]);
  });

  test('a clock that is no whole number of ticks keeps exact time', () => {
    const b = bench();
    b.code(AT.CODE, nops(30), 'f4  hlt');
    b.run();
    expect(b.cpu.architecture.x86.stamp.read()).toBe(31);
  });
});

describe('interrupts', () => {
  test('INTR is taken at the boundary at which it rises', () => {
    for (const n of [1, 2, 5, 13]) {
      const b = bench();
      b.code(AT.CODE, nops(40), 'f4  hlt');
      b.set({ eflags: 0x202 });
      interruptAt(b, n * CYCLE);
      b.run();
      expect([b.stoppedIn, b.stack(0), b.acknowledged]).toEqual([0x20, AT.CODE + n, 1]);
    }
  });

  test('a device that raises INTR during an access interrupts right after that instruction', () => {
    const b = bench();
    b.io.map(0x300, 1, { name: 'dev', read: () => 0, write: () => b.intr.set(true) });
    b.code(AT.CODE, 'fb  sti', '66 ba 00 03  mov dx,300h', 'ee  out dx,al', '40  inc eax', '40  inc eax', 'f4  hlt');
    b.run();
    expect([b.stoppedIn, b.stack(0), b.state.eax]).toEqual([0x20, AT.CODE + 6, 0]);
  });

  test('STI holds interrupts back for one instruction; STI with IF set does not', () => {
    const b = bench();
    b.code(AT.CODE, '90  nop', 'fb  sti', '40  inc eax', '40  inc eax', 'f4  hlt');
    b.intr.set(true);
    b.run();
    expect([b.stack(0), b.state.eax]).toEqual([AT.CODE + 3, 1]);
    const c = bench();
    c.code(AT.CODE, 'fb  sti', '90  nop', 'fb  sti', '40  inc eax', 'f4  hlt');
    interruptAt(c, 3 * CYCLE);
    c.run();
    expect([c.stack(0), c.state.eax]).toEqual([AT.CODE + 3, 0]);
  });

  test('MOV SS and POP SS hold interrupts back for one instruction', () => {
    const b = bench();
    b.code(
      AT.CODE, 'b9 10 00 00 00  mov ecx,10h', 'fb  sti', '90  nop', '8e d1  mov ss,ecx',
      'bc 00 80 00 00  mov esp,8000h', '90  nop', 'f4  hlt',
    );
    interruptAt(b, 4 * CYCLE);
    b.run();
    expect([b.stack(0), b.state.esp]).toEqual([AT.CODE + 14, 0x8000 - 12]);
  });

  test('HLT waits; the time until the interrupt counts as halted', () => {
    const b = bench();
    b.code(AT.CODE, 'fb  sti', 'f4  hlt', '40  inc eax', 'fa  cli', 'f4  hlt');
    b.code(b.handler(0x20), 'cf  iret');
    interruptAt(b, 10000);
    expect(b.run()).toBe('halted');
    expect([b.state.eax, b.cpu.haltedTicks]).toEqual([1, 10000 - 2 * CYCLE]);
  });

  test('NMI needs no IF and no acknowledge', () => {
    const b = bench();
    b.code(AT.CODE, nops(20), 'f4  hlt');
    b.scheduler.event('nmi', () => b.nmi.set(true)).at(5 * CYCLE);
    b.run();
    expect([b.stoppedIn, b.stack(0), b.acknowledged]).toEqual([2, AT.CODE + 5, 0]);
  });

  test('the interrupt of a sleeping loop finds CLI masked', () => {
    const b = bench();
    b.code(AT.CODE, 'fb  sti', '90  nop', 'fa  cli', nops(30), 'f4  hlt');
    interruptAt(b, 5 * CYCLE);
    b.run();
    expect([b.acknowledged, b.state.eip]).toEqual([0, AT.CODE + 34]);
  });

  test('CLI at the very boundary of the interrupt: it is taken before CLI if it is due then', () => {
    const b = bench();
    b.code(AT.CODE, 'fb  sti', '90  nop', '90  nop', 'fa  cli', nops(30), 'f4  hlt');
    interruptAt(b, 3 * CYCLE);
    b.run();
    expect(b.stack(0)).toBe(AT.CODE + 3);
  });
});

describe('traps', () => {
  test('TF: a trap after each instruction, not after INT, one instruction late after MOV SS', () => {
    const b = bench();
    const stops: number[] = [];
    b.setGate(1, gate(SEL.CODE0, AT.CODE + 0x100, 0x8e));
    b.code(
      AT.CODE + 0x100,
      '50  push eax', '8b 44 24 04  mov eax,[esp+4]', 'e7 80  out 80h,eax', '58  pop eax', 'cf  iret',
    );
    b.io.map(0x80, 4, b.target('post', 0, stops));
    b.setGate(0x40, gate(SEL.CODE0, AT.CODE + 0x120, 0x8e));
    b.code(AT.CODE + 0x120, 'cf  iret');
    b.code(
      AT.CODE, '9c  pushf', '81 0c 24 00 01 00 00  or dword [esp],100h', '9d  popf', '90  nop',
      'b9 10 00 00 00  mov ecx,10h', '8e d1  mov ss,ecx', '90  nop', 'cd 40  int 40h', '90  nop', '9c  pushf',
      '81 24 24 ff fe ff ff  and dword [esp],~100h', '9d  popf', '90  nop', 'f4  hlt',
    );
    expect(b.run()).toBe('halted');
    expect(stops.map((s) => s - AT.CODE)).toEqual([10, 15, 18, 21, 22, 29, 30]);
    expect(b.cpu.architecture.x86.words[(0x2400 >> 2) + 6] & 0x4000).toBe(0x4000);
  });

  test('breakpoints stop before their instruction and let it run on the next go', () => {
    const b = bench();
    b.code(AT.CODE, '40  inc eax', '40  inc eax', '40  inc eax', 'f4  hlt');
    b.cpu.breakpoints.add(AT.CODE + 2);
    expect([b.run(), b.state.eax]).toEqual(['breakpoint', 2]);
    expect([b.run(), b.state.eax]).toEqual(['halted', 3]);
  });

  test('requestStop from a device ends the run after that instruction', () => {
    const b = bench();
    b.io.map(0x80, 1, { name: 'post', read: () => 0, write: () => b.cpu.requestStop() });
    b.code(AT.CODE, 'e6 80  out 80h,al', '40  inc eax', 'f4  hlt');
    expect([b.run(), b.state.eax, b.state.eip]).toEqual(['requested', 0, AT.CODE + 2]);
    expect([b.run(), b.state.eax]).toEqual(['halted', 1]);
  });
});
