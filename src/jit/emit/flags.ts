/**
 * Lazy flags (ADR 0002): the aux word of each kind of result, the sixteen conditions, and the rows
 * that read or write flags as such. AUX: bit 31 CF, bit 30 CF xor OF, bit 3 AF, bits 15:8 parity
 * delta, bit 0 sign delta.
 */
import type { Cond, Width } from '../../ir/ops.ts';
import type { Code } from '../wasm-code.ts';
import { byCond } from '../../ir/family.ts';
import type { Emitter, KnownFlags, Operands } from './operands.ts';

/** AUX with CF alone (then OF = 1 as well, as bit 30 is their difference). */
export const CF = 0x80000000 | 0;
/** CF and CF xor OF. */
export const CF_OF = 0xc0000000 | 0;
export const AF = 8;

/**
 * Sets RES and AUX of an addition or subtraction from locals a, b (bits above `width` may hold
 * anything) and r (sign-extended). Carries out of each bit of a + b: (a & b) | ((a | b) & ~r).
 * Borrows of a - b: (~a & b) | ((~a | b) & r). Bit 31 is then CF, bit 30 the carry into the sign,
 * which is CF xor OF, and bit 3 is AF. `carryIn`: r has it, too.
 */
export function setFlagsOfSum(o: Operands, width: Width, subtract: boolean, carryIn: boolean): void {
  const { f, t } = o;
  const carries = (): void => {
    if (subtract) {
      f.get(t.a).const(-1).xor().tee(t.n).get(t.b).and();
      f.get(t.n).get(t.b).or().get(t.r).and().or();
    } else {
      f.get(t.a).get(t.b).and();
      f.get(t.a).get(t.b).or().get(t.r).const(-1).xor().and().or();
    }
  };
  o.setRes(() => f.get(t.r));
  o.setAux(() => {
    carries();
    auxOfCarries(o, width);
  }, {
    carry: () => {
      carries();
      if (width !== 32) f.const(32 - width).shl();
    },
    by: carryIn ? null : { rule: subtract ? 'difference' : 'sum', width, operand: () => f.get(t.a) },
  });
}

/** Turns a pushed vector of carries into AUX. */
export function auxOfCarries(o: Operands, width: Width): Code {
  const { f, t } = o;
  if (width === 32) return f.const(CF_OF | AF).and();
  return f.tee(t.n).const(32 - width).shl().const(CF_OF).and().get(t.n).const(AF).and().or();
}

/**
 * Sets RES from local r (sign-extended); CF = OF = AF = 0: logical operations (AF is undefined by
 * the manual; processors clear it).
 */
export function setFlagsOfLogic(o: Operands): void {
  const { f, t } = o;
  o.setRes(() => f.get(t.r));
  o.setAux(() => f.const(0));
}

/** Pushes CF as 0 or 1. */
export function carry(o: Operands): Code {
  return o.getCarry().const(31).shrU();
}

/**
 * Makes CF what `bit` pushes (its bit 0) and keeps the other flags: OF is held as a difference to
 * CF, so bits 31 and 30 flip together.
 */
export function replaceCarry(o: Operands, bit: () => void): void {
  const { t } = o;
  o.setAux(() => {
    o.getAux().tee(t.n).from(bit).const(31).shl().get(t.n).xor().const(CF).and().const(1).shrS().xor();
  }, { carry: () => o.f.from(bit).const(31).shl(), by: null });
}

/** Pushes 1 if `cond` holds, else 0. */
export function condition(o: Operands, cond: Cond): Code {
  return (o.known === null ? null : conditionFrom(o, o.known, cond)) ?? conditionFromCells(o, cond);
}

/** As `condition`, from the locals of the µop that wrote the flags; null if they do not tell. */
function conditionFrom(o: Operands, known: KnownFlags, cond: Cond): Code | null {
  const { f } = o;
  switch (cond) {
    case 'e': return f.get(known.result).eqz();
    case 'ne': return f.get(known.result).const(0).ne();
    case 's': return f.get(known.result).const(0).ltS();
    case 'ns': return f.get(known.result).const(0).geS();
    default: break;
  }
  if (known.kind === 'difference') {
    switch (cond) {
      case 'b': return f.get(known.a).get(known.b).ltU();
      case 'ae': return f.get(known.a).get(known.b).geU();
      case 'be': return f.get(known.a).get(known.b).leU();
      case 'a': return f.get(known.a).get(known.b).gtU();
      case 'l': return f.get(known.a).get(known.b).ltS();
      case 'ge': return f.get(known.a).get(known.b).geS();
      case 'le': return f.get(known.a).get(known.b).leS();
      case 'g': return f.get(known.a).get(known.b).gtS();
      default: return null;
    }
  }
  if (known.kind === 'logic') {
    switch (cond) {
      case 'o': case 'b': return f.const(0);
      case 'no': case 'ae': return f.const(1);
      case 'be': return f.get(known.result).eqz();
      case 'a': return f.get(known.result).const(0).ne();
      case 'l': return f.get(known.result).const(0).ltS();
      case 'ge': return f.get(known.result).const(0).geS();
      case 'le': return f.get(known.result).const(0).leS();
      case 'g': return f.get(known.result).const(0).gtS();
      default: return null;
    }
  }
  return null;
}

