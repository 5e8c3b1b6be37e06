/** What is for any instruction set, with one that has nothing of x86. */
import { describe, expect, test } from 'vitest';
import { MAP, STATE } from '../../src/ir/layout.ts';
import { createGuestMemory } from '../../src/jit/guest-memory.ts';
import { I } from './instructions.ts';
import { BAD_ADDRESS, CAUSE, EPC, FAULT, VECTOR, WAITING } from './state.ts';
import { CYCLE, DEVICE, ToyBench } from './toy-bench.ts';

/** r1 × r2 by additions into r3, then r3 to memory at 2000h. */
const PRODUCT = [
  I.li(1, 300), I.li(2, 21), I.li(3, 0), I.li(5, 0x2000),
  I.add(3, 3, 2), I.addi(1, 1, -1), I.bnz(1, -2),
  I.sw(3, 5), I.wait(),
];

describe.each(['interpreter', 'jit'] as const)('toy processor, %s', (engine) => {
  test('a loop, with time', () => {
    const b = new ToyBench(engine).program(...PRODUCT);
    expect(b.run()).toBe('halted');
    expect([b.r(3), b.word(0x2000), b.cpu.instructions]).toEqual([6300, 6300, 4 + 3 * 300 + 2]);
    expect(b.cpu.now).toBe(b.cpu.instructions * CYCLE);
    if (engine === 'jit') expect(b.cpu.codeStatistics.jit?.functionsCompiled).toBeGreaterThan(0);
  });

  test('memory has the most significant byte first', () => {
    const b = new ToyBench(engine).program(
      I.lui(1, 0x1234), I.addi(1, 1, 0x5678), I.li(2, 0x2000), I.sw(1, 2), I.lh(3, 2), I.lh(4, 2, 2), I.sh(1, 2, 6),
      I.li(6, -2), I.sh(6, 2, 8), I.lh(7, 2, 8), I.wait(),
    );
    b.run();
    expect([...b.ram.bytes.subarray(0x2000, 0x200a)]).toEqual([0x12, 0x34, 0x56, 0x78, 0, 0, 0x56, 0x78, 0xff, 0xfe]);
    expect([b.r(3), b.r(4), b.r(7)]).toEqual([0x1234, 0x5678, -2]);
  });

  test('a device is reached over the bus, byte for byte', () => {
    const b = new ToyBench(engine).program(
      I.lui(1, DEVICE >>> 16), I.lw(2, 1, 4), I.lui(3, 0x0102), I.addi(3, 3, 0x0304), I.sw(3, 1, 8), I.sh(3, 1, 2),
      I.wait(),
    );
    b.run();
    // The device numbers its bytes from the least significant on.
    expect(b.r(2)).toBe(0x48332211);
    expect(b.written).toEqual([[8, 4, 0x04030201], [2, 2, 0x0403]]);
    expect([b.cpu.counters.mmioReads, b.cpu.counters.mmioWrites]).toEqual([1, 2]);
  });

  test('faults: an address, a trap, an instruction that is none; the handler goes back', () => {
    const b = new ToyBench(engine).program(I.li(1, 8), I.sw(1, 1, 4), I.trap(), 0xff000000, I.jr(2), I.wait());
    const seen: number[] = [];
    b.code(VECTOR.FAULT, I.li(15, 0x2000), I.sw(1, 15), I.wait());
    for (let n = 0; n < 3; n++) {
      expect(b.run()).toBe('halted');
      seen.push(b.cell(CAUSE), b.cell(EPC));
      b.set(STATE.PC, b.cell(EPC) + 4).set(WAITING, 0);
    }
    expect(seen).toEqual([FAULT.ADDRESS, 0x1004, FAULT.TRAP, 0x1008, FAULT.ILLEGAL, 0x100c]);
    expect(b.cell(BAD_ADDRESS)).toBe(12);
    expect(b.word(0x2000)).toBe(8);
  });

  test('waits for an interrupt, takes it at a boundary, comes back', () => {
    const b = new ToyBench(engine).program(I.li(1, 0x2000), I.ei(), I.wait(), I.addi(2, 2, 1), I.bnz(1, -2));
    b.code(VECTOR.INTERRUPT, I.lui(9, DEVICE >>> 16), I.sw(2, 9), I.rfi());
    for (let n = 1; n <= 40; n++) {
      b.scheduler.event(`raise ${n}`, () => b.interrupt.set(true)).at(n * 1000);
      b.scheduler.event(`lower ${n}`, () => b.interrupt.set(false)).at(n * 1000 + 40);
    }
    expect(b.cpu.run(41_000)).toBe('until');
    expect(b.cpu.counters.interrupts).toBe(40);
    expect(b.written.map(([, , value]) => value >>> 24)).toEqual(Array.from({ length: 40 }, (_, n) => n));
    expect(b.cpu.haltedTicks).toBeGreaterThan(20_000);
  });

  test('an interrupt cuts a loop after the instruction at hand', () => {
    const b = new ToyBench(engine).program(I.ei(), I.addi(1, 1, 1), I.li(2, 1), I.bnz(2, -2));
    b.code(VECTOR.INTERRUPT, I.wait());
    b.scheduler.event('raise', () => b.interrupt.set(true)).at(1000 * CYCLE + 7);
    expect(b.run()).toBe('halted');
    expect([b.cpu.instructions, b.r(1)]).toEqual([1002, 334]);
    expect(b.cell(EPC)).toBe(VECTOR.RESET + 4 * (1 + 1000 % 3));
  });

  test('a store to code takes effect at once', () => {
    // The loop's addi becomes one that adds 100, in its tenth round.
    const b = new ToyBench(engine).program(
      I.li(1, 20), I.li(4, 0x1000), I.lw(5, 4, 0x100), I.addi(6, 1, -11), I.bnz(6, 2), I.sw(5, 4, 4 * 6),
      I.addi(7, 7, 1), I.addi(1, 1, -1), I.bnz(1, -5), I.wait(),
    );
    b.code(0x1100, I.addi(7, 7, 100));
    expect(b.run()).toBe('halted');
    expect(b.r(7)).toBe(9 + 11 * 100);
  });

  test('exact stops, and a snapshot in the midst', () => {
    const whole = new ToyBench(engine).program(...PRODUCT);
    whole.run();
    for (const step of [1, 2, 7, 100]) {
      const b = new ToyBench(engine).program(...PRODUCT);
      let n = 0;
      while (b.cpu.step(step) === 'steps') {
        expect(b.cpu.instructions).toBe((n += step));
        b.cpu.load(b.cpu.save());
      }
      expect([b.r(3), b.cpu.instructions, b.cpu.now]).toEqual([6300, whole.cpu.instructions, whole.cpu.now]);
    }
  });
});

