/**
 * Rows that differ only in a part of their name: one maker each, with the exact names kept in the
 * type.
 */
import { CONDS, type Cond, type Width } from './ops.ts';

/** `{ stem8tail: make(8), stem16tail: make(16), stem32tail: make(32) }`. */
export function byWidth<E, S extends string, T extends string = ''>(
  stem: S,
  make: (width: Width) => E,
  tail?: T,
): Record<`${S}${Width}${T}`, E> {
  return Object.fromEntries(([8, 16, 32] as const).map((w) => [`${stem}${w}${tail ?? ''}`, make(w)])) as Record<
    `${S}${Width}${T}`,
    E
  >;
}

/** As `byWidth` for 16 and 32 bits. */
export function byWideWidth<E, S extends string, T extends string = ''>(
  stem: S,
  make: (width: 16 | 32) => E,
  tail?: T,
): Record<`${S}${16 | 32}${T}`, E> {
  return Object.fromEntries(([16, 32] as const).map((w) => [`${stem}${w}${tail ?? ''}`, make(w)])) as Record<
    `${S}${16 | 32}${T}`,
    E
  >;
}

/** `{ stem_o: make('o'), … }` for the sixteen conditions. */
export function byCond<E, S extends string>(stem: S, make: (cond: Cond) => E): Record<`${S}_${Cond}`, E> {
  return Object.fromEntries(CONDS.map((c) => [`${stem}_${c}`, make(c)])) as Record<`${S}_${Cond}`, E>;
}
