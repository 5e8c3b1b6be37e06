import type { KeyboardInput } from '../../host/input.ts';
import { ms, type Ticks } from '../../sim/time.ts';
import { strokeOf, type Stroke } from './us-layout.ts';

/** Short names of keys; all others have their UI Events code (`<F1>`, `<KeyA>`, `<PageUp>`). */
const NAMES: Readonly<Record<string, string>> = {
  up: 'ArrowUp', down: 'ArrowDown', left: 'ArrowLeft', right: 'ArrowRight', esc: 'Escape', del: 'Delete',
  ctrl: 'ControlLeft', alt: 'AltLeft', shift: 'ShiftLeft', return: 'Enter', lt: '<',
};

/** How long a key is held, and from one key to the next: a quick typist, an assumption. */
export const HELD: Ticks = ms(30);
export const KEY_PERIOD: Ticks = ms(60);

/** Something goes down or up at a time. */
export interface KeyAction {
  readonly time: Ticks;
  readonly code: string;
  readonly down: boolean;
}

/** A text that has no keys. */
export class KeyTextError extends Error {}

/**
 * Keys of a text: characters are those of a US keyboard, a new line is Enter, keys without a
 * character stand by name between `<` and `>`, with others before a `+` that are held
 * (`<Ctrl+Alt+Delete>`), and `<lt>` is the character.
 * @throws KeyTextError with what is not understood
 */
export function strokesOf(text: string): Stroke[] {
  const strokes: Stroke[] = [];
  for (const [part, name] of text.matchAll(/<([^<>]+)>|[^]/gu))
    strokes.push(name === undefined ? characterKeys(part) : name.split(/\+(?=.)/).flatMap(namedKeys));
  return strokes;
}

function characterKeys(character: string): Stroke {
  const stroke = strokeOf(character);
  if (stroke !== null && character !== '<') return stroke;
  throw new KeyTextError(character === '<' ? '\'<\' begins a name of a key; write <lt> for the character'
    : `no key of a US keyboard gives '${character}'`);
}

function namedKeys(name: string): Stroke {
  const known = NAMES[name.toLowerCase()] ?? name;
  return strokeOf(known.length === 1 ? known.toLowerCase() === known ? known : known.toLowerCase() : '') ?? [known];
}

/** When each of the keys goes down and up. */
export function typed(strokes: readonly Stroke[], from: Ticks): KeyAction[] {
  return strokes.flatMap((stroke, n) => {
    const time = from + n * KEY_PERIOD;
    return [
      ...stroke.map((code) => ({ time, code, down: true })),
      ...stroke.toReversed().map((code) => ({ time: time + HELD, code, down: false })),
    ];
  });
}

/** Does one of them. False as `KeyboardInput`. */
export function actOn(keyboard: KeyboardInput, { code, down }: KeyAction): boolean {
  return down ? keyboard.press(code) : keyboard.release(code);
}
