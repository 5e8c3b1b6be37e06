import { describe, expect, test } from 'vitest';
import { PciBench } from '../../../testing/pci-bench.ts';
import { describeContract } from '../../../testing/vitest.ts';
import { ms } from '../../../sim/time.ts';
import { PORT, VGA_REGISTERS } from './spec-ports.ts';
import { setMode, STANDARD_MODES } from './standard-modes.ts';
import { Vga, type VgaOptions } from './vga.ts';

/** Which address register selects a row of a data port. */
const ADDRESSES: Readonly<Record<number, string>> = {
  [PORT.SEQUENCER]: 'SEQUENCER_ADDRESS', [PORT.GRAPHICS]: 'GRAPHICS_ADDRESS', [PORT.CRTC]: 'CRTC_ADDRESS',
};
const rows = Object.entries(VGA_REGISTERS.registers);
describeContract('vga', () => new Vga('vga', new PciBench(4096), { size: 2 ** 18 }), {
  select: Object.fromEntries(rows.flatMap(([name, { offset, options }]) => {
    const address = ADDRESSES[offset], { page } = options;
    return address === undefined || page === undefined ? [] : [[
      `vga.${name}`, ({ banks }) => { banks.get('vga')!.r[address].value = page; },
    ]];
  })),
  except: {
    'vga.ATTRIBUTE_ADDRESS': 'every second write is to data',
    'vga.V_RETRACE_END': 'PROTECT keeps others from being written',
    'vga.OVERFLOW_PROTECTED': 'answers while the CRTC is protected',
    'vga.DAC_READ': 'sets DAC_WRITE', 'dispi.ID': 'takes B0C0h to B0C5h only',
    'dispi.XRES': 'ENABLE changes it', 'dispi.ENABLE': 'sets a mode',
  },
});

function plug(options: VgaOptions = {}) {
  const bench = new PciBench(1 << 16);
  const { at, device, devfn } = bench.plug((sim) => new Vga('vga', sim, { size: 2 ** 20, ...options }));
  const dispi = (index: number, value: number): void => {
    bench.outw(0x1ce, index);
    bench.outw(0x1d0, value);
  };
  return {
    bench, device, devfn, dispi, memory: at['BAR0'], registers: at['BAR2'],
    mode: (number: keyof typeof STANDARD_MODES) => setMode(STANDARD_MODES[number], bench),
    pixel: (x: number, y: number): number[] => {
      const p = device.video.picture();
      return p === null ? [] : [...p.rgba.subarray(4 * (y * p.width + x), 4 * (y * p.width + x) + 3)];
    },
    linear: (width: number, height: number, bits: number): void => {
      dispi(4, 0);
      dispi(1, width);
      dispi(2, height);
      dispi(3, bits);
      dispi(4, 0x41);
    },
  };
}

