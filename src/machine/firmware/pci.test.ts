import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { PciCard, type PciCardOptions } from '../../../test/benches/pci-card.ts';
import { PciFunction } from '../../hw/pci/pci-function.ts';
import {
  commandRow, identityRows, interruptRows, memoryBar, memoryBar64, romBar, statusRow, upperBar,
} from '../../hw/pci/spec.ts';
import { Transaction } from '../../mem/transaction.ts';
import { regs } from '../../reg/layout.ts';
import type { Simulation } from '../../sim/component.ts';
import { pc } from '../boards/pc/pc.ts';
import { Machine } from '../machine.ts';
import type { UserDevice } from '../user-devices.ts';

const MiB = 2 ** 20, GiB = 2 ** 30;

function machine(devices: readonly UserDevice[] = [], ram = 8 * MiB) {
  const m = new Machine(pc, { options: { ram }, devices });
  const tx = new Transaction('test');
  const config = (device: number, fn: number, register: number, size: number): number =>
    m.parts.bridge.readConfig(device, fn, register, size, tx);
  return { m, tx, config, ...m.parts.spaces };
}
const card = (at: string, options: PciCardOptions = {}): UserDevice => ({ use: PciCard, at, options });

/** Offset of the routing table in the BIOS area, as Linux looks for it, or -1. */
function findTable(ram: Uint8Array): number {
  for (let at = 0xf0000; at < 0x100000; at += 16)
    if (String.fromCharCode(...ram.subarray(at, at + 4)) === '$PIR') return at;
  return -1;
}

test('without cards the IDE function is all there is to set up', () => {
  const { m, config, io, tx } = machine();
  expect([config(1, 1, 0x20, 4), config(1, 1, 4, 2), config(1, 1, 0x40, 4), config(1, 1, 0x3c, 1)]).toEqual([
    0xc001, 5, 0x80008000, 0,
  ]);
  expect(config(1, 0, 0x60, 4)).toBe(0x80808080);
  expect(io.read(0x4d0, 2, tx)).toBe(0);
  expect(findTable(m.ram)).toBe(-1);
});

describe('two cards with 1 MiB of memory, 64 bytes of I/O and INTA#', () => {
  const { m, config, io, memory, tx } = machine([card('pci 3'), card('pci 5')]);

  test('get addresses, and decode them', () => {
    expect([3, 5].map((d) => [config(d, 0, 0x10, 4), config(d, 0, 0x14, 4), config(d, 0, 4, 2)])).toEqual([
      [0xe0000000, 0xc041, 3], [0xe0100000, 0xc081, 3],
    ]);
    io.write(0xc084, 4, 0xcafe, tx);
    expect((m.devices[1].component as PciCard).ports.r.DATA.VALUE).toBe(0xcafe);
    memory.write(0xe0100010, 4, 0x12345678, tx);
    expect([memory.read(0xe0100010, 4, tx), memory.read(0xe0000010, 4, tx)]).toEqual([0x12345678, 0]);
    expect(config(1, 1, 0x20, 4)).toBe(0xc001);
  });

  test('have their interrupts routed, level triggered, and written down', () => {
    // Device 3 INTA# is PIRQC#, device 5 INTA# PIRQA#.
    expect([3, 5].map((d) => config(d, 0, 0x3c, 2))).toEqual([0x0109, 0x010b]);
    expect(config(1, 0, 0x60, 4)).toBe(0x8009800b);
    expect(io.read(0x4d0, 1, tx) | (io.read(0x4d1, 1, tx) << 8)).toBe((1 << 9) | (1 << 11));
    const line = (irq: number) => m.parts.isa.irq.get(irq)?.level;
    io.write(0xc040, 4, 1, tx);
    expect([line(9), line(11)]).toEqual([true, false]);
    io.write(0xc080, 4, 1, tx);
    io.write(0xc040, 4, 0, tx);
    expect([line(9), line(11)]).toEqual([false, true]);
  });

  test('keep away from IRQs that parts on ISA drive: those are edges, and stay so', () => {
    // Devices 2 to 5, INTA#: PIRQB#, C#, D#, A#.
    const routed = (options: object): number[] => {
      const devices = [2, 3, 4, 5].map((d) => card(`pci ${d}`));
      const m = new Machine(pc, { options: { ram: 8 * MiB, ...options }, devices });
      const tx = new Transaction('test'), { bridge, spaces } = m.parts;
      const irqs = [2, 3, 4, 5].map((d) => bridge.readConfig(d, 0, 0x3c, 1, tx));
      const elcr = spaces.io.read(0x4d0, 1, tx) | (spaces.io.read(0x4d1, 1, tx) << 8);
      expect(elcr).toBe(irqs.reduce((bits, irq) => bits | (1 << irq), 0));
      const pirq = [0x61, 0x62, 0x63, 0x60].map((register) => bridge.readConfig(1, 0, register, 1, tx));
      expect(pirq).toEqual(irqs);
      const at = findTable(m.ram);
      expect(m.ram[at + 10] | (m.ram[at + 11] << 8)).toBe(elcr);
      return irqs;
    };
    expect(routed({})).toEqual([10, 9, 5, 11]);
    expect(routed({ sound: 'sb16' })).toEqual([10, 9, 11, 11]);
    expect(routed({ sound: 'sb16', soundIrq: '9' })).toEqual([10, 5, 5, 11]);
    expect(routed({ sound: 'sb16', soundIrq: '10' })).toEqual([9, 9, 5, 11]);
    expect(routed({ sound: 'sb16', soundIrq: '7' })).toEqual([10, 9, 5, 11]);
    expect(routed({ sound: 'sb16', patternSource: true })).toEqual([9, 9, 9, 11]);
  });

  test('stand in the PCI IRQ routing table', () => {
    const at = findTable(m.ram);
    const table = m.ram.subarray(at, at + 32 + 2 * 16);
    const view = new DataView(table.buffer, table.byteOffset, table.length);
    expect([view.getUint16(4, true), view.getUint16(6, true), table[8], table[9], view.getUint32(12, true)]).toEqual([
      0x0100, 64, 0, 8, 0x70008086,
    ]);
    expect(table.reduce((sum, b) => sum + b, 0) & 0xff).toBe(0);
    const links = (n: number) => [0, 1, 2, 3].map((p) => table[32 + 16 * n + 2 + 3 * p]);
    expect([table[33], links(0), table[49], links(1)]).toEqual([
      3 << 3, [0x62, 0x63, 0x60, 0x61], 5 << 3, [0x60, 0x61, 0x62, 0x63],
    ]);
    expect(view.getUint16(35, true)).toBe((1 << 5) | (1 << 9) | (1 << 10) | (1 << 11));
  });
});

