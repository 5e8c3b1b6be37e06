import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { PciCard } from '../../test/benches/pci-card.ts';
import { Device } from '../hw/device.ts';
import { I8259Pair } from '../hw/intc/i8259/pair.ts';
import { I440FX } from '../hw/pci/i440fx/i440fx.ts';
import { CONFIG_BITS, pciTiming } from '../hw/pci/pci-bus.ts';
import { Piix3Isa } from '../hw/pci/piix3/piix3-isa.ts';
import { Bus } from '../mem/bus.ts';
import { Transaction } from '../mem/transaction.ts';
import { reg, regs, rw } from '../reg/layout.ts';
import { Clock } from '../sim/clock.ts';
import type { Simulation } from '../sim/component.ts';
import { Board } from './board.ts';
import { loadBoard, saveBoard } from './snapshot.ts';

/** Host bridge, ISA bridge, interrupt controllers, one card in slot 3. */
function pciBoard() {
  const board = new Board('b');
  const memory = board.space('memory', { bits: 32 });
  const io = board.space('io', { bits: 16 });
  const config = board.space('pci-config', { bits: CONFIG_BITS });
  const pic = board.add(new I8259Pair('pic', board));
  board.leaveOpen(pic.intr, 'no processor');
  const bridge = board.add(new I440FX('pci0', board, { memory, io, config, bus: pciTiming() }));
  const isa = new Piix3Isa('piix3', board);
  const pci = board.pciBridge(bridge, bridge.pci, isa.pirq, 'piix3');
  board.pciFunction(pci, 1, 0, isa);
  for (const [n, line] of isa.irq) board.wire(line, pic.input(n), `pic.${n}`);
  const card = board.pciFunction(pci, 3, 0, new PciCard('card', board));
  expect(board.check()).toEqual([]);
  board.reset();
  const tx = new Transaction('test');
  bridge.writeConfig(1, 0, 0x62, 1, 10, tx);
  bridge.writeConfig(3, 0, 0x14, 4, 0xc001, tx);
  bridge.writeConfig(3, 0, 0x04, 2, 1, tx);
  const irq10 = isa.irq.get(10)!;
  return { board, io, card, irq10, tx };
}

test('a line that is high when a snapshot is taken can be lowered after the restore', () => {
  const a = pciBoard();
  a.io.write(0xc000, 4, 1, a.tx);
  expect([a.card.irq.level, a.irq10.level]).toEqual([true, true]);
  const state = saveBoard(a.board, '');
  const b = pciBoard();
  loadBoard(b.board, '', state);
  expect([b.card.irq.level, b.irq10.level]).toEqual([true, true]);
  b.io.write(0xc000, 4, 0, b.tx);
  expect([b.card.irq.level, b.irq10.level]).toEqual([false, false]);
  expect(saveBoard(b.board, '').lines['pirqc']).toBe(false);
});

/** Some state of each kind: cells, registers, an event, a line. */
class Part extends Device {
  readonly out = this.irqOut('out');
  readonly s = this.cells('state', { n: 0, flag: false, word: '', bytes: new Uint8Array(3) });
  readonly later = this.event('later', () => { this.s.n++; });
  readonly ports = this.regs('ports', regs(32, { VALUE: reg(0, { V: rw(31, 0) }) }), {});
  constructor(name: string, sim: Simulation) {
    super(name, sim);
  }
  protected override outputs(): void {
    this.out.set(this.ports.r.VALUE.V % 2 === 1);
  }
}

interface Spec {
  name: string;
  gated: boolean;
  values: [number, boolean, string, number, number];
}

/** Parts of these names, their lines on one gate or each on an input of a chip of its own. */
function assemble(specs: readonly Spec[]) {
  const board = new Board('b');
  const io = board.space('io', { bits: 16 });
  const bus = board.bus(new Bus('bus', new Clock('c', 1e6), { arbitration: 1, firstData: 2, perBeat: 1, width: 4 }));
  const seen: string[] = [];
  const pin = (name: string) => ({
    sink: { irqLevel: (_: number, level: boolean) => { seen.push(`${name} ${level}`); } }, input: 0,
  });
  const parts = specs.map((s, i) => {
    const part = board.add(new Part(s.name, board));
    board.map(io, 16 * i, 4, part.ports, { bus });
    return part;
  });
  board.gate('or', parts.filter((_, i) => specs[i].gated).map((p) => p.out), pin('or'), 'chip.0');
  parts.forEach((p, i) => { if (!specs[i].gated) board.wire(p.out, pin(p.name), `chip.${i}`); });
  expect(board.check()).toEqual([]);
  board.reset();
  return { board, io, parts, seen, tx: new Transaction('t') };
}

