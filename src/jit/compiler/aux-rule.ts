/**
 * Rules by which AUX follows from RES and one operand. Their number (`kind`) is put together so
 * that one piece of code makes AUX for all of them.
 */
import { AF, CF, CF_OF } from '../emit/flags.ts';
import type { AuxBy } from '../emit/operands.ts';
import type { Code } from '../wasm-code.ts';
import { I32 } from '../wasm-bytes.ts';

/** Bits 4:0: 32 - width, for all. AUX is made if there is none. */
const KIND = { GIVEN: 0x20, UP: 0x40, STEP: 0x80 } as const;

/** Its number. */
export function kindOf({ rule, width }: AuxBy): number {
  const kind = KIND.GIVEN | (32 - width);
  switch (rule) {
    case 'difference': return kind;
    case 'sum': return kind | KIND.UP;
    case 'decrement': return kind | KIND.STEP;
    case 'increment': return kind | KIND.STEP | KIND.UP;
  }
}

/** Locals: RES, the operand, `kind`, and scratch. */
export interface ByRule {
  readonly res: number;
  readonly operand: number;
  readonly kind: number;
  readonly from: number;
  readonly to: number;
  readonly carries: number;
}

/** Pushes AUX. */
export function emitAuxByRule(f: Code, by: ByRule): Code {
  const { res, operand, kind, to, carries } = by;
  return f.get(kind).ifValue(I32, () => {
    f.get(kind).const(KIND.STEP).and().ifValue(I32, () => {
      f.get(operand).const(CF).and().const(1).shrS();
      // A decrement is an increment of the complements.
      f.get(kind).const(KIND.UP).and().eqz().const(-1).mul().get(res).xor().tee(to);
      f.const(CF).get(kind).shrS().eq().const(30).shl().xor();
      f.get(to).const(15).and().eqz().const(3).shl().or();
    }, () => {
      emitCarries(f, by);
      f.get(carries).get(kind).shl().const(CF_OF).and().get(carries).const(AF).and().or();
    });
  }, () => void f.get(operand));
}

/**
 * Local `carries` = those of the addition `from` + b = `to`, whose second operand is found by
 * subtracting: the borrows of a - b = r are the carries of r + b = a.
 */
function emitCarries(f: Code, { res, operand, kind, from, to, carries }: ByRule): void {
  f.get(operand).get(res).get(kind).const(KIND.UP).and().tee(carries).select().set(from);
  f.get(res).get(operand).get(carries).select().set(to);
  f.get(to).get(from).sub().set(carries);
  f.get(from).get(carries).and().get(from).get(carries).or().get(to).const(-1).xor().and().or().set(carries);
}
