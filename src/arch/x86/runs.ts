/**
 * The runs of this instruction set (`ir/runs.ts`): those that save most dispatches over the text of
 * Debian's 6.1 i686 kernel as lifted here, and the usual shapes of loops.
 */
import { Runs } from '../../ir/runs.ts';

const CONDITIONAL: readonly string[] = [
  ...pairs(['test32', 'ld32 test32'], ['e', 'ne', 's', 'ns', 'le', 'g']),
  ...pairs(['cmp32', 'cmp32i', 'ld32 cmp32', 'ld32 cmp32i'], ['e', 'ne', 'b', 'ae', 'be', 'a', 'l', 'ge', 'le', 'g']),
  ...pairs(
    ['test8i', 'test8', 'cmp8i', 'cmp8', 'test32i', 'andf32i', 'subf32', 'subf32i', 'addf32i', 'dec32', 'cmp16i'],
    ['e', 'ne'],
  ),
  ...pairs(
    [
      'ld8 test8i', 'ld8 cmp8i', 'ldzx8 test8', 'ld32 test8i', 'ld32 subf32', 'mov32 test32', 'st32 test32',
      'pop32 test32', 'mov32 cmp32i',
    ],
    ['e', 'ne'],
  ),
  ...pairs(['cmp8i'], ['be', 'a']),
  ...pairs([''], ['o', 'no', 'b', 'ae', 'e', 'ne', 'be', 'a', 's', 'ns', 'l', 'ge', 'le', 'g']),
  'jz goto', 'jnz goto', 'sub32i jnz goto',
];

/**
 * Calls: the return address is pushed, arguments are set up before it (the kernel passes three in
 * registers).
 */
const CALLS: readonly string[] = [
  'pushi32 goto', 'mov32 pushi32 goto', 'ld32 pushi32 goto', 'movi32 pushi32 goto', 'add32i pushi32 goto',
  'st32 pushi32 goto', 'xorf32 pushi32 goto', 'sti32 pushi32 goto', 'push32 pushi32 goto',
  'pushi32 pushi32 goto', 'mov32 mov32 pushi32 goto', 'ld32 mov32 pushi32 goto', 'movi32 mov32 pushi32 goto',
  'ld32 ld32 pushi32 goto', 'mov32 movi32 pushi32 goto', 'mov32 ld32 pushi32 goto',
  'pushi32 push32 pushi32 goto', 'push32 mov32 pushi32 goto', 'st32 mov32 pushi32 goto',
  'add32i mov32 pushi32 goto', 'ld32 movi32 pushi32 goto', 'movi32 movi32 pushi32 goto',
  'mov32 st32 pushi32 goto', 'ld32 push32 pushi32 goto', 'pushi32 pushi32 pushi32 goto',
  'xorf32 mov32 pushi32 goto', 'mov32 add32i pushi32 goto', 'push32 ld32 pushi32 goto',
  'st32 ld32 pushi32 goto', 'pushi32 gotor', 'ld32 pushi32 gotor',
];

/** Entries and exits of functions. */
const FRAMES: readonly string[] = [
  'pop32 gotor', 'pop32 pop32 gotor', 'pop32 pop32 pop32 gotor', 'add32i mov32 pop32 gotor',
  'mov32 pop32 pop32 gotor', 'mov32 pop32 gotor', 'pop32 pop32', 'pop32 pop32 pop32', 'add32i pop32 pop32',
  'addf32i pop32 pop32', 'mov32 pop32 pop32', 'add32i mov32 pop32 pop32', 'push32 push32',
  'push32 push32 push32', 'mov32 push32', 'push32 mov32', 'push32 mov32 push32', 'mov32 push32 mov32',
  'mov32 push32 mov32 push32', 'push32 mov32 push32 push32', 'push32 mov32 push32 mov32',
  'mov32 push32 push32 push32', 'mov32 mov32 push32', 'mov32 mov32 push32 mov32',
  'push32 push32 push32 subf32i', 'push32 push32 mov32 subf32i', 'push32 mov32 push32 subf32i',
  'subf32i ld32 st32 xorf32', 'ld32 push32', 'ld32 push32 ld32 push32', 'pushi32 pushi32', 'push32 pushi32',
];

