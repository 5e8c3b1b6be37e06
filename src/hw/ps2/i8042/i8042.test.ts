import { beforeEach, describe, expect, test } from 'vitest';
import { describeContract } from '../../../testing/vitest.ts';
import { DeviceBench, IrqProbe } from '../../../testing/device-bench.ts';
import { ms, us } from '../../../sim/time.ts';
import { Ps2Keyboard } from '../keyboard/keyboard.ts';
import { I8042, type I8042Options } from './i8042.ts';

describeContract('I8042', () => new I8042('kbc', new DeviceBench()));

let bench: DeviceBench, kbc: I8042, irq1: IrqProbe, irq12: IrqProbe, a20: IrqProbe, resetLine: IrqProbe;
const status = (): number => bench.inb(0x64);
const full = (): boolean => (status() & 1) !== 0;
const ready = (): boolean => (status() & 2) === 0;

/** Waits for the input buffer, writes, waits again. */
function command(c: number): void {
  expect(bench.until(ready, ms(50))).toBe(true);
  bench.outb(0x64, c);
  expect(bench.until(ready, ms(50))).toBe(true);
}
function data(v: number): void {
  expect(bench.until(ready, ms(50))).toBe(true);
  bench.outb(0x60, v);
  expect(bench.until(ready, ms(50))).toBe(true);
}
/** The next byte from the controller, or -1 if none comes in time. */
function answer(limit = ms(50)): number {
  return bench.until(full, limit) ? bench.inb(0x60) : -1;
}

function make(options: (b: DeviceBench) => I8042Options = () => ({})): void {
  bench = new DeviceBench();
  kbc = new I8042('kbc', bench, options(bench));
  irq1 = new IrqProbe(kbc.irqKeyboard);
  irq12 = new IrqProbe(kbc.irqMouse);
  a20 = new IrqProbe(kbc.a20);
  resetLine = new IrqProbe(kbc.resetOut);
  bench.mapIo(0x60, 1, kbc.ports, 0);
  bench.mapIo(0x64, 1, kbc.ports, 4);
  bench.reset(kbc);
}

beforeEach(() => make());

describe('PC/AT Technical Reference, Keyboard Controller: commands', () => {
  test('AA: self-test gives 55 and sets the system flag', () => {
    expect(status() & 0x04).toBe(0);
    command(0xaa);
    expect(answer()).toBe(0x55);
    expect(status() & 0x04).toBe(0x04);
  });

  test('AB and A9: interface tests give 00; A4: no password', () => {
    for (const [c, a] of [[0xab, 0], [0xa9, 0], [0xa4, 0xf1]]) {
      command(c);
      expect(answer()).toBe(a);
    }
  });

  test('20 and 60: command byte; AD, AE, A7, A8 change its bits', () => {
    command(0x60);
    data(0x47);
    command(0x20);
    expect(answer()).toBe(0x47);
    command(0xad);
    command(0xa7);
    command(0x20);
    expect(answer()).toBe(0x77);
    command(0xae);
    command(0xa8);
    command(0x20);
    expect(answer()).toBe(0x47);
  });

  test('the other 31 bytes of RAM', () => {
    command(0x7f);
    data(0x12);
    command(0x3f);
    expect(answer()).toBe(0x12);
  });

  test('the input buffer is full while the command is carried out; A2 tells commands from data', () => {
    bench.outb(0x64, 0x20);
    expect(status() & 0x0a).toBe(0x0a);
    bench.run(us(20));
    expect(status() & 0x02).toBe(0);
    bench.outb(0x60, 0x00);
    expect(status() & 0x0a).toBe(0x02);
    bench.outb(0x60, 0x01);
    expect(bench.trace.noteCount('kbc', 'input-overrun')).toBe(1);
  });

  test('D2 and D3: output buffer as if from a device, with its interrupt', () => {
    command(0x60);
    data(0x03);
    command(0xd2);
    data(0x5a);
    bench.until(full, ms(1));
    expect([status() & 0x21, irq1.level, irq12.level]).toEqual([0x01, true, false]);
    expect(bench.inb(0x60)).toBe(0x5a);
    expect(irq1.level).toBe(false);
    command(0xd3);
    data(0xa5);
    bench.until(full, ms(1));
    expect([status() & 0x21, irq1.level, irq12.level]).toEqual([0x21, false, true]);
    expect(bench.inb(0x60)).toBe(0xa5);
    expect(irq12.level).toBe(false);
  });

  test('without its bit in the command byte nothing interrupts', () => {
    command(0xd2);
    data(0x5a);
    bench.run(ms(1));
    expect([full(), irq1.rising]).toEqual([true, 0]);
  });

  test('D0 and D1: output port with the A20 gate; DD and DF', () => {
    expect(a20.level).toBe(true);
    command(0xd1);
    data(0xdd);
    expect(a20.level).toBe(false);
    command(0xd0);
    expect(answer()! & 0x03).toBe(0x01);
    command(0xdf);
    expect(a20.level).toBe(true);
    command(0xdd);
    expect(a20.level).toBe(false);
  });

  test('FE pulses the reset line for 6 µs; F1 and FF do not', () => {
    command(0xf1);
    command(0xff);
    expect(resetLine.rising).toBe(0);
    command(0xfe);
    expect(resetLine.level).toBe(true);
    bench.run(us(6));
    expect([resetLine.level, resetLine.rising]).toEqual([false, 1]);
  });

  test('D1 with bit 0 clear resets too', () => {
    command(0xd1);
    data(0xde);
    expect(resetLine.rising).toBe(1);
  });

  test('answers wait until the output buffer is read', () => {
    command(0xaa);
    command(0xab);
    bench.run(ms(1));
    expect([bench.inb(0x60), answer()]).toEqual([0x55, 0x00]);
  });

  test('an unknown command is noted and ignored', () => {
    command(0xb7);
    expect(answer(ms(1))).toBe(-1);
    expect(bench.trace.noteCount('kbc', 'unknown-command')).toBe(1);
  });

  test('answers that nobody reads are bounded', () => {
    for (let i = 0; i < 40; i++) command(0xaa);
    expect(bench.trace.noteCount('kbc', 'answer-overrun')).toBeGreaterThan(10);
  });
});