describe('linear modes (vbe_display_api.txt)', () => {
  test('640 × 480 × 32: what stands in memory when the beam comes is shown', () => {
    const v = plug({ size: 2 ** 21 });
    expect(v.device.video.picture()).toBeNull();
    v.linear(640, 480, 32);
    v.bench.writeMemory(v.memory + 4 * (100 * 640 + 7), 0x00112233);
    expect(v.pixel(7, 100)).toEqual([0, 0, 0]);
    v.bench.run(ms(20));
    expect(v.pixel(7, 100)).toEqual([0x11, 0x22, 0x33]);
    expect(v.device.video.finishedFrames).toBe(1);
    expect(v.device.video.picture()).toMatchObject({ width: 640, height: 480 });
  });

  test.each([
    [8, [0x01], [255, 0, 85]], [15, [0x1f, 0x7c], [255, 0, 255]], [16, [0xe0, 0x07], [0, 255, 0]],
    [24, [0x11, 0x22, 0x33], [0x33, 0x22, 0x11]], [32, [0x11, 0x22, 0x33, 0x44], [0x33, 0x22, 0x11]],
  ])('%i bits; offsets; big endian (standard-vga.rst, 600h)', (bits, bytes, colour) => {
    const v = plug(), size = bytes.length;
    v.linear(64, 64, bits);
    v.dispi(6, 128);
    v.dispi(8, 8);
    v.dispi(9, 3);
    v.bench.outb(0x3c8, 1);
    for (const level of [63, 0, 21]) v.bench.outb(0x3c9, level);
    bytes.forEach((b, k) => v.bench.writeMemory(v.memory + size * (128 * (3 + 10) + 8 + 5) + k, b, 1));
    v.bench.run(ms(40));
    expect(v.pixel(5, 10)).toEqual(colour);
    expect(v.pixel(6, 10)).toEqual([0, 0, 0]);
    if (bits === 8 || bits === 24) return;
    v.bench.writeMemory(v.registers + 0x604, 0xbebebebe);
    [...bytes].reverse().forEach((b, k) => v.bench.writeMemory(v.memory + size * (128 * 13 + 13) + k, b, 1));
    v.bench.run(ms(40));
    expect(v.pixel(5, 10)).toEqual(colour);
  });

  test('index, word at the odd data port, register BAR: the same registers', () => {
    const v = plug();
    v.bench.outw(0x1ce, 1);
    v.bench.outw(0x1cf, 0x1234);
    expect([v.bench.inw(0x1cf), v.bench.inw(0x1d0), v.bench.readMemory(v.registers + 0x502, 2)])
      .toEqual([0x1234, 0x1234, 0x1234]);
    v.bench.outw(0x1ce, 0);
    expect(v.bench.inw(0x1d0)).toBe(0xb0c5);
    expect(v.bench.readMemory(v.registers + 0x514, 2)).toBe(16);
    expect(v.bench.readMemory(v.registers + 0x600)).toBe(8);
    expect(v.bench.readMemory(v.registers + 4)).toBe(0x00ffffff);
  });
});

describe('modes of the BIOS', () => {
  test('3: text', () => {
    const v = plug();
    v.mode(3);
    // A block as character 41h in the font, white on blue.
    v.bench.outw(0x3c4, 0x0402);
    v.bench.outw(0x3c4, 0x0704);
    v.bench.outw(0x3ce, 0x0005);
    v.bench.outw(0x3ce, 0x0006);
    for (let k = 0; k < 16; k++) v.bench.writeMemory(0xa0000 + 0x41 * 32 + k, 0xf0, 1);
    v.bench.outw(0x3c4, 0x0302);
    v.bench.outw(0x3c4, 0x0304);
    v.bench.outw(0x3ce, 0x1005);
    v.bench.outw(0x3ce, 0x0e06);
    for (const [n, rgb] of [[1, [0, 0, 42]], [7, [42, 42, 42]]] as const) {
      v.bench.outb(0x3c8, n);
      for (const level of rgb) v.bench.outb(0x3c9, level);
    }
    v.bench.writeMemory(0xb8000 + 2 * 81, 0x1741, 2);
    v.bench.run(ms(40));
    expect(v.device.video.text()?.[1]).toBe(' A');
    expect(v.device.video.picture()).toMatchObject({ width: 720, height: 400 });
    expect([v.pixel(9, 16), v.pixel(12, 31), v.pixel(13, 16), v.pixel(17, 16)])
      .toEqual([[170, 170, 170], [170, 170, 170], [0, 0, 170], [0, 0, 170]]);
  });

  test('13h: a byte a pixel, each 2 × 2 dots; 12h: planes with set/reset', () => {
    const v = plug();
    v.mode(0x13);
    v.bench.outb(0x3c8, 5);
    for (const level of [63, 0, 21]) v.bench.outb(0x3c9, level);
    v.bench.writeMemory(0xa0000 + 320 * 10 + 3, 5, 1);
    v.bench.run(ms(20));
    expect([v.pixel(6, 20), v.pixel(7, 21), v.pixel(8, 20), v.pixel(6, 22)])
      .toEqual([[255, 0, 85], [255, 0, 85], [0, 0, 0], [0, 0, 0]]);
    v.mode(0x12);
    v.bench.outw(0x3ce, 0x0500);
    v.bench.outw(0x3ce, 0x0f01);
    v.bench.outw(0x3ce, 0x2008);
    v.bench.writeMemory(0xa0000 + 80 * 100 + 1, 0xff, 1);
    v.bench.run(ms(20));
    expect([v.pixel(10, 100), v.pixel(11, 100)]).toEqual([[255, 0, 85], [0, 0, 0]]);
  });

  test('Input Status 1 follows the beam: 449 lines, retrace at 412 (CRTC 10h, 11h)', () => {
    const v = plug();
    v.mode(3);
    const line = 900 / 28.322e6 * 3e9;
    const status = (): number => v.bench.inb(0x3da) & 9;
    v.bench.run(Math.round(line * 10.2));
    expect(status()).toBe(0);
    v.bench.run(Math.round(line * 0.75));
    expect(status()).toBe(1);
    v.bench.run(Math.round(line * 401.5));
    expect(status()).toBe(9);
    v.bench.run(Math.round(line * 2));
    expect(status()).toBe(1);
  });
});

