import { RELEASE, toSet1 } from '../i8042/translate.ts';
import type { Key } from './keys.ts';

/** What besides the key decides its codes in sets 1 and 2. */
export interface KeyState {
  readonly leftShift: boolean;
  readonly rightShift: boolean;
  readonly control: boolean;
  readonly alt: boolean;
  /** The light of Num Lock is on. */
  readonly numLock: boolean;
}

const EXTENDED = 0xe0;
const LEFT_SHIFT = 0x12, RIGHT_SHIFT = 0x59;
const CURSOR_BLOCK: ReadonlySet<string> = new Set([
  'Insert', 'Delete', 'Home', 'End', 'PageUp', 'PageDown', 'ArrowLeft', 'ArrowUp', 'ArrowDown', 'ArrowRight',
]);
/** Pause has no code for its release: both are sent when it goes down. */
const PAUSE: readonly number[] = [0xe1, 0x14, 0x77, 0xe1, RELEASE, 0x14, RELEASE, 0x77];
const BREAK: readonly number[] = [EXTENDED, 0x7e, EXTENDED, RELEASE, 0x7e];
/** Print Screen with Alt. */
const SYS_REQ = 0x84;

/**
 * What a key sends in set 1 or 2 when it goes down or up (IBM PS/2 Hardware Interface Technical
 * Reference, 1988, "Keyboards", scan code tables). Keys of the cursor block send the codes of the
 * old keypad with shifts that nobody pressed around them, so that old software sees no shift.
 */
export function scanCodes(key: Key, down: boolean, state: KeyState, set: number): number[] {
  const codes = set2Codes(key, down, state);
  return set === 1 ? inSet1(codes) : codes;
}

function set2Codes(key: Key, down: boolean, state: KeyState): number[] {
  if (key.code === 'Pause') return down ? [...(state.control ? BREAK : PAUSE)] : [];
  const own = codesOf(key.set2, down);
  if (key.code === 'PrintScreen') {
    if (state.alt) return codesOf(SYS_REQ, down);
    if (state.control || state.leftShift || state.rightShift) return own;
    const shift = codesOf(LEFT_SHIFT | 0x100, down);
    return down ? [...shift, ...own] : [...own, ...shift];
  }
  const around = shiftsAround(key, state).map(([code, pressed]) => codesOf(code | 0x100, pressed === down));
  return down ? [...around.flat(), ...own] : [...own, ...around.reverse().flat()];
}

/** Shifts that are sent before a key goes down, and the other way round after it went up. */
function shiftsAround(key: Key, state: KeyState): [code: number, pressed: boolean][] {
  const { leftShift, rightShift } = state;
  if (CURSOR_BLOCK.has(key.code) && state.numLock)
    return leftShift || rightShift ? [] : [[LEFT_SHIFT, true]];
  if (!CURSOR_BLOCK.has(key.code) && key.code !== 'NumpadDivide') return [];
  return [
    ...(leftShift ? [[LEFT_SHIFT, false] as [number, boolean]] : []),
    ...(rightShift ? [[RIGHT_SHIFT, false] as [number, boolean]] : []),
  ];
}

function codesOf(code: number, down: boolean): number[] {
  return [...(code > 0xff ? [EXTENDED] : []), ...(down ? [] : [RELEASE]), code & 0xff];
}

/** Codes of set 2 as set 1 has them: the release is bit 7. */
function inSet1(codes: readonly number[]): number[] {
  const out: number[] = [];
  let release = 0;
  for (const code of codes) {
    if (code === RELEASE) release = 0x80;
    else {
      out.push(toSet1(code) | release);
      release = 0;
    }
  }
  return out;
}
