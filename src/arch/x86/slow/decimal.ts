/**
 * Decimal adjustments (SDM vol. 2, DAA, DAS, AAA, AAS, AAM, AAD). Flags that the manual calls
 * undefined are left as the result gives them.
 */
import { VECTOR } from '../fault.ts';
import { readArithmetic, writeArithmetic } from '../flags.ts';
import { AH, AL, EAX, FLAG } from '../state.ts';
import type { X86 } from '../x86.ts';

/** SF, ZF, PF of a byte. */
function byteFlags(value: number): number {
  let ones = value ^ (value >>> 4);
  ones = (0x6996 >>> (ones & 15)) & 1;
  return (value & 0x80) | (value === 0 ? FLAG.ZF : 0) | (ones === 0 ? FLAG.PF : 0);
}

function adjust(x: X86, sign: number): void {
  const flags = readArithmetic(x.words);
  const old = x.bytes[AL];
  const carry = flags & FLAG.CF;
  let al = old, next = 0;
  if ((old & 15) > 9 || (flags & FLAG.AF) !== 0) {
    al += 6 * sign;
    next |= FLAG.AF | carry | (al < 0 || al > 0xff ? FLAG.CF : 0);
    al &= 0xff;
  }
  if (old > 0x99 || carry !== 0) {
    al = (al + 0x60 * sign) & 0xff;
    next |= FLAG.CF;
  } else if (sign > 0) {
    next &= ~FLAG.CF;
  }
  x.bytes[AL] = al;
  writeArithmetic(x.words, next | byteFlags(al));
}

export function daa(x: X86): void {
  adjust(x, 1);
}
export function das(x: X86): void {
  adjust(x, -1);
}

function unpacked(x: X86, sign: number): void {
  const flags = readArithmetic(x.words);
  let ax = x.words[EAX >> 2] & 0xffff, next = 0;
  if ((ax & 15) > 9 || (flags & FLAG.AF) !== 0) {
    ax = (ax + 0x106 * sign) & 0xffff;
    next = FLAG.AF | FLAG.CF;
  }
  ax &= 0xff0f;
  x.view.setUint16(EAX, ax, true);
  writeArithmetic(x.words, next | byteFlags(ax & 0xff));
}

export function aaa(x: X86): void {
  unpacked(x, 1);
}
export function aas(x: X86): void {
  unpacked(x, -1);
}

export function aam(x: X86, base: number): void {
  if (base === 0) x.raise(VECTOR.DE);
  const al = x.bytes[AL];
  x.bytes[AH] = Math.floor(al / base);
  x.bytes[AL] = al % base;
  writeArithmetic(x.words, byteFlags(x.bytes[AL]));
}

export function aad(x: X86, base: number): void {
  const al = (x.bytes[AL] + x.bytes[AH] * base) & 0xff;
  x.view.setUint16(EAX, al, true);
  writeArithmetic(x.words, byteFlags(al));
}
