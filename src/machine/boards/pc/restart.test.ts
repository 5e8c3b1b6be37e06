import { describe, expect, test } from 'vitest';
import { TICKS_PER_SECOND } from '../../../sim/time.ts';
import { PcMachine } from '../../pc-machine.ts';

/** A BIOS with code at F000:0000h; the reset vector jumps there. */
function biosOf(code: readonly number[]): Uint8Array {
  const image = new Uint8Array(0x10000);
  image.set(code);
  image.set([0xea, 0x00, 0x00, 0x00, 0xf0], 0xfff0);
  return image;
}

function machine(code: readonly number[]) {
  const post: number[] = [];
  const m = new PcMachine({
    ramBytes: 2 ** 22, disk: null, onSerial: () => {}, onPost: (byte) => post.push(byte),
    bios: { image: biosOf(code), boot: [] },
  });
  return { m, post };
}

/** Counts its starts in RAM and on port 80h, and asks for a reset in another way each time. */
const RESETS = [
  0x31, 0xc0, 0x8e, 0xd8, // xor ax, ax; mov ds, ax
  0xfe, 0x06, 0x00, 0x05, // inc byte [500h]
  0xa0, 0x00, 0x05, 0xe6, 0x80, // mov al, [500h]; out 80h, al
  0x3c, 0x01, 0x75, 0x06, // the first time:
  0xb0, 0xfe, 0xe6, 0x64, 0xeb, 0xfe, // command FEh of the keyboard controller
  0x3c, 0x02, 0x75, 0x0b, // the second time:
  0xba, 0xf9, 0x0c, 0xb0, 0x02, 0xee, 0xb0, 0x06, 0xee, 0xeb, 0xfe, // 02h and 06h to port CF9h
  0x3c, 0x03, 0x75, 0x08, // the third time:
  0x0f, 0x01, 0x1e, 0x00, 0x06, 0xcc, 0xeb, 0xfe, // lidt [600h], of limit 0; int3: triple fault
  0x3c, 0x04, 0x75, 0x06, // the fourth time:
  0xb0, 0x01, 0xe6, 0x92, 0xeb, 0xfe, // bit 0 of port 92h
  0xfa, 0xf4, // cli; hlt
];

describe('a reset under a BIOS', () => {
  test('starts the machine again, whoever asks for it; RAM keeps what it holds', () => {
    const { m, post } = machine(RESETS);
    expect(m.run(TICKS_PER_SECOND)).toBe('halted');
    expect(post).toEqual([1, 2, 3, 4, 5]);
    const note = (what: string) => m.sim.trace.noteTotals.find((n) => n.what === what)?.count;
    expect([note('reset'), note('shutdown')]).toEqual([3, 1]);
  });

  test('counts instructions on, and takes time', () => {
    const { m } = machine(RESETS);
    expect(m.run(TICKS_PER_SECOND, 10)).toBe('steps');
    expect(m.run(TICKS_PER_SECOND, 10)).toBe('steps');
    m.run(TICKS_PER_SECOND);
    // Five starts of a jump and five instructions, and what is behind them.
    expect(m.instructions).toBeGreaterThan(5 * 6);
    expect(m.sim.scheduler.now).toBeGreaterThan(TICKS_PER_SECOND * 4e-3);
  });

  test('a BIOS that never gets further than a triple fault ends no run', () => {
    const { m } = machine([0x31, 0xc0, 0x8e, 0xd8, 0x0f, 0x01, 0x1e, 0x00, 0x06, 0xcc]);
    expect(m.run(TICKS_PER_SECOND / 10)).toBe('time');
    expect(m.sim.scheduler.now).toBeGreaterThanOrEqual(TICKS_PER_SECOND / 10);
  });

  test('is the same wherever the run is cut', () => {
    const whole = machine(RESETS), cut = machine(RESETS);
    whole.m.run(TICKS_PER_SECOND / 100);
    for (let k = 1; k <= 1000; k++) cut.m.run((k * TICKS_PER_SECOND) / 100_000);
    expect(cut.post).toEqual(whole.post);
    expect(cut.m.instructions).toBe(whole.m.instructions);
    expect(cut.m.save()).toEqual(whole.m.save());
  });
});
