/** Reference semantics: block heads, branches, exits, conditions and flag moves. */
import { byCond } from '../family.ts';
import { ENGINE, EXIT, STATE } from '../layout.ts';
import type { Cond } from '../ops.ts';
import type { Flags, Machine } from './machine.ts';
import { raise } from './muldiv.ts';
import type { Step } from './step.ts';

/** The conditions as the manual defines them (Intel SDM vol. 1, appendix B). */
const HOLDS: Readonly<Record<Cond, (f: Flags) => boolean>> = {
  o: (f) => f.of, no: (f) => !f.of,
  b: (f) => f.cf, ae: (f) => !f.cf,
  e: (f) => f.zf, ne: (f) => !f.zf,
  be: (f) => f.cf || f.zf, a: (f) => !f.cf && !f.zf,
  s: (f) => f.sf, ns: (f) => !f.sf,
  p: (f) => f.pf, np: (f) => !f.pf,
  l: (f) => f.sf !== f.of, ge: (f) => f.sf === f.of,
  le: (f) => f.zf || f.sf !== f.of, g: (f) => !f.zf && f.sf === f.of,
};

function packed(f: Flags): number {
  return (
    2 + (f.cf ? 1 : 0) + (f.pf ? 4 : 0) + (f.af ? 0x10 : 0) + (f.zf ? 0x40 : 0) + (f.sf ? 0x80 : 0) + (f.of ? 0x800 : 0)
  );
}

/** RES becomes 0 or 1 for ZF; the deltas then make SF and PF what they should be. */
function unpack(m: Machine, image: number): void {
  const has = (bit: number): boolean => (image & bit) !== 0;
  const zf = has(0x40);
  m.write(STATE.CC_RES, 32, zf ? 0 : 1);
  const parityOfRes = zf;
  const aux = (has(1) ? 2 ** 31 : 0) + (has(1) !== has(0x800) ? 2 ** 30 : 0) + (has(0x10) ? 8 : 0)
    + (has(4) !== parityOfRes ? 0x100 : 0) + (has(0x80) ? 1 : 0);
  m.write(STATE.CC_AUX, 32, aux);
}

const head: Step = (m) => {
  const left = m.view.getInt32(STATE.IC, true);
  if (left < m.word(1)) {
    m.exit(EXIT.DEADLINE);
    return;
  }
  const count = (m.word(2) + 1) | 0;
  m.write(m.ip + 8, 32, count);
  if (count === m.view.getInt32(ENGINE.HOT_AT, true)) {
    m.exit(EXIT.HOT);
    return;
  }
  m.write(STATE.IC, 32, left - m.word(1));
};

const helper: Step = (m) => {
  m.imports.helper(m.word(1), m.word(2), m.word(3), m.ip);
  m.leaveIfAsked();
};

/** The fast function, if there is one, and the helper if it does nothing. */
function fast(m: Machine, address: number, done: (result: number) => boolean): void {
  const packed = m.word(1), operand = packed >>> 16, b = m.word(3);
  const run = m.fast[((packed >>> 8) & 0xff) - 1];
  if (run !== undefined && done(run(operand, m.word(2), address))) return;
  m.imports.helper(packed & 0xff, operand, b, m.ip);
  m.leaveIfAsked();
}

function leaveTo(pc: (m: Machine) => number): Step {
  return (m) => {
    m.write(STATE.PC, 32, pc(m));
    m.exit(EXIT.SYNC);
  };
}

/** The reference has no machine code: it runs the block's µops. */
const compiled: Step = (m) => {
  const left = m.view.getInt32(STATE.IC, true);
  if (left < m.word(1)) m.exit(EXIT.DEADLINE);
  else m.write(STATE.IC, 32, left - m.word(1));
};

export const CONTROL_STEPS = {
  head, compiled, helper,
  fast: ((m) => fast(m, 0, (result) => result !== 0)) satisfies Step,
  fastm: ((m) => fast(m, m.get(3, 32) | 0, (result) => result !== 0)) satisfies Step,
  fastv: ((m) => fast(m, 0, (result) => {
    if (result >= 0) m.set(3, 16, result);
    return result >= 0;
  })) satisfies Step,
  fastf: ((m) => fast(m, 0, (result) => {
    if (result >= 0) unpack(m, result);
    return result >= 0;
  })) satisfies Step,
  stop: ((m) => m.exit(EXIT.STOP)) satisfies Step,
  stale: ((m) => m.jump(m.word(3), 0)) satisfies Step,
  goto: ((m) => m.branch()) satisfies Step,
  gotor: ((m) => m.jump(m.get(1, 32) | 0, 0)) satisfies Step,
  sync: leaveTo((m) => m.word(1)),
  syncr: leaveTo((m) => m.get(1, 32)),
  raise: ((m) => raise(m, m.word(1), m.word(2))) satisfies Step,
  ...byCond<Step, 'jcc'>('jcc', (c) => (m) => {
    if (HOLDS[c](m.flags)) m.branch();
  }),
  jz: ((m) => {
    if (m.get(3, 32) === 0) m.branch();
  }) satisfies Step,
  jnz: ((m) => {
    if (m.get(3, 32) !== 0) m.branch();
  }) satisfies Step,
  ...byCond<Step, 'set'>('set', (c) => (m) => m.set(1, 8, HOLDS[c](m.flags) ? 1 : 0)),
  getflags: ((m) => m.set(1, 32, packed(m.flags))) satisfies Step,
  setflags: ((m) => unpack(m, (packed(m.flags) & ~m.word(2)) | (m.get(1, 32) & m.word(2)))) satisfies Step,
  stc: ((m) => m.setCarryOverflow(true, m.flags.of)) satisfies Step,
  clc: ((m) => m.setCarryOverflow(false, m.flags.of)) satisfies Step,
  cmc: ((m) => m.setCarryOverflow(!m.flags.cf, m.flags.of)) satisfies Step,
};
