/**
 * How devices see registers: objects whose properties are the register's value and its fields. The
 * accessors stand on a prototype of the object's own: V8 turns a second object that gets accessors
 * of the same names by itself into a dictionary, in which each access is a lookup of 12 ns; as it
 * is, accessors are taken into their callers.
 */
import { mask } from '../bits/field.ts';
import type { Fields } from './layout.ts';

/** The view of word `index` of `values` as a register with these fields. */
export function registerView(values: Uint32Array, index: number, fields: Fields): unknown {
  const accessors: object = {};
  Object.defineProperty(accessors, 'value', { get: () => values[index], set: (v: number) => { values[index] = v; } });
  for (const [name, f] of Object.entries(fields)) {
    const m = mask(f.hi, f.lo), lo = f.lo;
    Object.defineProperty(accessors, name, {
      get: () => (values[index] & m) >>> lo,
      set: (v: number) => { values[index] = (values[index] & ~m) | ((v << lo) & m); },
    });
  }
  return Object.create(accessors);
}

/** What software has written to a register: filled anew for each write. */
export interface RawWrite {
  value: number;
  size: number;
}

/** The view of a write to a register with these fields. */
export function writtenView(raw: RawWrite, fields: Fields): unknown {
  const accessors: object = {};
  Object.defineProperty(accessors, 'value', { get: () => raw.value });
  Object.defineProperty(accessors, 'size', { get: () => raw.size });
  for (const [name, f] of Object.entries(fields)) {
    const m = mask(f.hi, f.lo), lo = f.lo;
    Object.defineProperty(accessors, name, { get: () => (raw.value & m) >>> lo });
  }
  return Object.create(accessors);
}
