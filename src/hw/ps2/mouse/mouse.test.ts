import { beforeEach, describe, expect, test } from 'vitest';
import { ms } from '../../../sim/time.ts';
import { DeviceBench } from '../../../testing/device-bench.ts';
import { describeContract } from '../../../testing/vitest.ts';
import { Ps2Mouse } from './mouse.ts';

describeContract('Ps2Mouse', () => new Ps2Mouse('mouse', new DeviceBench()));

let bench: DeviceBench, mouse: Ps2Mouse;
function sent(): number[] {
  const bytes: number[] = [];
  while (mouse.waiting) bytes.push(mouse.take());
  return bytes;
}
function send(...bytes: number[]): number[] {
  return bytes.flatMap((byte) => {
    mouse.command(byte);
    return sent();
  });
}

beforeEach(() => {
  bench = new DeviceBench();
  mouse = new Ps2Mouse('mouse', bench);
  bench.reset(mouse);
  bench.run(ms(500));
  expect(sent()).toEqual([0xaa, 0x00]);
});

describe('PS/2 Technical Reference, Mouse: commands', () => {
  test('FF, F2, E9 after the defaults, FE', () => {
    expect(send(0xff)).toEqual([0xfa]);
    bench.run(ms(500));
    expect(sent()).toEqual([0xaa, 0x00]);
    expect(send(0xf2)).toEqual([0xfa, 0x00]);
    expect(send(0xe9)).toEqual([0xfa, 0x00, 2, 100]);
    expect(send(0xfe)).toEqual([0xfa, 0x00, 2, 100]);
  });

  test('E9 tells what was set, and the buttons: left, middle, right from bit 2 down', () => {
    send(0xe7, 0xe8, 3, 0xf3, 40, 0xf0, 0xf4);
    mouse.buttons(1);
    expect(send(0xe9)).toEqual([0xfa, 0x74, 3, 40]);
    mouse.buttons(2);
    expect(send(0xe9)[1] & 7).toBe(1);
    mouse.buttons(4);
    expect(send(0xe9)[1] & 7).toBe(2);
    expect(send(0xf6, 0xe9).slice(1)).toEqual([0xfa, 0x02, 2, 100]);
  });

  test('what is not known is answered with Resend, then with Error', () => {
    expect(send(0x11, 0x11, 0xf2)).toEqual([0xfe, 0xfc, 0xfa, 0x00]);
    expect(send(0xf3, 33)).toEqual([0xfa, 0xfe]);
    expect(send(0xe8, 4)).toEqual([0xfa, 0xfe]);
    expect(bench.trace.noteCount('mouse', 'unknown-command')).toBe(4);
  });

  test('EE: everything comes back but EC and FF', () => {
    expect(send(0xee, 0xf2, 0x12, 0xec, 0xf2)).toEqual([0xfa, 0xf2, 0x12, 0xfa, 0xfa, 0x00]);
  });
});

describe('PS/2 Technical Reference, Mouse: data report', () => {
  test('stream mode: at the sample rate, what was added up', () => {
    send(0xf4);
    mouse.move(5, -3, 0);
    mouse.move(1, 0, 0);
    bench.run(ms(9));
    expect(sent()).toEqual([]);
    bench.run(ms(1));
    expect(sent()).toEqual([0x28, 6, 0xfd]);
    bench.run(ms(100));
    expect(sent()).toEqual([]);
    mouse.buttons(3);
    bench.run(ms(10));
    expect(sent()).toEqual([0x0b, 0, 0]);
  });

  test('a click between two samples is told in two packets, a hundred of them end as the buttons are', () => {
    send(0xf4);
    mouse.buttons(1);
    mouse.buttons(0);
    bench.run(ms(10));
    expect(sent()).toEqual([0x09, 0, 0]);
    bench.run(ms(10));
    expect(sent()).toEqual([0x08, 0, 0]);
    for (let n = 0; n < 100; n++) mouse.buttons(n & 1);
    mouse.buttons(4);
    const told: number[] = [];
    for (let n = 0; n < 100; n++) {
      bench.run(ms(10));
      told.push(...sent().filter((_, index) => index === 0));
    }
    expect(told.slice(0, 4)).toEqual([0x09, 0x08, 0x09, 0x08]);
    expect(told.at(-1)).toBe(0x0c);
    expect(told.length).toBe(17);
  });

  test('nothing while it is not enabled, and nothing of that later', () => {
    mouse.move(5, 0, 0);
    bench.run(ms(100));
    send(0xf4);
    bench.run(ms(100));
    expect(sent()).toEqual([]);
  });

  test('one packet waits; motion is added up meanwhile', () => {
    send(0xf4);
    mouse.move(1, 0, 0);
    bench.run(ms(10));
    mouse.move(2, 0, 0);
    bench.run(ms(50));
    mouse.move(3, 0, 0);
    expect([mouse.take(), mouse.take(), mouse.take(), mouse.waiting]).toEqual([0x08, 1, 0, false]);
    bench.run(ms(10));
    expect(sent()).toEqual([0x08, 5, 0]);
  });

  test('F0 and EB: a report when it is asked for', () => {
    send(0xf4, 0xf0);
    mouse.move(-2, 0, 0);
    bench.run(ms(100));
    expect(sent()).toEqual([]);
    expect(send(0xeb)).toEqual([0xfa, 0x18, 0xfe, 0]);
  });

  test('resolution, scaling and overflow', () => {
    send(0xf4, 0xe8, 0);
    mouse.move(6, 0, 0);
    bench.run(ms(10));
    expect(sent()).toEqual([0x08, 1, 0]);
    mouse.move(2, 0, 0);
    bench.run(ms(10));
    expect(sent()).toEqual([0x08, 1, 0]);
    send(0xe8, 2, 0xe7);
    for (const [moved, told] of [[1, 1], [2, 1], [3, 3], [4, 6], [5, 9], [6, 12]]) {
      mouse.move(moved, 0, 0);
      bench.run(ms(10));
      expect(sent()[1]).toBe(told);
    }
    send(0xe6);
    mouse.move(300, -300, 0);
    bench.run(ms(10));
    expect(sent()).toEqual([0xe8, 0xff, 0x01]);
  });
});

test('IntelliMouse: rates 200, 100, 80 turn the wheel on; FF turns it off', () => {
  send(0xf4);
  mouse.move(0, 0, 1);
  bench.run(ms(10));
  expect(sent()).toEqual([]);
  expect(send(0xf3, 200, 0xf3, 100, 0xf3, 80, 0xf2).slice(-2)).toEqual([0xfa, 3]);
  send(0xf4);
  mouse.move(0, 0, -2);
  bench.run(ms(20));
  expect(sent()).toEqual([0x08, 0, 0, 0xfe]);
  send(0xff);
  expect(send(0xf2)).toEqual([0xfa, 0]);
});

test('restored before its sample, it sends the same at the same time', () => {
  send(0xf4);
  mouse.move(7, 0, 0);
  bench.run(ms(4));
  const other = new DeviceBench(), twin = new Ps2Mouse('mouse', other);
  twin.load(mouse.save());
  other.scheduler.load(bench.scheduler.save());
  for (const [b, m] of [[bench, mouse], [other, twin]] as const) {
    b.run(ms(5));
    expect(m.waiting).toBe(false);
    b.run(ms(1));
    expect([m.take(), m.take(), m.take()]).toEqual([0x08, 7, 0]);
  }
});
