/** Looks as text, for terminals. */
import type { CoreLook } from '../../arch/isa.ts';
import { BYTE, type MemoryLook } from './memory.ts';
import type { PartLook } from './part.ts';
import type { ProcessorLook } from './processor.ts';
import type { FieldLook, RegisterLook } from './registers.ts';

/** Registers of a part by bank, with their fields: a line each. `only`: registers of that name. */
export function registersText(part: PartLook, only = ''): string {
  const lines: string[] = [`${part.name}${part.title === '' ? '' : `: ${part.title}`}`];
  for (const bank of part.banks) {
    const registers = bank.registers.filter((r) => only === '' || r.name === only);
    if (registers.length === 0) continue;
    const places = bank.places.map((p) => `${p.space} 0x${p.base.toString(16)}`).join(', ');
    lines.push('', `${bank.name}${places === '' ? '' : ` at ${places}`}`);
    for (const r of registers) {
      lines.push(`  ${registerLine(r)}`);
      if (only !== '' && r.doc !== '') lines.push(`    ${r.doc}`);
      if (r.fields.length > 1 || only !== '') lines.push(...r.fields.map((f) => `      ${fieldLine(f)}`));
    }
  }
  const lists: readonly (readonly [string, readonly string[]])[] = [
    ['lines', part.lines.map((l) => `${l.name} is ${l.high ? 'high' : 'low'}${l.other === ''
      ? '' : l.out ? `, goes to ${l.other}` : `, comes from ${l.other}`}`)],
    ['DMA', part.dma.map((d) => `${d.name}: ${d.active
      ? `${d.done} of ${d.length} bytes ${d.toMemory ? 'to' : 'from'} ${d.space} at 0x${d.address.toString(16)}`
      : 'idle'}; ${d.bytes} bytes in ${d.bursts} bursts so far`)],
    ['counts', part.counters.map((c) => `${c.name} ${c.value}${c.unit === '' ? '' : ` ${c.unit}`}: ${c.doc}`)],
    ['notes', part.notes.map((n) => `${n.what}${n.count > 1 ? ` (${n.count} times)` : ''}: ${n.detail}`)],
  ];
  if (only === '')
    for (const [title, list] of lists) if (list.length > 0) lines.push('', title, ...list.map((l) => `  ${l}`));
  return `${lines.join('\n')}\n`;
}

function registerLine(r: RegisterLook): string {
  const digits = r.width / 4;
  const remarks = [
    r.access === 'r' ? 'read only' : r.access === 'w' ? 'written last' : '', r.condition,
    r.readChanges ? 'a read would change it' : '',
  ].filter((t) => t !== '').join(', ');
  return `${r.name.padEnd(16)} +${r.offset.toString(16).padStart(2, '0')}  0x${
    r.value.toString(16).padStart(digits, '0')}${remarks === '' ? '' : `  (${remarks})`}`;
}

function fieldLine(f: FieldLook): string {
  const bits = f.high === f.low ? String(f.high) : `${f.high}:${f.low}`;
  const reason = f.reason === '' ? '' : `: ${f.reason}`;
  return `${bits.padStart(5)}  ${f.name.padEnd(14)} ${String(f.value).padEnd(6)} ${f.access}${reason}`;
}

/** 16 bytes a line with their text, as hexdump writes it; `--` where nobody is. */
export function memoryText(look: MemoryLook): string {
  const lines: string[] = [];
  const digits = look.space === 'memory' ? 8 : 4;
  let region = 0;
  for (let at = 0; at < look.bytes.length;) {
    const next = look.regions[region];
    if (next !== undefined && next.from <= at) {
      lines.push(`${next.name}:`);
      region++;
    }
    const border = at + 16 - ((look.address + at) % 16);
    const end = Math.min(border, look.bytes.length, look.regions[region]?.from ?? Infinity);
    const row = Array.from({ length: end - at }, (_, i) => at + i);
    const cells = row.map((i) => (look.kinds[i] === BYTE.NOBODY ? '--' : hex(look.bytes[i], 2)) +
      (look.kinds[i] === BYTE.READ_CHANGES ? '*' : ' '));
    const text = row.map((i) => printable(look.kinds[i] === BYTE.NOBODY ? 0 : look.bytes[i])).join('');
    const indent = ' '.repeat(3 * ((look.address + at) % 16));
    lines.push(`  ${hex(look.address + at, digits)}  ${indent}${cells.join('').padEnd(48 - indent.length)} ${text}`);
    at = end;
  }
  if (look.kinds.includes(BYTE.READ_CHANGES)) lines.push('* a read by software would change the device');
  return `${lines.join('\n')}\n`;
}

function printable(byte: number): string {
  return byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '.';
}

/** Registers of a processor by group. */
export function processorText(p: ProcessorLook): string {
  const head = `${p.name}${p.title === '' ? '' : `: ${p.title}`}, ${p.instructions} instructions`;
  return p.core === null ? `${head}\n` : `${head}\n${p.core.mode}\n${coreText(p.core)}`;
}

function coreText(core: CoreLook): string {
  const lines: string[] = [];
  for (const { name, registers } of core.groups) {
    lines.push('', name);
    const plain = registers.every((r) => r.text === '');
    if (!plain) lines.push(...registers.map((r) => `  ${r.name.padEnd(7)} ${r.digits}  ${r.text}`.trimEnd()));
    else
      for (let i = 0; i < registers.length; i += 4)
        lines.push(`  ${registers.slice(i, i + 4).map((r) => `${r.name.padEnd(4)} ${r.digits}`).join('   ')}`);
  }
  return `${lines.join('\n')}\n`;
}

function hex(value: number, digits: number): string {
  return value.toString(16).padStart(digits, '0');
}
