import { beforeEach, describe, expect, test } from 'vitest';
import { ms } from '../../../sim/time.ts';
import { DeviceBench } from '../../../testing/device-bench.ts';
import { describeContract } from '../../../testing/vitest.ts';
import { KEYS } from './keys.ts';
import { Ps2Keyboard } from './keyboard.ts';

describeContract('Ps2Keyboard', () => new Ps2Keyboard('keyboard', new DeviceBench()));

let bench: DeviceBench, keyboard: Ps2Keyboard;
function sent(): number[] {
  const bytes: number[] = [];
  while (keyboard.waiting) bytes.push(keyboard.take());
  return bytes;
}
function send(...bytes: number[]): number[] {
  for (const byte of bytes) keyboard.command(byte);
  return sent();
}
/** What the keys send, pressed in this order and released in the other. */
function chord(...codes: string[]): number[] {
  for (const code of codes) keyboard.press(code);
  for (const code of codes.reverse()) keyboard.release(code);
  return sent();
}

beforeEach(() => {
  bench = new DeviceBench();
  keyboard = new Ps2Keyboard('keyboard', bench);
  bench.reset(keyboard);
  bench.run(ms(500));
  expect(sent()).toEqual([0xaa]);
});

describe('PS/2 Technical Reference, Keyboards: scan codes', () => {
  test('keys of sets 1, 2 and 3', () => {
    expect(chord('KeyA')).toEqual([0x1c, 0xf0, 0x1c]);
    expect(chord('F7')).toEqual([0x83, 0xf0, 0x83]);
    expect(chord('ArrowUp')).toEqual([0xe0, 0x75, 0xe0, 0xf0, 0x75]);
    expect(send(0xf0, 1)).toEqual([0xfa, 0xfa]);
    expect(chord('KeyA')).toEqual([0x1e, 0x9e]);
    expect(chord('F7')).toEqual([0x41, 0xc1]);
    expect(chord('ArrowUp')).toEqual([0xe0, 0x48, 0xe0, 0xc8]);
    expect(send(0xf0, 3, 0xf0, 0)).toEqual([0xfa, 0xfa, 0xfa, 0xfa, 3]);
    expect(chord('ArrowUp')).toEqual([0x63]);
    expect(chord('ShiftLeft')).toEqual([0x12, 0xf0, 0x12]);
  });

  test('Print Screen and Pause, alone and with Ctrl, Shift and Alt', () => {
    expect(chord('PrintScreen')).toEqual([0xe0, 0x12, 0xe0, 0x7c, 0xe0, 0xf0, 0x7c, 0xe0, 0xf0, 0x12]);
    expect(chord('ControlLeft', 'PrintScreen')).toEqual([0x14, 0xe0, 0x7c, 0xe0, 0xf0, 0x7c, 0xf0, 0x14]);
    expect(chord('AltLeft', 'PrintScreen')).toEqual([0x11, 0x84, 0xf0, 0x84, 0xf0, 0x11]);
    expect(chord('Pause')).toEqual([0xe1, 0x14, 0x77, 0xe1, 0xf0, 0x14, 0xf0, 0x77]);
    expect(chord('ControlLeft', 'Pause')).toEqual([0x14, 0xe0, 0x7e, 0xe0, 0xf0, 0x7e, 0xf0, 0x14]);
    send(0xf0, 1);
    expect(chord('Pause')).toEqual([0xe1, 0x1d, 0x45, 0xe1, 0x9d, 0xc5]);
  });

  test('keys of the cursor block undo Shift and Num Lock', () => {
    expect(chord('ShiftLeft', 'Delete')).toEqual([
      0x12, 0xe0, 0xf0, 0x12, 0xe0, 0x71, 0xe0, 0xf0, 0x71, 0xe0, 0x12, 0xf0, 0x12,
    ]);
    expect(chord('ShiftRight', 'NumpadDivide')).toEqual([
      0x59, 0xe0, 0xf0, 0x59, 0xe0, 0x4a, 0xe0, 0xf0, 0x4a, 0xe0, 0x59, 0xf0, 0x59,
    ]);
    send(0xed, 2);
    expect(chord('Delete')).toEqual([0xe0, 0x12, 0xe0, 0x71, 0xe0, 0xf0, 0x71, 0xe0, 0xf0, 0x12]);
    expect(chord('Slash')).toEqual([0x4a, 0xf0, 0x4a]);
  });

  test('every key has codes of its own', () => {
    for (const set of ['set2', 'set3'] as const) {
      const codes = KEYS.filter((k) => set === 'set3' || k.code !== 'Pause').map((k) => k[set]);
      expect(new Set(codes).size).toBe(codes.length);
    }
    expect(KEYS).toHaveLength(105);
    expect(keyboard.press('Power')).toBe(false);
  });
});