describe('one port for beam and processor (§One port)', () => {
  /** Writes at each of 64 moments of a shown line; ticks that each took beyond the bus. */
  function through(options: VgaOptions): { v: ReturnType<typeof plug>; took: number[] } {
    const v = plug({ size: 2 ** 21, ...options });
    v.linear(640, 480, 32);
    const t = v.device.beam.timing!, took: number[] = [], { scheduler } = v.bench;
    v.bench.run(t.clock.timeOf(100 * t.dots));
    for (let k = 0; k < 64; k++) {
      v.bench.writeMemory(v.memory + 4 * 640 * 300, 0x00ff0000);
      took.push(v.bench.tx.ticks);
      scheduler.runUntil(Math.max(scheduler.now + 1000, v.bench.bridge.pci.bus.busyUntil));
    }
    return { v, took };
  }
  const counted = (v: ReturnType<typeof plug>, name: string): number =>
    v.device.counterRows.find((c) => c.name === name)!.value();

  test('two ports: no access waits; one: it waits for the burst, and the bus with it', () => {
    const dual = through({ memory: 'dual' }), shared = through({ memory: 'shared' });
    expect(new Set(dual.took).size).toBe(1);
    expect(counted(dual.v, 'beamWaits')).toBe(0);
    expect(Math.min(...shared.took)).toBe(dual.took[0]);
    expect(Math.max(...shared.took)).toBeGreaterThan(dual.took[0] + 300);
    expect(Math.max(...shared.took)).toBeLessThanOrEqual(dual.took[0] + 480);
    expect(counted(shared.v, 'beamWaits')).toBe(shared.took.filter((t) => t > dual.took[0]).length);
  });

  test('in the vertical retrace nothing waits', () => {
    const v = plug({ size: 2 ** 21, memory: 'shared' });
    v.linear(640, 480, 32);
    const t = v.device.beam.timing!;
    v.bench.run(t.clock.timeOf(481 * t.dots));
    for (let k = 0; k < 20; k++) v.bench.writeMemory(v.memory, 1);
    expect(counted(v, 'beamWaits')).toBe(0);
  });

  test('snow: the processor goes first, and its data are seen until the next picture', () => {
    const { v, took } = through({ memory: 'shared', snow: true });
    expect(new Set(took).size).toBe(1);
    expect(counted(v, 'snow')).toBeGreaterThan(0);
    const red = (): number => {
      const { rgba } = v.device.video.picture()!;
      let n = 0;
      for (let at = 0; at < 4 * 640 * 299; at += 4) n += +(rgba[at] === 255);
      return n;
    };
    expect(red()).toBeGreaterThan(0);
    v.bench.run(ms(17));
    expect(red()).toBe(0);
  });
});
