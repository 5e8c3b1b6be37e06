import { expect, test } from 'vitest';
import { keyNumber } from '../../hw/ps2/keyboard/keys.ts';
import { HELD, KEY_PERIOD, strokesOf, typed } from './key-text.ts';

test('characters are those of a US keyboard, names are keys', () => {
  expect(strokesOf('aB1!\n')).toEqual([
    ['KeyA'], ['ShiftLeft', 'KeyB'], ['Digit1'], ['ShiftLeft', 'Digit1'], ['Enter'],
  ]);
  expect(strokesOf('<Down><F1><Ctrl+Alt+Delete><lt><Ctrl+C>')).toEqual([
    ['ArrowDown'], ['F1'], ['ControlLeft', 'AltLeft', 'Delete'], ['ShiftLeft', 'Comma'], ['ControlLeft', 'KeyC'],
  ]);
});

test('every character of ASCII that can be typed has keys that the keyboard has', () => {
  for (let c = 0x20; c < 0x7f; c++) {
    const character = String.fromCharCode(c);
    for (const code of strokesOf(character === '<' ? '<lt>' : character)[0]) expect(keyNumber(code)).not.toBe(-1);
  }
});

test('what has no key is refused', () => {
  expect(() => strokesOf('ä')).toThrow('no key of a US keyboard gives \'ä\'');
  expect(() => strokesOf('a<b')).toThrow('write <lt>');
});

test('keys go down and up one after the other', () => {
  expect(typed(strokesOf('A'), 100).map((a) => [a.time, a.code, a.down])).toEqual([
    [100, 'ShiftLeft', true], [100, 'KeyA', true], [100 + HELD, 'KeyA', false], [100 + HELD, 'ShiftLeft', false],
  ]);
  expect(typed(strokesOf('ab'), 0)[2].time).toBe(KEY_PERIOD);
});
