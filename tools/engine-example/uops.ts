/** µops as text, from the rows' signatures. */
import { STATE, UOP_BYTES } from '../../src/ir/layout.ts';
import { OPS } from '../../src/ir/ops.ts';
import { X86_RUNS } from '../../src/arch/x86/runs.ts';
import { GPR, SEGS } from '../../src/arch/x86/state.ts';
import { hex, irPlace } from './machine.ts';

const REGISTERS = ['eax', 'ecx', 'edx', 'ebx', 'esp', 'ebp', 'esi', 'edi'];

/** Name of the cell at a byte address. */
export function cellName(address: number): string {
  if (address >= GPR && address < GPR + 32) return REGISTERS[(address - GPR) >> 2]! + ((address & 3) === 1 ? '.h' : '');
  if (address >= STATE.TEMP && address < STATE.TEMP + 64) return `t${(address - STATE.TEMP) >> 2}`;
  if (address >= SEGS && address < SEGS + 256) return `seg${(address - SEGS) >> 5}+${(address - SEGS) & 31}`;
  return hex(address);
}

/** The µop at IR address `ip`: name and operands. A link that is filled is shown. */
export function uopText(words: Int32Array, ip: number): string {
  const at = ip >> 2;
  const row = OPS[X86_RUNS.opOf(words[at]! & 0xffff)]!;
  const operands: string[] = [];
  for (let slot = 0; slot < 3; slot++) {
    const word = words[at + 1 + slot]!, kind = row.sig[slot];
    if (kind === 'i') operands.push(hex(word));
    else if (kind === 'p') operands.push((word >>> 0).toString(16));
    else if (kind === 'l') operands.push(word === 0 ? '' : `-> ${irPlace(word)}`);
    else if (kind !== '-') operands.push(cellName(word));
  }
  return [row.name, ...operands].filter((part) => part !== '').join(' ');
}

/**
 * The µops from `address` on, four words and text each; `runs` names what w0 holds in place of the
 * plain op.
 */
export function uopTable(words: Int32Array, address: number, count: number): string[] {
  const lines: string[] = [];
  for (let uop = 0; uop < count; uop++) {
    const ip = address + uop * UOP_BYTES;
    const hexes = [0, 1, 2, 3].map((n) => (words[(ip >> 2) + n]! >>> 0).toString(16).padStart(8, '0'));
    lines.push(`${irPlace(ip).padEnd(13)} ${hexes.join(' ')}  ${uopText(words, ip)}`);
  }
  return lines;
}
