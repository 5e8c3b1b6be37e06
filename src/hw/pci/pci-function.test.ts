import { describe, expect, test } from 'vitest';
import { Ram } from '../../mem/ram.ts';
import { reg, regs, ro, rw } from '../../reg/layout.ts';
import type { Simulation } from '../../sim/component.ts';
import { PciBench } from '../../testing/index.ts';
import { PciFunction } from './pci-function.ts';
import { headerRows, ioBar, memoryBar, memoryBar64, romBar, upperBar } from './spec.ts';

const KiB = 2 ** 10, GiB = 2 ** 30;
const ID = { vendor: 0x1234, device: 1, revision: 0, classCode: 0xff0000 };

/** Every kind of base address register: registers, ports, plain memory, 64 bits, ROM. */
class Card extends PciFunction {
  readonly inta = this.intxOut(1);
  readonly file = this.regs('file', regs(32, { A: reg(0, { V: rw(31, 0) }), TOP: reg(0xffc, { V: ro(31, 0) }) }), {});
  readonly config = this.configSpace(regs(32, {
    ...headerRows({ ...ID, pin: 1 }),
    BAR0: memoryBar(0x10, 4 * KiB),
    BAR1: ioBar(0x14, 16),
    BAR2: memoryBar(0x18, 64 * KiB, true),
    BAR3: memoryBar64(0x1c, 1024 * KiB), BAR4: upperBar(0x20),
    ROM: romBar(2 * KiB),
  }));
  readonly vram = this.barMemory('BAR2', 'vram', new Uint8Array(64 * KiB));

  constructor(name: string, sim: Simulation) {
    super(name, sim);
    this.bar('BAR0', this.file);
    this.bar('BAR1', this.file);
    this.bar('BAR3', new Ram('wide', new Uint8Array(1024 * KiB)));
    this.rom('ROM', Uint8Array.from({ length: 2 * KiB }, (_, k) => k & 0xff));
  }
  protected override outputs(): void {
    this.inta.set(this.file.r.A.V !== 0 && !this.intxDisabled);
  }
}

/** Memory of some length behind one of its registers. */
class Memory extends PciFunction {
  readonly config = this.configSpace(regs(32, {
    ...headerRows(ID), BAR0: memoryBar(0x10, 4 * KiB), BAR2: memoryBar(0x18, 64 * KiB), ROM: romBar(2 * KiB),
  }));
  constructor(row: string, bytes: number, sim: Simulation = new PciBench()) {
    super('card', sim);
    if (row === 'ROM') this.rom(row, new Uint8Array(bytes));
    else this.bar(row, new Ram(row === 'BAR0' ? 'short' : 'long', new Uint8Array(bytes)));
  }
}

function plugged() {
  const bench = new PciBench();
  const { device, devfn, at, intx } = bench.plug((sim) => new Card('card', sim));
  return { bench, card: device, devfn, at, inta: intx.get(1)! };
}

