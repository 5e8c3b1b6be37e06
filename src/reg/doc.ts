import type { Field, Layout, Register, Registers } from './layout.ts';

/**
 * The rows of a register block as a Markdown table: one line a field, in order of offset, then of
 * bits from high to low.
 */
export function registerTable(layout: Layout): string {
  const lines = ['| Offset | Register | Bits | Field | Kind | Reset | Notes |', '|---|---|---|---|---|---|---|'];
  for (const [name, register] of byOffset(layout.registers)) {
    const notes = registerNotes(register);
    const fields = Object.entries(register.fields).sort(([, a], [, b]) => b.hi - a.hi);
    fields.forEach(([fieldName, field], i) => {
      const text = [i === 0 ? notes : '', field.reason].filter((t) => t !== '').join('; ');
      lines.push(
        `| ${i === 0 ? hex(register.offset) : ''} | ${i === 0 ? name : ''} | ${bitRange(field)} | ` +
          `${fieldName} | ${field.kind} | ${hex(field.reset)} | ${escape(text)} |`,
      );
    });
  }
  return lines.join('\n') + '\n';
}

/** A field that is kept but has no effect, for the fidelity page. */
export interface Unmodelled {
  readonly register: string;
  readonly field: string;
  readonly reason: string;
}

/** The unmodelled fields of a register block. */
export function unmodelledFields(layout: Layout): Unmodelled[] {
  const list: Unmodelled[] = [];
  for (const [register, row] of byOffset(layout.registers)) {
    for (const [field, f] of Object.entries(row.fields))
      if (f.kind === 'unmodelled') list.push({ register, field, reason: f.reason });
  }
  return list;
}

/** Rows in order of their offsets. */
export function byOffset(registers: Registers): [string, Register][] {
  return Object.entries(registers).sort(([, a], [, b]) => a.offset - b.offset);
}

function registerNotes(register: Register): string {
  const o = register.options;
  const notes: string[] = [];
  if (o.doc !== undefined) notes.push(o.doc);
  if (o.dir === 'r') notes.push('reads only');
  if (o.dir === 'w') notes.push('writes only');
  if (o.page !== undefined && o.page >= 0) notes.push(`page ${o.page}`);
  if (o.match !== undefined) notes.push(`value & ${hex(o.match.mask)} = ${hex(o.match.value)}`);
  if (o.mirrors !== undefined) notes.push(`also at ${o.mirrors.map(hex).join(', ')}`);
  if (o.partial === 'whole') notes.push('any access size');
  return notes.join('; ');
}

function bitRange(f: Field): string {
  return f.hi === f.lo ? `${f.hi}` : `${f.hi}:${f.lo}`;
}

function hex(n: number): string {
  return `0x${n.toString(16).padStart(2, '0')}`;
}

function escape(text: string): string {
  return text.replaceAll('|', '\\|');
}