function conditionFromCells(o: Operands, cond: Cond): Code {
  const res = (): Code => o.getRes();
  switch (cond) {
    case 'o': return overflow(o).const(0).ltS();
    case 'no': return overflow(o).const(0).geS();
    case 'b': return o.getCarry().const(0).ltS();
    case 'ae': return o.getCarry().const(0).geS();
    case 'e': return o.getRes().eqz();
    case 'ne': return o.getRes().const(0).ne();
    case 'be': return o.getCarry().const(0).ltS().from(res).eqz().or();
    case 'a': return conditionFromCells(o, 'be').eqz();
    case 's': return sign(o).const(0).ltS();
    case 'ns': return sign(o).const(0).geS();
    case 'p': return parity(o).eqz();
    case 'np': return parity(o);
    case 'l': return less(o).const(0).ltS();
    case 'ge': return less(o).const(0).geS();
    case 'le': return less(o).const(0).ltS().from(res).eqz().or();
    case 'g': return conditionFromCells(o, 'le').eqz();
  }
}

/** Pushes a value whose bit 31 is OF. */
function overflow(o: Operands): Code {
  const { t } = o;
  return o.getAux().tee(t.n).const(1).shl().get(t.n).xor();
}

/** Pushes a value whose bit 31 is SF. */
function sign(o: Operands): Code {
  return o.getAux().const(31).shl().from(() => o.getRes()).xor();
}

/** Pushes a value whose bit 31 is SF xor OF. */
function less(o: Operands): Code {
  const { t } = o;
  return overflow(o).get(t.n).const(31).shl().xor().from(() => o.getRes()).xor();
}

/** Pushes 0 if PF is set (even parity), else 1. */
function parity(o: Operands): Code {
  return o.getAux().const(8).shrU().from(() => o.getRes()).xor().const(0xff).and().popcnt().const(1).and();
}

/** Pushes CF PF AF ZF SF OF at their EFLAGS positions (Intel SDM vol. 1, 3.4.3) and bit 1. */
function packed(o: Operands): Code {
  const f = o.f;
  f.const(2);
  carry(o).or();
  parity(o).eqz().const(2).shl().or();
  o.getAux().const(AF).and().const(1).shl().or();
  o.getRes().eqz().const(6).shl().or();
  sign(o).const(31).shrU().const(7).shl().or();
  return overflow(o).const(31).shrU().const(11).shl().or();
}

/**
 * Sets RES and AUX from the EFLAGS image in local r. RES is 0 or 1 for ZF; the deltas make SF and
 * PF right.
 */
export function unpackFlags(o: Operands): void {
  const { f, t } = o;
  const bit = (n: number): Code => f.get(t.r).const(n).shrU().const(1).and();
  f.get(t.r).const(6).shrU().const(1).and().const(1).xor().set(t.a);
  o.setRes(() => f.get(t.a));
  o.setAux(() => {
    f.get(t.r).const(31).shl();
    f.get(t.r).get(t.r).const(11).shrU().xor().const(1).and().const(30).shl().or();
    bit(4).const(3).shl().or();
    // RES = 1 has odd parity, RES = 0 even: PF = 1 needs delta RES, PF = 0 its opposite.
    bit(2).get(t.a).xor().const(1).xor().const(8).shl().or();
    bit(7).or();
  });
}

const getflags: Emitter = (o) => o.set(1, 32, () => packed(o));

const setflags: Emitter = (o) => {
  const { t } = o;
  packed(o).from(() => o.imm(2)).const(-1).xor().and();
  o.get(1, 32).from(() => o.imm(2)).and().or().set(t.r);
  unpackFlags(o);
};

export const FLAG_EMITTERS = {
  ...byCond<Emitter, 'set'>('set', (c) => (o) => o.set(1, 8, () => condition(o, c))),
  getflags, setflags,
  stc: ((o) => replaceCarry(o, () => o.f.const(1))) satisfies Emitter,
  clc: ((o) => replaceCarry(o, () => o.f.const(0))) satisfies Emitter,
  cmc: ((o) => o.setAux(() => o.getAux().const(CF_OF).xor())) satisfies Emitter,
};