test('pins of one slot and INTA# of neighbours go to different PIRQs; equal ones share an IRQ', () => {
  const pins = [1, 2, 3, 4] as const;
  const { config } = machine([...pins.map((pin) => card(`pci ${8 + pin}`, { pin })), card('pci 17', { pin: 1 })]);
  const irq = (device: number) => config(device, 0, 0x3c, 1);
  expect([9, 10, 11, 12, 17].map(irq)).toEqual([11, 9, 11, 9, 11]);
});

describe('where ranges go', () => {
  test('any set of cards: aligned, apart, above RAM', () => {
    const cards = fc.array(fc.record({ size: fc.integer({ min: 4, max: 27 }) }), { maxLength: 12 });
    fc.assert(fc.property(cards, fc.constantFrom(4 * MiB, 64 * MiB), (specs, ram) => {
      const { m, config } = machine(specs.map((s) => card('pci', { memory: 2 ** s.size })), ram);
      const ranges = m.devices.flatMap((d, i) => [
        { base: config(d.device, 0, 0x10, 4) & ~15, size: 2 ** specs[i].size, least: ram, end: 0xfec00000 },
        { base: config(d.device, 0, 0x14, 4) & ~3, size: 64, least: 0x1000, end: 0x10000 },
      ]).map((r) => ({ ...r, base: r.base >>> 0 }));
      for (const r of ranges) {
        expect(r.base % r.size).toBe(0);
        expect(r.base).toBeGreaterThanOrEqual(r.least);
        expect(r.base + r.size).toBeLessThanOrEqual(r.end);
      }
      for (const kind of [0, 1]) {
        const sorted = ranges.filter((_, i) => i % 2 === kind).sort((a, b) => a.base - b.base);
        sorted.slice(1).forEach((r, i) => expect(r.base).toBeGreaterThanOrEqual(sorted[i].base + sorted[i].size));
      }
    }), { numRuns: 25 });
  });

  test('a range of 2 GiB takes the upper half; two of them have no room, in one line', () => {
    const { config } = machine([card('pci 3', { memory: 2 * GiB }), card('pci 4', { memory: GiB / 2 })], 256 * MiB);
    expect([config(3, 0, 0x10, 4), config(4, 0, 0x10, 4)]).toEqual([0x80000000, 0x20000000]);
    expect(() => machine([card('pci 3', { memory: 2 * GiB }), card('pci 4', { memory: 2 * GiB })])).toThrow(
      /^PCI function 4.0: the memory space below 4 GiB has no room for its range of 0x80000000 bytes \(base[^\n]*$/,
    );
  });

  test('a range of 4 GiB is sized by its upper half and has no room, in one line', () => {
    class Huge extends PciFunction {
      readonly config = this.configSpace(regs(8, {
        ...identityRows({ vendor: 1, device: 2, revision: 0, classCode: 0xff0000 }),
        COMMAND: commandRow(), STATUS: statusRow(), BAR0: memoryBar64(0x10, 4 * GiB), BAR1: upperBar(0x14),
      }));
      constructor(name: string, sim: Simulation) {
        super(name, sim);
        this.bar('BAR0', { name: 'nothing', read: () => 0, write: () => {} });
      }
    }
    expect(() => machine([{ use: Huge, at: 'pci 6' }])).toThrow(
      /^PCI function 6.0: the memory space below 4 GiB has no room for its range of 0x100000000 bytes \(base[^\n]*$/,
    );
  });

  test('64-bit registers and expansion ROMs are placed; the ROM stays off', () => {
    class Wide extends PciFunction {
      readonly config = this.configSpace(
        regs(8, {
          ...identityRows({ vendor: 1, device: 2, revision: 0, classCode: 0xff0000 }),
          COMMAND: commandRow(),
          STATUS: statusRow(),
          BAR0: memoryBar64(0x10, 65536),
          BAR1: upperBar(0x14),
          BAR2: memoryBar(0x18, 4096),
          ROM: romBar(32768),
          ...interruptRows(0),
        }),
      );
      constructor(name: string, sim: Simulation) {
        super(name, sim);
        this.barMemory('BAR0', 'window', new Uint8Array(65536));
      }
    }
    const { m, config } = machine([{ use: Wide, at: 'pci 6' }]);
    expect([0x10, 0x14, 0x18, 0x30].map((r) => config(6, 0, r, 4))).toEqual([0xe0000004, 0, 0xe0018000, 0xe0010000]);
    expect(config(6, 0, 4, 2)).toBe(2);
    expect(findTable(m.ram)).toBe(-1);
  });
});
