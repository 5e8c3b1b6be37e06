import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { CODE, multibootElf } from '../../test/cli/kernels.ts';
import { PciCard } from '../../test/benches/pci-card.ts';
import { identityRows } from '../hw/pci/spec.ts';
import { PciFunction } from '../hw/pci/pci-function.ts';
import { ImageDisk, pseudoRandomImage } from '../control/image-disk.ts';
import { Transaction } from '../mem/transaction.ts';
import type { Bank } from '../reg/bank.ts';
import { reg, regs, ro, w1c, type Registers } from '../reg/layout.ts';
import type { Simulation } from '../sim/component.ts';
import { ms, ns, us } from '../sim/time.ts';
import { pc } from './boards/pc/pc.ts';
import { DISK_READ_BLOCK, type DiskReadMethod } from '../control/experiments/disk-read/block.ts';
import { POST } from '../control/guests/status.ts';
import { Machine, type MachineOptions } from './machine.ts';
import { PC_OPTIONS } from './boards/pc/options.ts';

const MiB = 2 ** 20;
const GUEST = readFileSync(new URL('../../guest/images/disk-read.elf', import.meta.url));
const IMAGE = pseudoRandomImage(MiB);

type PcPlan = MachineOptions<typeof PC_OPTIONS>;

function machine(plan: PcPlan = {}) {
  return new Machine(pc, { ...plan, options: { ram: 32 * MiB, ...plan.options } });
}

describe('options of a board', () => {
  /** Simulated time of a read of 64 KiB, and the counters at its end. */
  function read(method: DiskReadMethod, options: PcPlan['options'] = {}) {
    const at: Record<number, number> = {};
    const m = machine({
      options,
      hosts: {
        disks: [new ImageDisk('d', IMAGE)],
        onPost: (code) => {
          at[code] = m.counters().ticks;
          if (code === POST.done) m.stop();
        },
      },
    });
    const block = DISK_READ_BLOCK.encode({ method, byteCount: 65536, skipSha256: true });
    m.boot({ kind: 'guest', image: GUEST, block: block });
    expect(m.run(ms(2000))).toBe('stopped');
    return { time: at[POST.end] - at[POST.begin], counters: m.counters(), machine: m };
  }
  const polled = read('pio-polled'), dma = read('dma');

  test('a slower processor takes longer; two cycles an instruction are half the clock', () => {
    const half = read('pio-irq', { processorClock: 100e6 }), whole = read('pio-irq');
    expect(half.time).toBeGreaterThan(whole.time);
    const double = read('pio-irq', { cyclesPerInstruction: 2 });
    expect(double.counters.instructions).toBe(half.counters.instructions);
    // Only the cycle that it takes to enter a handler is not doubled.
    const entries = half.counters.interrupts * ns(5);
    expect(half.counters.ticks - double.counters.ticks).toBeGreaterThanOrEqual(0);
    expect(half.counters.ticks - double.counters.ticks).toBeLessThanOrEqual(entries);
    // A clock whose cycle is no whole number of ticks.
    const odd = read('pio-irq', { processorClock: 133e6, cyclesPerInstruction: 3 });
    expect(odd.time).toBeGreaterThan(double.time);
  });

  test('the entry of an interrupt\'s handler costs what it is said to cost', () => {
    const usual = read('pio-irq'), slow = read('pio-irq', { interruptEntry: 2001 });
    expect(slow.counters.interrupts).toBe(usual.counters.interrupts);
    const each = (slow.counters.busyTicks - usual.counters.busyTicks) / usual.counters.interrupts;
    expect(each).toBeGreaterThanOrEqual(ns(2000 * 5) * 0.9);
    expect(each).toBeLessThanOrEqual(ns(2000 * 5) * 1.1);
    expect(read('pio-polled', { interruptEntry: 2001 }).time).toBe(polled.time);
  });

  test('a slower PCI clock stretches each access to a port, and the cable with it', () => {
    const slow = read('pio-polled', { pciClockPeriod: ns(60) });
    expect(slow.time / polled.time).toBeGreaterThan(1.8);
    expect(slow.machine.board.buses.find((b) => b.name === 'pci')?.burstTime(4)).toBe(8 * ns(60));
    expect(slow.machine.parts.ide.clock?.duration(1)).toBe(ns(60));
  });

  test.each([
    [{}, 9.5 * 120], [{ isaDivisor: 3 }, 9.5 * 90], [{ isaCycle: 4 }, 7.5 * 120], [{ isaRecovery: 0 }, 6 * 120],
  ])('an ISA access with %o takes %d ns', (options, expected) => {
    const m = machine({ options });
    const tx = new Transaction('t');
    m.parts.spaces.io.read(0x3fd, 1, tx);
    expect(tx.ticks).toBe(ns(expected));
  });

  test('memory latency is paid by every burst of a bus master; the drive is not slower than its buffer hides', () => {
    const hidden = read('dma', { memoryLatency: ns(300) });
    expect(hidden.time).toBe(dma.time);
    const slow = read('dma', { memoryLatency: us(20) });
    expect(slow.time).toBeGreaterThan((65536 / 64) * us(20));
    expect(slow.counters.deviceTransfers).toBe(dma.counters.deviceTransfers);
  });

  test.each([
    ['driveCommand', 'dma'], ['driveFinish', 'dma'], ['driveBlockGap', 'pio-polled'], ['driveSector', 'dma'],
  ] as const)('%s makes the drive slower', (option, method) => {
    const usual = method === 'dma' ? dma : polled;
    const slow = read(method, { [option]: PC_OPTIONS[option].default + ms(1) });
    expect(slow.time - usual.time).toBeGreaterThanOrEqual(ms(0.9));
  });

  test('the drive\'s time for a command without data', () => {
    const drive = machine({ options: { driveNonData: ms(3) }, hosts: { disks: [new ImageDisk('d', IMAGE)] } });
    expect(drive.parts.ide.channels[0].drives[0]?.timing.nonData).toBe(ms(3));
  });

  test('piix4 is another chip', () => {
    const tx = new Transaction('t');
    expect(machine({ options: { ide: 'piix4' } }).parts.bridge.readConfig(1, 1, 2, 2, tx)).toBe(0x7111);
  });

  test('every default and every step between the limits reads back as it is written', () => {
    for (const row of Object.values(PC_OPTIONS)) {
      expect(row.refusal(row.default as never)).toBe('');
      expect(row.parse(row.format(row.default as never))).toBe(row.default);
      expect(row.source).not.toBe('');
    }
  });

  test('what is out of range or unknown is refused by name', () => {
    expect(() => machine({ options: { ram: 3 * MiB } })).toThrow('ram: 3MiB is below the least, 4MiB');
    expect(() => machine({ options: { bogus: 1 } as object })).toThrow("there is no parameter 'bogus'");
    expect(() => machine({ hosts: { disks: [null, null, null, null, null] } }))
      .toThrow('board pc: it has 4 disks, not 5');
  });

  test('a machine with another option refuses a snapshot', () => {
    const state = machine().save();
    expect(() => machine({ options: { isaDivisor: 3 } }).load(state)).toThrow(
      /^it was made with isa-divisor 4, this machine has isa-divisor 3$/,
    );
  });
});

