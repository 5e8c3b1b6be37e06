import { timeText } from '../../../../src/control/export/record-line.ts';
import type { Ticks } from '../../../../src/sim/time.ts';

/** A time as a data book writes it: `1.234 567 ms`, with thin spaces. */
export function momentText(ticks: Ticks): string {
  const [whole, rest = ''] = timeText(ticks).split('.');
  return `${whole}.${rest.replaceAll(/(\d{3})(?=\d)/g, '$1\u2009')}`;
}

export function hex(value: number, digits = 0): string {
  return `0x${value.toString(16).padStart(digits, '0')}`;
}

/** Digits of an address in a space. */
export function addressDigits(space: string): number {
  return space === 'memory' ? 8 : space === 'io' ? 4 : 6;
}

export function count(n: number, one: string, many = `${one}s`): string {
  return n === 1 ? `1 ${one}` : `${n.toLocaleString('en')} ${many}`;
}

/** An address as people type it: `0x1f0`, `1f0h` or `496`; null if it is none. */
export function addressOf(text: string): number | null {
  const plain = text.trim().toLowerCase().replaceAll(/[_ \u2009]/g, '');
  const value = /^(0x)?[0-9a-f]+h$/.test(plain)
    ? parseInt(plain.replace(/^0x/, ''), 16)
    : /^0x[0-9a-f]+$/.test(plain) || /^\d+$/.test(plain) ? Number(plain) : NaN;
  return Number.isSafeInteger(value) ? value : null;
}
