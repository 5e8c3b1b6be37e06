import { bits } from '../../../bits/field.ts';
import type { PathsCard } from '../../../hw/paths/paths.ts';
import { DISPLAY_COLUMNS, DISPLAY_LINES } from '../../../hw/paths/display.ts';
import { PATHS_REGISTERS } from '../../../hw/paths/spec.ts';

/** Registers whose change is shown; LINE moves by itself, FIFO and WINDOW lead to other state. */
const WHOLE = ['CONTROL', 'COLOUR'] as const, BY_FIELD = ['INT', 'STATUS'] as const;

/** What can be seen of the card without a transaction: names with their values. */
export function lookAt(card: PathsCard): Map<string, number> {
  const seen = new Map<string, number>();
  for (const name of WHOLE) seen.set(name, card.registers.peek(name));
  for (const name of BY_FIELD) {
    const value = card.registers.peek(name);
    for (const [field, row] of Object.entries(PATHS_REGISTERS.registers[name].fields))
      if (row.kind !== 'rsvd') seen.set(`${name}.${field}`, bits(value, row.hi, row.lo));
  }
  seen.set('INTA#', card.inta.level ? 1 : 0);
  const { frame } = card;
  let lines = 0;
  for (let y = 0; y < DISPLAY_LINES; y++) if (frame[y * DISPLAY_COLUMNS] !== 0) lines++;
  seen.set('coloured lines', lines);
  return seen;
}

/** As people of this field write it: `5`, `0Fh`. */
export function hexadecimal(value: number): string {
  const digits = value.toString(16).toUpperCase();
  return value < 10 ? digits : `${/^[A-F]/.test(digits) ? '0' : ''}${digits}h`;
}

/** What has changed from one look to the next: `STATUS.LEVEL 2 → 1`. */
export function changes(before: ReadonlyMap<string, number>, after: ReadonlyMap<string, number>): string[] {
  return [...after].flatMap(([name, value]) => {
    const was = before.get(name) ?? 0;
    return was === value ? [] : [`${name} ${hexadecimal(was)} → ${hexadecimal(value)}`];
  });
}
