/** What third-party DMA takes from the processor: the bus of an AT, or PCI and ISA alone. */
import { describe, expect, test } from 'vitest';
import { Machine } from '../../src/machine/machine.ts';
import { pc } from '../../src/machine/boards/pc/pc.ts';
import { Transaction } from '../../src/mem/transaction.ts';
import { ms, ns, us } from '../../src/sim/time.ts';
import type { EngineKind } from '../../src/jit/engine-kind.ts';
import { setFlat } from '../../src/arch/x86/setup.ts';

const PROGRAM = 0x10000, SOURCE = 0x20000, TARGET = 0x30000;
/** loop: inc dword [0x40000]; jmp loop */
const COUNTING = [0xff, 0x05, 0x00, 0x00, 0x04, 0x00, 0xeb, 0xf8];
/** hlt without interrupts would be the end: sti; loop: hlt; jmp loop */
const HALTING = [0xfb, 0xf4, 0xeb, 0xfd];

type Options = Parameters<typeof machineWith>[1];

function machineWith(code: number[], options: Record<string, unknown>, engine: EngineKind = 'jit') {
  const machine = new Machine(pc, { options: { ram: 4 << 20, ...options }, engine });
  const { cpu, ram } = machine.parts;
  ram.set(code, PROGRAM);
  setFlat(cpu, { eip: PROGRAM, code: 0x08, data: 0x10 });
  cpu.stateReplaced();
  return machine;
}

/** Block mode memory to memory: `bytes` bytes, 2 × 5 clocks of 120 ns each. */
function copyBytes(machine: ReturnType<typeof machineWith>, bytes: number): void {
  const { dma } = machine.parts, tx = new Transaction('test');
  const out = (port: number, value: number): void => dma.first.write(port, 1, value, tx);
  dma.pages.write(7, 1, SOURCE >> 16, tx);
  dma.pages.write(3, 1, TARGET >> 16, tx);
  out(0x0c, 0);
  out(0x0b, 0x88);
  out(0x0b, 0x85);
  for (const channel of [0, 1]) {
    out(2 * channel, 0);
    out(2 * channel, 0);
    out(2 * channel + 1, (bytes - 1) & 0xff);
    out(2 * channel + 1, (bytes - 1) >> 8);
  }
  out(0x08, 0x01);
  out(0x09, 0x04);
}

function copied(code: number[], options: Options, engine: EngineKind = 'jit') {
  const machine = machineWith(code, options, engine);
  machine.ram.fill(0x5a, SOURCE, SOURCE + 1000);
  copyBytes(machine, 1000);
  expect(machine.run(ms(2))).toBe('time');
  expect(machine.ram.subarray(TARGET, TARGET + 1000).every((b) => b === 0x5a)).toBe(true);
  const { cpu } = machine.parts;
  return { held: cpu.heldTicks, instructions: cpu.instructions, halted: cpu.haltedTicks, machine };
}

/** 1000 transfers of two halves of 4 states and a wait state, and 1.5 clocks to give the bus back. */
const HELD = ns(120) * 10_000 + ns(180);

describe('dmaHold', () => {
  test('processor: it loses the time of the cycles while it runs, a halted one nothing', () => {
    const free = copied(COUNTING, { dmaHold: 'pci' }), stopped = copied(COUNTING, { dmaHold: 'processor' });
    expect([free.held, stopped.held]).toEqual([0, HELD]);
    // One instruction a cycle of 5 ns.
    expect(free.instructions - stopped.instructions).toBe(HELD / ns(5));
    expect(copied(HALTING, { dmaHold: 'processor' }).held).toBe(0);
  });

  test('both engines lose the same, and end in the same state', () => {
    const [a, b] = (['jit', 'interpreter'] as const).map((e) => copied(COUNTING, { dmaHold: 'processor' }, e));
    expect([a.held, a.instructions]).toEqual([b.held, b.instructions]);
    expect(a.machine.ram.subarray(0, 0x50000)).toEqual(b.machine.ram.subarray(0, 0x50000));
  });

  test('a snapshot in the middle of a block goes on to the same end', () => {
    const options = { dmaHold: 'processor' };
    const whole = copied(COUNTING, options);
    const first = machineWith(COUNTING, options), second = machineWith(COUNTING, options, 'interpreter');
    first.ram.fill(0x5a, SOURCE, SOURCE + 1000);
    copyBytes(first, 1000);
    first.run(us(300));
    second.load(first.save());
    second.run(ms(2));
    expect(second.parts.cpu.instructions).toBe(whole.instructions);
    expect(second.save()).toEqual(whole.machine.save());
  });
});

test('refresh takes its share of the processor where DMA takes its bus (calibration A7: 5 % in an AT)', () => {
  const machine = machineWith(COUNTING, { dmaHold: 'processor', refreshInterval: us(15) });
  machine.run(ms(15));
  expect(machine.parts.cpu.heldTicks / ms(15)).toBeCloseTo(0.05, 3);
  const pci = machineWith(COUNTING, { refreshInterval: us(15) });
  pci.run(ms(15));
  expect(pci.parts.cpu.heldTicks).toBe(0);
});