describe('base address registers (PCI 2.2 §6.2.5)', () => {
  test('each asks for its size and says its kind', () => {
    const { bench, devfn } = plugged();
    const sizes = [0x10, 0x14, 0x18, 0x1c].map((r) => bench.pci.barSize(devfn, r));
    expect(sizes).toEqual([4 * KiB, 16, 64 * KiB, 1024 * KiB]);
    expect([0x10, 0x14, 0x18, 0x1c].map((r) => bench.pci.read(devfn, r) & 15)).toEqual([0, 1, 8, 4]);
    bench.pci.write(devfn, 0x30, 0xfffffffe);
    expect(bench.pci.read(devfn, 0x30)).toBe(0xfffff800);
  });

  test.each([16, 4 * KiB, 2 * GiB, 4 * GiB])('%i bytes of memory', (bytes) => {
    class Wide extends PciFunction {
      readonly config = this.configSpace(regs(32, {
        ...headerRows(ID), BAR0: memoryBar64(0x10, bytes), BAR1: upperBar(0x14),
      }));
      constructor(sim: Simulation) {
        super('wide', sim);
        let word = 0;
        this.bar('BAR0', { name: 'word', read: () => word, write: (_offset, _size, value) => void (word = value) });
      }
    }
    const bench = new PciBench();
    const { devfn, at } = bench.plug((sim) => new Wide(sim));
    expect(bench.pci.barSize(devfn, 0x10)).toBe(bytes);
    // 4 GiB have no place in a space of 32 address bits but at 0, where nothing is decoded.
    const base = at['BAR0'];
    bench.writeMemory(base === 0 ? 0xf0000000 : base, 0x1234abcd);
    expect(bench.readMemory(base === 0 ? 0xf0000000 : base)).toBe(bytes === 4 * GiB ? 0xffffffff : 0x1234abcd);
    // Above the end of the space nothing is decoded either.
    bench.pci.write(devfn, 0x14, 1);
    expect(bench.readMemory(base === 0 ? 0xf0000000 : base)).toBe(0xffffffff);
  });

  test('registers, ports, memory and ROM answer where they are placed', () => {
    const { bench, at } = plugged();
    bench.writeMemory(at['BAR0'], 5);
    expect([bench.inl(at['BAR1']), bench.readMemory(at['BAR0'])]).toEqual([5, 5]);
    bench.writeMemory(at['BAR2'] + 0xfffc, 0xcafe);
    expect(bench.readMemory(at['BAR2'] + 0xfffc)).toBe(0xcafe);
    bench.writeMemory(at['BAR3'] + 4, 7);
    expect(bench.readMemory(at['BAR3'] + 4)).toBe(7);
    bench.writeMemory(at['ROM'], 0);
    expect(bench.readMemory(at['ROM'])).toBe(0x03020100);
  });

  test('the ROM is decoded while its enable bit is set (§6.2.5.2)', () => {
    const { bench, devfn, at } = plugged();
    bench.pci.write(devfn, 0x30, at['ROM']);
    expect(bench.readMemory(at['ROM'])).toBe(0xffffffff);
  });

  test('memory behind a register is state: saved, restored, and cleared by a reset', () => {
    const { bench, card, at } = plugged();
    bench.writeMemory(at['BAR2'], 0xbeef);
    const saved = card.save();
    bench.reset(card);
    expect(card.vram.view.getUint32(0, true)).toBe(0);
    card.load(saved);
    card.restored();
    expect(bench.readMemory(at['BAR2'])).toBe(0xbeef);
  });

  test.each([
    ['a base address register covers a power of two', () => memoryBar(0x10, 100)],
    ['from 16 to 2147483648 bytes, not 4294967296', () => memoryBar(0x10, 4 * GiB)],
    ['from 2048 to 16777216', () => romBar(16)],
    ['card: BAR0 covers 4096 bytes, short has 16', () => new Memory('BAR0', 16)],
    ['card: BAR2 covers 65536 bytes, long has 65537', () => new Memory('BAR2', 65537)],
    ['card: ROM covers 2048 bytes, card.rom has 2049', () => new Memory('ROM', 2049)],
    ['no base address register BAR5', () => new (class extends Card {
      constructor(sim: Simulation) {
        super('x', sim);
        this.bar('BAR5', this.file);
      }
    })(new PciBench())],
  ])('%s', (message, make) => expect(make).toThrow(message));
});

test('an image shorter than the ROM is followed by FFh to the end of the range', () => {
  const bench = new PciBench();
  const { devfn, at } = bench.plug(() => new Memory('ROM', 5, bench));
  const base = at['ROM'] === undefined || at['ROM'] === 0 ? 0xf0000000 : at['ROM'];
  bench.pci.write(devfn, 0x30, base + 1);
  bench.pci.write(devfn, 4, 2, 2);
  expect([base, base + 4, base + 0x7fc].map((a) => bench.readMemory(a))).toEqual([0, 0xffffff00, 0xffffffff]);
});

test('INTx: software may switch it off (PCI 2.3 §6.2.2, bit 10)', () => {
  const { bench, devfn, at, inta } = plugged();
  bench.writeMemory(at['BAR0'], 1);
  expect(inta).toHaveRaisedIrq(1);
  bench.pci.write(devfn, 4, 0x407, 2);
  expect(inta.level).toBe(false);
});