/** A device of two functions says so in its first one. */
class FirstOfTwo extends PciFunction {
  private readonly own = this.configSpace(
    regs(8, {
      ...identityRows({ vendor: 1, device: 2, revision: 0, classCode: 0xff0000, multifunction: true }),
      COMMAND: reg(4, {}, { width: 16 }),
      STATUS: reg(6, { RTA: w1c(12), RMA: w1c(13), Z: ro(0) }, { width: 16 }),
    }),
    {},
  );
  readonly config = this.own as unknown as Bank<Registers>;
  constructor(name: string, sim: Simulation) {
    super(name, sim);
  }
}

describe('devices that are no part of the board', () => {
  const tx = new Transaction('t');
  const id = (m: ReturnType<typeof machine>, device: number, fn = 0): number =>
    m.parts.bridge.readConfig(device, fn, 0, 4, tx);

  test('go into the slot that is named, or the first free one, under a name of their own', () => {
    const m = machine({
      devices: [
        { use: PciCard, at: 'pci' },
        { use: PciCard, at: 'pci 2.0' },
        { use: (name, sim, o: { memory: number }) => new PciCard(name, sim, o), at: 'pci 7', name: 'big',
          options: { memory: 2 ** 24 } },
        { use: FirstOfTwo, at: 'pci 9' },
        { use: PciCard, at: 'pci 9.1' },
      ],
    });
    expect(m.devices.map((d) => [d.component.name, d.device, d.function])).toEqual([
      ['pcicard', 2, 0], ['big', 7, 0], ['firstoftwo', 9, 0], ['pcicard2', 9, 1], ['pcicard3', 3, 0],
    ]);
    expect([id(m, 2), id(m, 3), id(m, 7), id(m, 9, 1)]).toEqual([0x56781234, 0x56781234, 0x56781234, 0x56781234]);
    expect(m.board.initiators.map((i) => i.port.name)).toContain('big.mem');
    expect(m.config).toContain('device big at pci 7.0 {"memory":16777216}');
  });

  test.each([
    [[{ use: PciCard, at: 'pci 1.1' }], 'device pcicard: PCI slot 1.1 is taken by ide'],
    [[{ use: PciCard, at: 'pci 3' }, { use: PciCard, at: 'pci 3.0' }],
      'device pcicard: PCI slot 3.0 is taken by pcicard'],
    [[{ use: PciCard, at: 'pci 32.0' }], 'device pcicard: there is no PCI slot 32.0'],
    [[{ use: PciCard, at: 'pci 3.8' }], 'device pcicard: there is no PCI slot 3.8'],
    [[{ use: PciCard, at: 'isa 3' }], "device pcicard: 'isa 3' is no place on the board; write pci 3.0, pci 3 or pci"],
    [[{ use: PciCard, at: 'pci', name: 'ide' }], 'device ide: the board has a component ide already'],
    [[{ use: PciCard, at: 'pci 4.1' }], 'device pcicard: nobody would find it in slot 4.1: device 4 has no function 0'],
    [[{ use: PciCard, at: 'pci 4.0' }, { use: PciCard, at: 'pci 4.1' }],
      'device pcicard2: nobody would find it in slot 4.1: pcicard is a single function'],
    [[{ use: () => { throw new Error('no buffer'); }, at: 'pci', name: 'x' }],
      'device x: it could not be made: no buffer'],
    [[{ use: (() => ({})) as never, at: 'pci', name: 'x' }], 'device x: what was made is no PCI function'],
  ] as const)('%# are refused in one line', (devices, message) => {
    let said = '';
    try {
      machine({ devices });
    } catch (error) {
      said = (error as Error).message;
    }
    expect(said.startsWith(message)).toBe(true);
    expect(said).not.toContain('\n');
  });

  test('all 30 free slots can be filled, and no more', () => {
    const cards = (n: number) => Array.from({ length: n }, () => ({ use: PciCard, at: 'pci' }));
    expect(machine({ devices: cards(30) }).devices.at(-1)?.device).toBe(31);
    expect(() => machine({ devices: cards(31) })).toThrow('all 32 devices of the PCI bus are taken');
  });

  test('an interrupt that is asserted at the snapshot can be acknowledged after the restore', () => {
    const devices = [{ use: PciCard, at: 'pci 3.0' }];
    const levels = (m: ReturnType<typeof machine>) =>
      m.board.lines.filter((l) => ['pcicard.INTA#', 'pirqc', 'piix3.irq9', 'pic.intr'].includes(l.name))
        .map((l) => l.level);
    const a = machine({ devices }), b = machine({ devices });
    a.parts.spaces.io.write(0xc040, 4, 1, tx);
    b.load(a.save());
    expect(levels(b)).toEqual(levels(a));
    for (const m of [a, b]) m.parts.spaces.io.write(0xc040, 4, 0, tx);
    expect(levels(b)).toEqual(levels(a));
    expect(levels(b).some((level) => level)).toBe(false);
  });

  test('are in the snapshot, and a machine without them, or with other options, refuses it', () => {
    const card = { use: PciCard, at: 'pci 3.0' };
    const a = machine({ devices: [card] });
    (a.devices[0].component as PciCard).ports.r.DATA.VALUE = 77;
    const state = a.save();
    const b = machine({ devices: [card] });
    b.load(structuredClone(state));
    expect((b.devices[0].component as PciCard).ports.r.DATA.VALUE).toBe(77);
    expect(b.save()).toEqual(state);
    expect(() => machine().load(state)).toThrow(
      /^it was made with device pcicard at pci 3.0, which this machine has not$/,
    );
    expect(() => b.load(machine().save())).toThrow(
      /^this machine has device pcicard at pci 3.0, which it was not made with$/,
    );
    expect(() => machine({ devices: [{ ...card, options: { memory: 4096 } }] }).load(state)).toThrow(
      'this machine has device pcicard at pci 3.0 {"memory":4096}',
    );
  });
});

describe('a stop that is asked for when software ends', () => {
  /** Prints `abcd`, with the last ones on their way when it goes on to `end`. */
  function ended(end: readonly number[], stopAt: string): string[] {
    const m = machine({
      exitPort: true,
      hosts: { serial: [{ transmit: (byte) => { if (String.fromCharCode(byte) === stopAt) m.stop(); } }] },
    });
    m.boot({ kind: 'program', commandLine: '', image: multibootElf([...CODE.printing('abcd').slice(0, -2), ...end]) });
    const reasons = [];
    do reasons.push(m.run(ms(10))); while (!m.ended);
    return reasons;
  }
  const HALT = [0xfa, 0xf4], EXIT = [0x66, 0xba, 0xf4, 0, 0xb0, 5, 0xee];

  test('is none while the last characters leave', () => {
    expect(ended(HALT, 'd')).toEqual(['halted']);
    expect(ended(EXIT, 'd')).toEqual(['exit']);
    expect(ended(HALT, 'a')).toEqual(['stopped', 'halted']);
  });
});
