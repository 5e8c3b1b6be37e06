import { describe, expect, test } from 'vitest';
import { PciCard } from '../../test/benches/pci-card.ts';
import { ImageDisk } from '../control/image-disk.ts';
import { BOARDS } from './boards/index.ts';
import { describeBoard } from './describe.ts';
import { Machine } from './machine.ts';

const MiB = 2 ** 20;

describe.each(BOARDS)('the description of board $name', (definition) => {
  const machine = new Machine(definition, {
    options: { ram: 16 * MiB },
    hosts: { disks: [new ImageDisk('d', new Uint8Array(MiB))] },
    devices: [{ use: PciCard, at: 'pci 3', name: 'card' }],
  });
  const d = describeBoard(machine);
  const names = new Set(d.components.map((c) => c.name));

  test('is plain data', () => {
    expect(JSON.parse(JSON.stringify(d))).toEqual(d);
    expect([d.schema, d.board]).toEqual(['northbridge-board/1', definition.name]);
  });

  test('every region has an owner that is a component, or nobody answers there', () => {
    for (const region of d.spaces.flatMap((s) => s.regions)) {
      if (region.owner === null) expect(region.name).toBe('none');
      else expect(names).toContain(region.owner);
    }
    expect(d.spaces.map((s) => [s.name, s.bits, s.behind])).toEqual([
      ['memory', 32, null], ['io', 16, null], ['pci-config', 24, 'pci0'],
    ]);
  });

  test('every chip says what it is a model of, and runs on a clock that is listed', () => {
    const clocks = new Set(d.clocks.map((c) => c.name));
    for (const c of d.components) {
      if (c.name !== 'ram' && c.name !== 'card') {
        expect(c.compatible).toMatch(/^[a-z0-9,-]+$/);
        expect(c.title).not.toBe('');
        expect(c.datasheet).not.toBe('');
      }
      if (c.clock !== null) expect(clocks).toContain(c.clock);
    }
    expect(d.clocks).toContainEqual({ name: 'uart', hertz: 1_843_200, numerator: 1_843_200, denominator: 1 });
    for (const bus of d.buses) expect(clocks).toContain(bus.clock);
    expect(d.buses.map((b) => [b.name, b.behind])).toEqual([['pci', 'pci0'], ['isa', 'piix3']]);
  });

  test('every line of every component goes somewhere or is open for a reason', () => {
    const from = new Set([...d.lines.map((l) => l.from), ...d.open.map((o) => o.line)]);
    for (const line of machine.board.lines) expect(from).toContain(line.name);
    for (const { reason } of d.open) expect(reason).not.toBe('');
    // A card's interrupt can be followed to the processor.
    const path = ['card.INTA#'];
    for (let at = path[0]; at !== 'cpu0.intr';) {
      const name = at === 'piix3.pirqc' ? 'piix3.irq9' : /^pic\.\d+$/.test(at) ? 'pic.intr' : at;
      at = d.lines.find((l) => l.from === name)?.to ?? 'cpu0.intr';
      path.push(at);
    }
    expect(path).toEqual(['card.INTA#', 'pirqc', 'piix3.pirqc', 'pic.9', 'cpu0.intr']);
  });

  test('initiators and slots name components', () => {
    expect(d.initiators.map((i) => [i.name, i.component, i.kind, i.bus])).toEqual([
      ['cpu0', 'cpu0', 'processor', null], ['ide.primary', 'ide', 'dma', 'pci'],
      ['ide.secondary', 'ide', 'dma', 'pci'], ['card.mem', 'card', 'dma', 'pci'],
    ]);
    expect(d.relations).toEqual([
      { kind: 'forwards', from: 'pci0.ports', to: 'piix3.reset' },
      { kind: 'includes', from: 'i8042', to: 'keyboard' }, { kind: 'includes', from: 'i8042', to: 'mouse' },
      { kind: 'acknowledges', from: 'dma.2', to: 'fdc' }, { kind: 'vectors', from: 'cpu0', to: 'pic' },
    ]);
    expect(d.slots.map((s) => `${s.device}.${s.function} ${s.component}`)).toEqual([
      '0.0 pci0', '1.0 piix3', '1.1 ide', '3.0 card',
    ]);
  });

  test('options: what they are, what they may be, where the default comes from', () => {
    expect(d.options.map((o) => o.name)).toEqual(expect.arrayContaining(['ram', 'processor-clock', 'memory-latency']));
    expect(d.options[0]).toEqual({
      name: 'ram', kind: 'size', value: '16MiB', default: '128MiB', minimum: '4MiB', maximum: '1GiB',
      doc: 'Main memory', source: 'a choice',
    });
  });
});
