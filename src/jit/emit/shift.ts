/**
 * Shifts and rotates with x86 flags (Intel SDM vol. 2: SAL/SAR/SHL/SHR, RCL/RCR/ROL/ROR, SHLD,
 * SHRD). Counts are taken modulo 32; a count of 0 changes no flag. What the manual leaves undefined
 * is done as processors do it: OF of a longer shift is that of its last step (CF xor sign for left
 * shifts, the two top bits' difference for right ones); AF = 0 (as Intel processors; AMD's set it);
 * SHLD/SHRD of 16 bits by more than 16 shift the 48 bits dest:source:dest (as Intel processors).
 */
import type { Shift, Width } from '../../ir/ops.ts';
import type { Code } from '../wasm-code.ts';
import { carry, CF_OF } from './flags.ts';
import { byWidth, byWideWidth } from '../../ir/family.ts';
import type { Emitter, Operands, Slot } from './operands.ts';

/** Local n = the count in operand `slot` modulo 32. */
function count(o: Operands, slot: Slot, immediate: boolean): void {
  (immediate ? o.imm(slot) : o.get(slot, 8)).const(31).and().set(o.t.n);
}

/** Runs `flags` only for a count that is not zero; it is in local n and comes from operand 3. */
function unlessZero(o: Operands, flags: () => void): void {
  const known = o.constant(3);
  if (known === null) o.f.get(o.t.n).if(flags);
  else if ((known & 31) !== 0) flags();
}

/** RES = r, AUX = what `aux` pushes. */
function shiftFlags(o: Operands, width: Width, aux: () => void): void {
  o.setRes(() => o.f.get(o.t.r).sext(width));
  o.setAux(aux);
}

/**
 * Rotates change CF and OF alone: `top` pushes CF at bit 31 and CF xor OF at bit 30; lower bits are
 * ignored.
 */
function rotateFlags(o: Operands, top: () => void): void {
  o.setAux(() => o.getAux().const(~CF_OF).and().from(top).const(CF_OF).and().or());
}

/**
 * Pushes bit 0 of `bit` (CF) at bit 31 and the sign of r at bit 30, which is CF xor OF as OF = CF
 * xor sign. r has no bits above `width`.
 */
function leftTop(o: Operands, width: Width, bit: number): void {
  const { f, t } = o;
  f.get(bit).const(31).shl().get(t.r).const(width - 1).shrU().const(30).shl().or();
}

/**
 * Pushes CF = local b (0 or 1) at bit 31; bit 30 = CF xor OF where OF = the two top bits of `r`
 * differ.
 */
function rightTop(o: Operands, width: Width): void {
  const { f, t } = o;
  f.get(t.b).const(31).shl();
  f.get(t.r).const(width - 1).shrU().get(t.r).const(width - 2).shrU().xor().get(t.b).xor().const(1).and()
    .const(30).shl().or();
}

const shl = (w: Width) => (o: Operands): void => {
  const { f, t } = o;
  f.get(t.a).get(t.n).shl().set(t.r);
  o.set(1, w, () => f.get(t.r));
  unlessZero(o, () => shiftFlags(o, w, () => {
    // The last bit out stands above the result's sign: both move to the top.
    if (w === 32) f.get(t.a).get(t.n).const(1).sub().shl();
    else f.get(t.r).const(31 - w).shl();
    f.const(CF_OF).and();
  }));
};

const shr = (w: Width) => (o: Operands): void => {
  const { f, t } = o;
  f.get(t.a).get(t.n).shrU().set(t.r);
  o.set(1, w, () => f.get(t.r));
  unlessZero(o, () => shiftFlags(o, w, () => {
    // b = the value before the last step: its bit 0 is CF, its sign OF.
    f.get(t.a).get(t.n).const(1).sub().shrU().tee(t.b).const(31).shl();
    f.get(t.b).get(t.b).const(w - 1).shrU().xor().const(1).and().const(30).shl().or();
  }));
};

const sar = (w: Width) => (o: Operands): void => {
  const { f, t } = o;
  f.get(t.a).sext(w).tee(t.a).get(t.n).shrS().set(t.r);
  o.set(1, w, () => f.get(t.r));
  unlessZero(o, () =>
    shiftFlags(o, w, () => f.get(t.a).get(t.n).const(1).sub().shrS().const(31).shl().const(1).shrS()),
  );
};

/** Pushes local a rotated by local n within `width` bits. */
function rotated(o: Operands, width: Width, left: boolean): Code {
  const { f, t } = o;
  f.get(t.a);
  if (width === 32) return left ? f.get(t.n).rotl() : f.get(t.n).rotr();
  // Two or four copies side by side rotate as one 32-bit word.
  f.const(width === 16 ? 0x10001 : 0x1010101).mul().get(t.n);
  return (left ? f.rotl() : f.rotr()).const(2 ** width - 1).and();
}

