/** What a key does in scan code set 3 until software says otherwise. */
type KeyType = 'repeats' | 'make-break' | 'make';

/** A key: its place, its codes, and what it does in set 3. */
export interface Key {
  /** W3C UI Events KeyboardEvent code Value. */
  readonly code: string;
  /** Set 2; above FFh with the prefix E0h. */
  readonly set2: number;
  readonly set3: number;
  readonly type: KeyType;
}

type Row = readonly [code: string, set2: number, set3?: number];

/**
 * Keys by what they do in set 3 (IBM PS/2 Hardware Interface Technical Reference, 1988,
 * "Keyboards", tables of scan codes and key types). Set 3 is that of set 2 where it is left out.
 * The keys with a logo and the menu key are of Microsoft's Keyboard Scan Code Specification.
 */
const REPEATS: readonly Row[] = [
  ['Backquote', 0x0e], ['Digit1', 0x16], ['Digit2', 0x1e], ['Digit3', 0x26], ['Digit4', 0x25], ['Digit5', 0x2e],
  ['Digit6', 0x36], ['Digit7', 0x3d], ['Digit8', 0x3e], ['Digit9', 0x46], ['Digit0', 0x45], ['Minus', 0x4e],
  ['Equal', 0x55], ['Backspace', 0x66], ['Tab', 0x0d], ['KeyQ', 0x15], ['KeyW', 0x1d], ['KeyE', 0x24],
  ['KeyR', 0x2d], ['KeyT', 0x2c], ['KeyY', 0x35], ['KeyU', 0x3c], ['KeyI', 0x43], ['KeyO', 0x44], ['KeyP', 0x4d],
  ['BracketLeft', 0x54], ['BracketRight', 0x5b], ['Backslash', 0x5d, 0x5c], ['KeyA', 0x1c], ['KeyS', 0x1b],
  ['KeyD', 0x23], ['KeyF', 0x2b], ['KeyG', 0x34], ['KeyH', 0x33], ['KeyJ', 0x3b], ['KeyK', 0x42], ['KeyL', 0x4b],
  ['Semicolon', 0x4c], ['Quote', 0x52], ['Enter', 0x5a], ['IntlBackslash', 0x61, 0x13], ['KeyZ', 0x1a],
  ['KeyX', 0x22], ['KeyC', 0x21], ['KeyV', 0x2a], ['KeyB', 0x32], ['KeyN', 0x31], ['KeyM', 0x3a], ['Comma', 0x41],
  ['Period', 0x49], ['Slash', 0x4a], ['Space', 0x29], ['Delete', 0x171, 0x64], ['ArrowLeft', 0x16b, 0x61],
  ['ArrowUp', 0x175, 0x63], ['ArrowDown', 0x172, 0x60], ['ArrowRight', 0x174, 0x6a], ['NumpadAdd', 0x79, 0x7c],
];
const MAKE_BREAK: readonly Row[] = [
  ['CapsLock', 0x58, 0x14], ['ShiftLeft', 0x12], ['ShiftRight', 0x59], ['ControlLeft', 0x14, 0x11],
  ['AltLeft', 0x11, 0x19],
];
const MAKE: readonly Row[] = [
  ['AltRight', 0x111, 0x39], ['ControlRight', 0x114, 0x58], ['Insert', 0x170, 0x67], ['Home', 0x16c, 0x6e],
  ['End', 0x169, 0x65], ['PageUp', 0x17d, 0x6f], ['PageDown', 0x17a, 0x6d], ['NumLock', 0x77, 0x76],
  ['Numpad7', 0x6c], ['Numpad4', 0x6b], ['Numpad1', 0x69], ['NumpadDivide', 0x14a, 0x77], ['Numpad8', 0x75],
  ['Numpad5', 0x73], ['Numpad2', 0x72], ['Numpad0', 0x70], ['NumpadMultiply', 0x7c, 0x7e], ['Numpad9', 0x7d],
  ['Numpad6', 0x74], ['Numpad3', 0x7a], ['NumpadDecimal', 0x71], ['NumpadSubtract', 0x7b, 0x84],
  ['NumpadEnter', 0x15a, 0x79], ['Escape', 0x76, 0x08], ['F1', 0x05, 0x07], ['F2', 0x06, 0x0f], ['F3', 0x04, 0x17],
  ['F4', 0x0c, 0x1f], ['F5', 0x03, 0x27], ['F6', 0x0b, 0x2f], ['F7', 0x83, 0x37], ['F8', 0x0a, 0x3f],
  ['F9', 0x01, 0x47], ['F10', 0x09, 0x4f], ['F11', 0x78, 0x56], ['F12', 0x07, 0x5e], ['PrintScreen', 0x17c, 0x57],
  ['ScrollLock', 0x7e, 0x5f], ['Pause', 0x77, 0x62], ['MetaLeft', 0x11f, 0x8b], ['MetaRight', 0x127, 0x8c],
  ['ContextMenu', 0x12f, 0x8d],
];

function rows(type: KeyType, keys: readonly Row[]): Key[] {
  return keys.map(([code, set2, set3 = set2]) => ({ code, set2, set3, type }));
}

/** Every key of the keyboard; its place in this list is its number in the keyboard's state. */
export const KEYS: readonly Key[] = [
  ...rows('repeats', REPEATS), ...rows('make-break', MAKE_BREAK), ...rows('make', MAKE),
];

const NUMBERS: ReadonlyMap<string, number> = new Map(KEYS.map((key, n) => [key.code, n]));

/** A key's number, or -1 if the keyboard has no key at that place. */
export function keyNumber(code: string): number {
  return NUMBERS.get(code) ?? -1;
}