describe.each(['interpreter', 'jit'] as const)('two cores in one memory, %s', (engine) => {
  test('run by themselves, with RAM in common', () => {
    const guest = createGuestMemory(1 << 20, 2);
    expect(guest.ramBase).toBeGreaterThanOrEqual(guest.cores[1].window + MAP.IR_END);
    const [a, b] = guest.cores.map((core) => new ToyBench(engine, guest, core));
    a.program(...PRODUCT, I.lw(8, 5, 4), I.wait());
    // The other begins elsewhere and counts otherwise.
    a.code(
      0x3000, I.li(1, 500), I.li(2, 7), I.li(5, 0x2004), I.add(3, 3, 2), I.addi(1, 1, -1), I.bnz(1, -2), I.sw(3, 5),
      I.wait(),
    );
    b.set(STATE.PC, 0x3000);
    for (let t = 1; t < 200; t++) {
      a.cpu.run(t * 700);
      b.cpu.run(t * 700);
    }
    expect([a.r(3), b.r(3), a.word(0x2000), b.word(0x2004)]).toEqual([6300, 3500, 6300, 3500]);
    expect([a.r(1), b.r(1), a.r(2), b.r(2)]).toEqual([0, 0, 21, 7]);
    expect([a.cpu.instructions, b.cpu.instructions]).toEqual([4 + 900 + 2, 3 + 1500 + 2]);
    if (engine === 'jit')
      for (const core of [a, b]) expect(core.cpu.codeStatistics.jit?.functionsCompiled).toBeGreaterThan(0);
  });

  test('one changes the code that the other runs', () => {
    const guest = createGuestMemory(1 << 20, 2);
    const [a, b] = guest.cores.map((core) => new ToyBench(engine, guest, core));
    a.program(I.addi(1, 1, 1), I.li(2, 1), I.bnz(2, -2));
    for (let t = 1; t < 30; t++) a.cpu.run(t * 1000);
    const before = a.r(1);
    expect(before).toBeGreaterThan(300);
    // The other core writes `wait` over the first instruction.
    a.code(0x3000, I.li(1, 0x1000), I.sw(0, 1), I.wait());
    b.set(STATE.PC, 0x3000);
    expect(b.run()).toBe('halted');
    expect(a.run()).toBe('halted');
    expect(a.r(1) - before).toBeLessThan(2);
    expect(a.pc).toBe(0x1004);
  });
});