const rol = (w: Width) => (o: Operands): void => {
  rotated(o, w, true).set(o.t.r);
  o.set(1, w, () => o.f.get(o.t.r));
  unlessZero(o, () => rotateFlags(o, () => leftTop(o, w, o.t.r)));
};

const ror = (w: Width) => (o: Operands): void => {
  const { f, t } = o;
  rotated(o, w, false).set(t.r);
  o.set(1, w, () => f.get(t.r));
  // CF is the sign of the result, OF the difference of its two top bits: AUX takes the two bits as
  // they stand.
  unlessZero(o, () => rotateFlags(o, () => f.get(t.r).const(32 - w).shl()));
};

/** Rotates through carry turn width + 1 bits; the count is taken modulo that, after modulo 32. */
const throughCarry = (w: Width, left: boolean) => (o: Operands): void => {
  const { f, t } = o;
  const bits = w + 1;
  if (w !== 32) f.get(t.n).const(bits).remU().set(t.n);
  carry(o).extendU64().const64(BigInt(w)).shl64().get(t.a).extendU64().or64().set(t.x);
  const by = (): Code => f.get(t.n).extendU64();
  const back = (): Code => f.const(bits).get(t.n).sub().extendU64();
  if (left) f.get(t.x).from(by).shl64().get(t.x).from(back).shrU64();
  else f.get(t.x).from(by).shrU64().get(t.x).from(back).shl64();
  f.or64().set(t.x);
  f.get(t.x).wrap();
  if (w !== 32) f.const(2 ** w - 1).and();
  f.set(t.r);
  o.set(1, w, () => f.get(t.r));
  f.get(t.n).if(() => rotateFlags(o, () => {
    f.get(t.x).const64(BigInt(w)).shrU64().wrap().const(1).and().set(t.b);
    if (left) leftTop(o, w, t.b);
    else rightTop(o, w);
  }));
};

const OPERATIONS: Readonly<Record<Shift, (w: Width) => (o: Operands) => void>> = {
  rol, ror, rcl: (w) => throughCarry(w, true), rcr: (w) => throughCarry(w, false), shl, shr, sar,
};

function shift(kind: Shift, immediate: boolean): (width: Width) => Emitter {
  return (w) => (o) => {
    o.get(2, w).set(o.t.a);
    count(o, 3, immediate);
    OPERATIONS[kind](w)(o);
  };
}

/** SHLD and SHRD: d and a joined in an i64, shifted by n. */
function double(left: boolean): (width: 16 | 32) => Emitter {
  return (w) => (o) => {
    const { f, t } = o;
    const d = (): Code => o.get(1, w).extendU64();
    const a = (): Code => o.get(2, w).extendU64();
    const total = w === 32 ? 64 : 48;
    count(o, 3, false);
    // 32 bits: d:a to the left, a:d to the right. 16 bits: d:a:d either way.
    if (w === 16) d().const64(32n).shl64().from(a).const64(16n).shl64().or64().from(d).or64();
    else if (left) d().const64(32n).shl64().from(a).or64();
    else a().const64(32n).shl64().from(d).or64();
    f.set(t.x);
    f.get(t.x).get(t.n).extendU64();
    if (left) f.shl64().const64(32n).shrU64();
    else f.shrU64();
    f.wrap();
    if (w === 16) f.const(0xffff).and();
    f.set(t.r);
    o.set(1, w, () => f.get(t.r));
    unlessZero(o, () => shiftFlags(o, w, () => {
      f.get(t.x);
      if (left) f.const(total).get(t.n).sub();
      else f.get(t.n).const(1).sub();
      f.extendU64().shrU64().wrap().const(1).and().set(t.b);
      if (left) leftTop(o, w, t.b);
      else rightTop(o, w);
    }));
  };
}

export const SHIFT_EMITTERS = {
  ...byWidth('rolf', shift('rol', false)), ...byWidth('rolf', shift('rol', true), 'i'),
  ...byWidth('rorf', shift('ror', false)), ...byWidth('rorf', shift('ror', true), 'i'),
  ...byWidth('rclf', shift('rcl', false)), ...byWidth('rclf', shift('rcl', true), 'i'),
  ...byWidth('rcrf', shift('rcr', false)), ...byWidth('rcrf', shift('rcr', true), 'i'),
  ...byWidth('shlf', shift('shl', false)), ...byWidth('shlf', shift('shl', true), 'i'),
  ...byWidth('shrf', shift('shr', false)), ...byWidth('shrf', shift('shr', true), 'i'),
  ...byWidth('sarf', shift('sar', false)), ...byWidth('sarf', shift('sar', true), 'i'),
  ...byWideWidth('shldf', double(true)), ...byWideWidth('shrdf', double(false)),
};