describe('PS/2 Technical Reference, Keyboards: typematic', () => {
  const count = (time: number): number => {
    let codes = 0;
    for (const end = bench.scheduler.now + time; bench.scheduler.now < end;) {
      bench.run(ms(1));
      codes += sent().length;
    }
    return codes;
  };

  test('10.9 characters a second after 500 ms, and as F3 says', () => {
    keyboard.press('KeyA');
    expect(count(ms(499))).toBe(1);
    expect(count(ms(1002))).toBe(11);
    keyboard.release('KeyA');
    sent();
    send(0xf3, 0x00);
    keyboard.press('KeyA');
    expect(count(ms(249))).toBe(1);
    expect(count(ms(1002))).toBe(31);
  });

  test('the last key that went down repeats, until it goes up', () => {
    keyboard.press('KeyA');
    keyboard.press('KeyB');
    sent();
    keyboard.release('KeyA');
    sent();
    bench.run(ms(500));
    expect(sent()).toEqual([0x32]);
    keyboard.release('KeyB');
    sent();
    expect(count(ms(2000))).toBe(0);
  });

  test('while its codes wait, no other is added', () => {
    keyboard.press('KeyA');
    bench.run(ms(3000));
    expect(sent()).toEqual([0x1c]);
  });

  test('set 3: FC and F8 take the repetition away, FA gives it to all keys', () => {
    send(0xf0, 3, 0xfc, 0x1c, 0xf4);
    keyboard.press('KeyA');
    expect(count(ms(1000))).toBe(1);
    keyboard.release('KeyA');
    expect(sent()).toEqual([0xf0, 0x1c]);
    send(0xfa);
    keyboard.press('F1');
    expect(count(ms(520))).toBe(2);
  });

  test('F5 stops it', () => {
    keyboard.press('KeyA');
    sent();
    expect(send(0xf5)).toEqual([0xfa]);
    expect(count(ms(1000))).toBe(0);
    expect(keyboard.press('KeyB')).toBe(false);
  });
});

describe('PS/2 Technical Reference, Keyboards: buffer', () => {
  test('16 codes, then an overrun code for all that is lost; keys are kept whole', () => {
    for (let n = 0; n < 5; n++) {
      keyboard.press('KeyA');
      keyboard.release('KeyA');
    }
    expect(keyboard.press('ArrowUp')).toBe(false);
    expect(keyboard.press('KeyB')).toBe(false);
    expect(sent()).toHaveLength(16);
    send(0xf0, 1);
    for (let n = 0; n < 17; n++) keyboard.press(KEYS[n].code);
    expect(sent().slice(-1)).toEqual([0xff]);
  });

  test('FE sends the last byte again', () => {
    keyboard.press('KeyA');
    sent();
    expect([send(0xfe), send(0xfe)]).toEqual([[0x1c], [0x1c]]);
  });
});

test('restored in mid repetition, it goes on at the same time', () => {
  keyboard.press('KeyA');
  sent();
  bench.run(ms(300));
  const other = new DeviceBench(), twin = new Ps2Keyboard('keyboard', other);
  twin.load(keyboard.save());
  other.scheduler.load(bench.scheduler.save());
  for (const [b, k] of [[bench, keyboard], [other, twin]] as const) {
    b.run(ms(199));
    expect(k.waiting).toBe(false);
    b.run(ms(1));
    expect(k.take()).toBe(0x1c);
  }
});