describe('nothing plugged in', () => {
  test('a byte for the keyboard times out: FE with bit 6', () => {
    data(0xf2);
    bench.run(ms(14));
    expect(full()).toBe(false);
    expect(bench.until(full, ms(2))).toBe(true);
    expect(status() & 0x61).toBe(0x41);
    expect(bench.inb(0x60)).toBe(0xfe);
    expect(status() & 0x41).toBe(0);
  });

  test('D4: a byte for the auxiliary device times out as its answer', () => {
    command(0xd4);
    data(0xf2);
    expect(bench.until(full, ms(50))).toBe(true);
    expect(status() & 0x61).toBe(0x61);
    expect(bench.inb(0x60)).toBe(0xfe);
  });
});

describe('a keyboard', () => {
  let keyboard: Ps2Keyboard;
  /** Sends a byte to the keyboard and collects what it answers. */
  const ask = (byte: number, answers: number): number[] => {
    data(byte);
    return Array.from({ length: answers }, () => answer(ms(600)));
  };

  beforeEach(() => {
    make((b) => ({ keyboard: (keyboard = new Ps2Keyboard('kbd', b)) }));
    bench.reset(kbc, keyboard);
    expect(answer(ms(600))).toBe(0xaa); // basic assurance test
  });

  test('FF: acknowledge, then the self-test\'s result', () => {
    expect(ask(0xff, 2)).toEqual([0xfa, 0xaa]);
  });

  test('F2, EE, F4, F5, F6, ED, F3, F0, and FE for what it does not know', () => {
    expect(ask(0xf2, 3)).toEqual([0xfa, 0xab, 0x83]);
    expect(ask(0xee, 1)).toEqual([0xee]);
    for (const c of [0xf4, 0xf5, 0xf6, 0xf4]) expect(ask(c, 1)).toEqual([0xfa]);
    expect([...ask(0xed, 1), ...ask(0x02, 1)]).toEqual([0xfa, 0xfa]);
    expect(keyboard.leds).toBe(2);
    expect([...ask(0xf3, 1), ...ask(0x20, 1)]).toEqual([0xfa, 0xfa]);
    expect([...ask(0xf0, 1), ...ask(0x00, 2)]).toEqual([0xfa, 0xfa, 0x02]);
    expect(ask(0x11, 1)).toEqual([0xfe]);
    expect(ask(0xfe, 1)).toEqual([0xfe]);
  });

  test('keys come as set 2, or translated to set 1, one interrupt each', () => {
    command(0x60);
    data(0x01);
    irq1.rising = 0;
    keyboard.press('KeyA');
    keyboard.release('KeyA');
    expect([answer(), answer(), answer()]).toEqual([0x1c, 0xf0, 0x1c]);
    expect(irq1.rising).toBe(3);
    command(0x60);
    data(0x41);
    for (const key of ['KeyA', 'ArrowUp']) {
      keyboard.press(key);
      keyboard.release(key);
    }
    expect([answer(), answer(), answer(), answer(), answer(), answer()]).toEqual([0x1e, 0x9e, 0xe0, 0x48, 0xe0, 0xc8]);
  });

  test('a byte takes its time on the cable, and waits while the interface is off', () => {
    command(0xad);
    keyboard.press('KeyA');
    expect(answer()).toBe(-1);
    command(0xae);
    const start = bench.scheduler.now;
    expect(answer()).toBe(0x1c);
    expect(bench.scheduler.now - start).toBeLessThanOrEqual(us(880));
    expect(bench.scheduler.now - start).toBeGreaterThan(us(800));
  });

  test('the buffer of the keyboard ends with an overrun code; F5 stops keys', () => {
    command(0xad);
    for (let i = 0; i < 8; i++) {
      keyboard.press('KeyA');
      keyboard.release('KeyA');
    }
    command(0xae);
    const got: number[] = [];
    for (let v = answer(); v >= 0; v = answer()) got.push(v);
    const again = Array.from({ length: 5 }, () => [0xf0, 0x1c, 0x1c]);
    expect(got).toEqual([0x1c, ...again.flat(), 0x00]);
    ask(0xf5, 1);
    expect(keyboard.press('KeyA')).toBe(false);
  });

  test('save with a byte on the way, restore into another machine: it comes at the same time', () => {
    keyboard.press('KeyA');
    bench.run(us(300));
    const other = new DeviceBench();
    const kbd2 = new Ps2Keyboard('kbd', other);
    const kbc2 = new I8042('kbc', other, { keyboard: kbd2 });
    other.mapIo(0x60, 1, kbc2.ports, 0);
    other.mapIo(0x64, 1, kbc2.ports, 4);
    kbd2.load(keyboard.save());
    kbc2.load(kbc.save());
    other.scheduler.load(bench.scheduler.save());
    expect(answer()).toBe(0x1c);
    expect(other.until(() => (other.inb(0x64) & 1) !== 0, ms(5))).toBe(true);
    expect(other.scheduler.now).toBe(bench.scheduler.now);
  });
});