/** Straight-line code. */
const PLAIN: readonly string[] = [
  'ld32 ld32', 'ld32 ld32 ld32', 'ld32 ld32 st32', 'ld32 ld32 st32 st32', 'ld32 st32', 'ld32 st32 ld32',
  'ld32 st32 ld32 st32', 'ld32 st32 xorf32', 'st32 ld32', 'st32 ld32 st32', 'st32 ld32 ld32', 'st32 st32',
  'st32 st32 st32', 'st32 mov32', 'sti32 sti32', 'ld32 sti32', 'ld32 mov32', 'ld32 movi32', 'ld32 add32i',
  'ld32 addf32', 'ld32 addf32i', 'ld32 subf32', 'ld32 andf32i', 'ld32 xorf32', 'ld32 ld32 addf32',
  'mov32 mov32', 'mov32 mov32 mov32', 'mov32 mov32 ld32', 'mov32 ld32', 'mov32 ld32 ld32', 'mov32 movi32',
  'mov32 add32i', 'mov32 addf32', 'mov32 andf32i', 'mov32 xorf32', 'mov32 st32', 'mov32 shrf32i',
  'mov32 shlf32i', 'movi32 movi32', 'movi32 mov32', 'add32i mov32', 'addf32 addf32', 'andf32i orf32',
  'xorf32 xorf32', 'addsh1 ld32', 'addsh2 ld32', 'addsh3 ld32', 'addsh2 st32', 'addsh1 ldzx16', 'add32 ld32',
  'add32 ld8', 'add32 ldzx8', 'add32 st8', 'add32 st32', 'addsh2 add32i', 'addsh1 add32i', 'add32 add32i',
  'shl32i ld32', 'ldzx8 add32i', 'ldzx8 mov32', 'ldzx8 st8', 'ld8 st8', 'ldzx8 xorf32', 'zx8to32 ld32',
  'zx8to32 xorf32', 'ldw32 addf32 st32', 'ldw32 addf32i st32', 'ldw32 subf32 st32', 'ldw32 subf32i st32',
  'ldw32 orf32 st32', 'ldw32 orf32i st32', 'ldw32 andf32 st32', 'ldw32 andf32i st32', 'ldw32 inc32 st32',
  'ldw32 dec32 st32', 'ldw32 adcf32i st32', 'ldw8 orf8i st8', 'ldw8 andf8i st8', 'mov32 goto', 'ld32 goto',
  'st32 goto', 'movi32 goto', 'addf32i goto', 'mov32 movi32 goto', 'xorf32 goto', 'sti32 goto',
];

/**
 * What was executed most in a boot of that kernel (decompression, memory tests, hashes, crypto
 * self-tests, busy waits), beyond the above.
 */
const MEASURED: readonly string[] = [
  'add32 add32i st32 ldw32', 'add32 addf32 addf32 ld32', 'add32 cmp32i jcc_a goto', 'add32 ld8 add32 st8',
  'add32 ld8 andf32i cmp8i', 'add32i jcc_ne goto', 'addf32 adcf32 addsh2 st32', 'addf32 addf32i jcc_ne goto',
  'addf32 addsh2 st32 addf32i', 'addf32 cmp32 jcc_b goto', 'addf32 cmp32i jcc_a goto',
  'addf32 ld32 addf32i cmp32', 'addf32 ld32 addsh2 ld32', 'addf32 xorf32 st32 mov32',
  'addf32i cmp32 mov32 mov32', 'addf32i st32 jcc_ne goto', 'addsh2 ld32 addf32', 'addsh2 st32 mov32 add32',
  'cmp32 mov32 ld32 set_b', 'dec32 st32 jcc_e goto', 'dec32 st32 jcc_ne goto', 'imul2f32 cmp32 jcc_ae goto',
  'imul2f32 cmp32 jcc_b goto', 'imul2f32 imul2f32 imul2f32 imul2f32', 'ld32 add32', 'ld32 add32i add32i st32',
  'ld32 addf32 mov32', 'ld32 addf32 mov32 shrf32i', 'ld32 addsh2', 'ld32 dec32 jcc_e goto',
  'ld32 imul2f32 imul2f32 st32', 'ld32 ld32 addf32 ld32', 'ld32 ld32 ld32 addsh2', 'ld32 ld32 zx16to32 mov32',
  'ld32 mov32 ld32 andf32', 'ld32 mov32 zx16to32 shrf32i', 'ld32 set_ae cmovnz32 addf32',
  'ld32 set_ae cmovnz32 zx16to32', 'ld32 st32 st32 ld32', 'ld32 subf32 ld32 adcf32', 'ldw32 inc32 st32 ld32',
  'ldzx16 mov32 mov32 shrf32i', 'mov32 ld8 xorf8 zx8to32', 'mov32 push32 push32 mov32',
  'mov32 sbbf32 jcc_b goto', 'mov32 shrf16i subf32 inc32', 'mov32 shrf32i ldzx16',
  'mov32 shrf32i ldzx16 imul2f32', 'mov32 zx16to32 shrf32i addf32', 'movi32 subf32 sarf32i addf32',
  'push32 mov32 subf32i', 'push32 push32 push32 mov32', 'push32 subf32i st32 st32',
  'sarf32i mov32 andf32 addf32', 'set_b shrf32i mov32 ld32', 'shlf32i addf32 ld32 cmp32',
  'shlf32i xorf32 addf32 ld32', 'shrf32i addf32 ld32 addsh2', 'shrf32i addsh2 ld32 xorf32',
  'shrf32i imul2f32 imul2f32 st32', 'shrf32i st32 subf32 mov32', 'st16 cmp32i jcc_a goto',
  'st16 cmp32i jcc_be goto', 'st32 addf32 st32 ld32', 'st32 helper ld32', 'st32 helper mov32 ld32',
  'st32 ld32 mov32', 'st32 ldzx16 mov32 movi32', 'st32 mov32 addf32 ld32', 'st32 subf32 st32 ld16',
  'subf32 ld32 sbbf32 cmp32', 'subf32 sarf32i addf32 st16', 'xorf32 mov32', 'xorf32 mov32 ld32',
];

export const X86_RUNS: Runs = new Runs([...CONDITIONAL, ...CALLS, ...FRAMES, ...PLAIN, ...MEASURED]);

/** `before jcc goto` for every combination. */
function pairs(before: readonly string[], conditions: readonly string[]): string[] {
  return before.flatMap((b) => conditions.map((c) => `${b} jcc_${c} goto`.trim()));
}
