import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ms } from '../../../sim/time.ts';
import { PciBench } from '../../../testing/pci-bench.ts';
import { setMode, STANDARD_MODES } from './standard-modes.ts';
import { Vga } from './vga.ts';

function plug(mode: keyof typeof STANDARD_MODES) {
  const bench = new PciBench(4096);
  const { device } = bench.plug((sim) => new Vga('vga', sim, { size: 2 ** 18 }));
  setMode(STANDARD_MODES[mode], bench);
  bench.outb(0x3c8, 0);
  // Colour n is (n, n, n) of 63.
  for (let n = 0; n < 64; n++) for (let k = 0; k < 3; k++) bench.outb(0x3c9, n);
  const level = (x: number, y: number): number => {
    const p = device.video.picture()!;
    return p.rgba[4 * (y * p.width + x)] >> 2;
  };
  return { bench, device, level, frame: () => bench.run(ms(20)) };
}
/** Sets a register of the sequencer (3C4h), graphics controller (3CEh) or CRTC (3D4h). */
const set = (b: PciBench, port: number, index: number, value: number): void => b.outw(port, index | (value << 8));

describe('graphics controller (graphreg, index 03h, 05h, 08h)', () => {
  test('each write mode against its definition, bit by bit; reads fill the latches', () => {
    const byte = fc.nat(255), nibble = fc.nat(15), bytes = fc.array(byte, { minLength: 4, maxLength: 4 });
    const { bench: b, device } = plug(0x12);
    fc.assert(fc.property(
      fc.nat(3), bytes, byte, byte, nibble, nibble, nibble, fc.nat(7), fc.nat(3),
      (mode, latches, value, mask, setReset, enable, planes, rotate, logic) => {
        device.bytes.set(latches, 4 * 5);
        set(b, 0x3ce, 5, 0);
        b.readMemory(0xa0005, 1);
        for (const [index, v] of [
          [0, setReset], [1, enable], [3, rotate | (logic << 3)], [5, mode], [8, mask],
        ]) set(b, 0x3ce, index, v);
        set(b, 0x3c4, 2, planes);
        b.writeMemory(0xa0005, value, 1);
        const turned = ((value >> rotate) | (value << (8 - rotate))) & 0xff;
        for (let plane = 0; plane < 4; plane++) {
          const latch = latches[plane], filled = (bits: number): number => ((bits >> plane) & 1) * 0xff;
          const data = mode === 2 ? filled(value)
            : mode === 3 || ((enable >> plane) & 1) === 1 ? filled(setReset) : turned;
          const mixed = [data, data & latch, data | latch, data ^ latch][logic];
          const kept = mode === 3 ? mask & turned : mask;
          const written = mode === 1 ? latch : (mixed & kept) | (latch & ~kept);
          expect(device.bytes[4 * 5 + plane]).toBe(((planes >> plane) & 1) === 1 ? written : latch);
        }
      },
    ), { numRuns: 150, seed: 26 });
  });

  test('read mode 1 compares the planes that it cares for', () => {
    const { bench: b, device } = plug(0x12);
    device.bytes.set([0b1100, 0b1010, 0xff, 0], 0);
    set(b, 0x3ce, 5, 8);
    set(b, 0x3ce, 2, 0b0001);
    set(b, 0x3ce, 7, 0b0011);
    expect(b.readMemory(0xa0000, 1)).toBe(0b0100);
    set(b, 0x3ce, 7, 0);
    expect(b.readMemory(0xa0000, 1)).toBe(0xff);
  });
});

describe('what the CRTC fetches (crtcreg)', () => {
  test('mode X: byte addresses, a start address from the next picture on, line compare', () => {
    const { bench: b, level, frame } = plug(0x13);
    set(b, 0x3c4, 4, 6);
    set(b, 0x3d4, 0x14, 0);
    set(b, 0x3d4, 0x17, 0xe3);
    set(b, 0x3c4, 2, 0b0100);
    b.writeMemory(0xa0000 + 80 * 10 + 1, 21, 1);
    frame();
    expect([level(12, 20), level(13, 21), level(14, 20), level(11, 20)]).toEqual([21, 21, 0, 0]);
    b.outb(0x3d4, 0x0d);
    b.outb(0x3d5, 80);
    frame();
    frame();
    expect([level(12, 18), level(12, 20)]).toEqual([21, 0]);
    // From line 101 on the memory's beginning is shown again.
    set(b, 0x3d4, 0x07, 0x0f);
    set(b, 0x3d4, 0x09, 0x01);
    set(b, 0x3d4, 0x18, 100);
    frame();
    frame();
    expect([level(12, 18), level(12, 101 + 20), level(12, 101 + 18)]).toEqual([21, 21, 0]);
  });

  test('mode 4: two bits a pixel, even lines at 0, odd lines at 2000h; mode 6: one bit', () => {
    const four = plug(4);
    four.bench.writeMemory(0xb8000 + 1, 0b00_01_00_00, 1);
    four.bench.writeMemory(0xba000 + 1, 0b00_00_10_00, 1);
    four.frame();
    // Colours 1 and 2 are 13h and 15h of the DAC; each pixel is 2 by 2 dots.
    expect([four.level(10, 0), four.level(11, 1), four.level(12, 2), four.level(10, 2)]).toEqual([0x13, 0x13, 0x15, 0]);
    const six = plug(6);
    six.bench.writeMemory(0xb8000, 0x40, 1);
    six.bench.writeMemory(0xba000, 0x80, 1);
    six.frame();
    expect([six.level(1, 0), six.level(0, 0), six.level(0, 2), six.level(1, 2)]).toEqual([0x17, 0, 0x17, 0]);
  });

  test('registers 0 to 7 are protected but for line compare\'s bit (index 11h)', () => {
    const { bench: b } = plug(3);
    set(b, 0x3d4, 0x06, 0x55);
    set(b, 0x3d4, 0x07, 0xef);
    b.outb(0x3d4, 6);
    expect(b.inb(0x3d5)).toBe(0xbf);
    b.outb(0x3d4, 7);
    expect(b.inb(0x3d5)).toBe(0x0f);
  });
});