/** Brings every part into the state that its row says. */
function mutate(m: ReturnType<typeof assemble>, specs: readonly Spec[]): void {
  specs.forEach(({ values: [n, flag, word, register, due] }, i) => {
    const p = m.parts[i];
    Object.assign(p.s, { n, flag, word });
    p.s.bytes[n % 3] = n;
    if (due > 0) p.later.at(m.board.scheduler.now + due);
    m.io.write(16 * i, 4, register, m.tx);
  });
}

const SPECS = fc.uniqueArray(
  fc.record({
    name: fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f'),
    gated: fc.boolean(),
    values: fc.tuple(fc.nat(1000), fc.boolean(), fc.string(), fc.nat(), fc.nat(5)),
  }),
  { selector: (s) => s.name, minLength: 1 },
);

describe('a snapshot of any board', () => {
  test('restored elsewhere gives the same state, silently, and the same future', () => {
    fc.assert(fc.property(SPECS, (specs) => {
      const a = assemble(specs);
      mutate(a, specs);
      const state = saveBoard(a.board, 'x');
      const b = assemble(specs);
      b.seen.length = 0;
      loadBoard(b.board, 'x', structuredClone(state));
      expect(b.seen).toEqual([]);
      expect(saveBoard(b.board, 'x')).toEqual(state);
      a.seen.length = 0;
      for (const m of [a, b]) {
        m.board.scheduler.runUntil(m.board.scheduler.now + 10);
        specs.forEach((_, i) => m.io.write(16 * i, 4, 0, m.tx));
      }
      expect(saveBoard(b.board, 'x')).toEqual(saveBoard(a.board, 'x'));
      expect(b.seen).toEqual(a.seen);
    }));
  });

  test('does not fit a board with one part more or less, and changes nothing there', () => {
    fc.assert(fc.property(SPECS.filter((s) => s.length > 1), (specs) => {
      const more = assemble(specs), less = assemble(specs.slice(1));
      mutate(more, specs);
      mutate(less, specs.slice(1));
      const name = specs[0].name;
      for (const [from, to, words] of [
        [more, less, `it has ${name}, which this machine has not`],
        [less, more, `it lacks ${name}, which this machine has`],
      ] as const) {
        const before = saveBoard(to.board, 'x');
        expect(() => loadBoard(to.board, 'x', saveBoard(from.board, 'x'))).toThrow(words);
        expect(saveBoard(to.board, 'x')).toEqual(before);
      }
    }), { numRuns: 30 });
  });
});

test('notes are counted on from the snapshot, in the order in which each was noted first', () => {
  const a = assemble([]), b = assemble([]);
  for (const detail of ['first', 'second']) a.board.trace.note(0, 'part', 'late', detail);
  a.board.trace.note(0, 'part', 'early', 'only');
  const state = saveBoard(a.board, '');
  b.board.trace.note(0, 'part', 'early', 'of another life');
  b.board.trace.note(0, 'part', 'gone', 'of another life');
  for (let n = 0; n < 2; n++) {
    loadBoard(b.board, '', state);
    b.board.trace.note(0, 'part', 'late', 'third');
    expect(b.board.trace.noteTotals).toEqual([
      { source: 'part', what: 'late', detail: 'first', count: 3 },
      { source: 'part', what: 'early', detail: 'only', count: 1 },
    ]);
  }
  expect(a.board.trace.noteCount('part', 'late')).toBe(2);
});

test('options that differ are named, and only those', () => {
  const { board } = assemble([]);
  const state = saveBoard(board, 'ram 16MiB, ide piix3, disk none');
  const load = (config: string) => () => loadBoard(board, config, state);
  expect(load('ram 32MiB, ide piix3, disk none')).toThrow(/^it was made with ram 16MiB, this machine has ram 32MiB$/);
  expect(load('ram 16MiB, ide piix3, disk none, card at pci 3.0')).toThrow(
    /^this machine has card at pci 3.0, which it was not made with$/,
  );
  expect(load('ram 16MiB, ide piix3')).toThrow(/^it was made with disk none, which this machine has not$/);
});

test('what is connected or bound past the board is refused by the check', () => {
  const board = new Board('b');
  const part = board.add(new Part('part', board));
  part.out.connect({ irqLevel: () => {} }, 0);
  expect(board.check()).toEqual(['line part.out was wired past the board']);
});
