/** Keys of the US layout: place, character, character with Shift. */
const PLACES: readonly (readonly [code: string, plain: string, shifted: string])[] = [
  ['Backquote', '`', '~'], ['Minus', '-', '_'], ['Equal', '=', '+'], ['BracketLeft', '[', '{'],
  ['BracketRight', ']', '}'], ['Backslash', '\\', '|'], ['Semicolon', ';', ':'], ['Quote', '\'', '"'],
  ['Comma', ',', '<'], ['Period', '.', '>'], ['Slash', '/', '?'], ['Space', ' ', ' '], ['Enter', '\n', '\n'],
  ['Tab', '\t', '\t'],
  ...[...')!@#$%^&*('].map((shifted, n) => [`Digit${n}`, `${n}`, shifted] as const),
  ...[...'abcdefghijklmnopqrstuvwxyz'].map((c) => [`Key${c.toUpperCase()}`, c, c.toUpperCase()] as const),
];

/** Keys that are held down together, in this order: `['ShiftLeft', 'KeyA']`. */
export type Stroke = readonly string[];

const STROKES: ReadonlyMap<string, Stroke> = new Map([
  ...PLACES.map(([code, , shifted]) => [shifted, ['ShiftLeft', code]] as [string, Stroke]),
  ...PLACES.map(([code, plain]) => [plain, [code]] as [string, Stroke]),
]);

/** The keys that make a character on a US keyboard, or null if there is no such key. */
export function strokeOf(character: string): Stroke | null {
  return STROKES.get(character) ?? null;
}
