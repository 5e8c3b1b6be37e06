/** Block heads, branches and the ways out. */
import { EXIT, STATE } from '../../ir/layout.ts';
import { ENGINE_HELPER } from '../../ir/ops.ts';
import { byCond } from '../../ir/family.ts';
import { condition, unpackFlags } from './flags.ts';
import type { Emitter, Operands } from './operands.ts';

/** `head`, first half: leaves if the budget does not reach for the block. */
export const checkBudget: Emitter = (o) => {
  const { t } = o;
  o.imm(1).set(t.n);
  o.getFixed(STATE.IC, 32).tee(t.a).get(t.n).ltS().if(() => o.exit(EXIT.DEADLINE));
};

/**
 * `head`, second half: charges the whole block at once; what an exit in its midst has not run is
 * given back from `rem` by whoever handles the exit.
 */
export const charge: Emitter = (o) => {
  o.setFixed(STATE.IC, 32, () => o.getFixed(STATE.IC, 32).from(() => o.imm(1)).sub());
};

const head: Emitter = (o) => {
  const { f, t } = o;
  checkBudget(o);
  o.countExecution();
  // As `charge`, of what the check has read.
  o.setFixed(STATE.IC, 32, () => f.get(t.a).get(t.n).sub());
};

const sync: Emitter = (o) => {
  o.setFixed(STATE.PC, 32, () => o.imm(1));
  o.exit(EXIT.SYNC);
};

const syncr: Emitter = (o) => {
  o.setFixed(STATE.PC, 32, () => o.get(1, 32));
  o.exit(EXIT.SYNC);
};

const raise: Emitter = (o) => {
  o.call('helper', () => o.f.const(ENGINE_HELPER.RAISE).from(() => o.imm(1)).from(() => o.imm(2)));
  o.leave();
};

const helper: Emitter = (o) => {
  o.call('helper', () => o.imm(1).from(() => o.imm(2)).from(() => o.imm(3)));
  o.completeOrLeave();
};

/** An operand that needs no address. */
function noAddress(o: Operands): () => void {
  return () => void o.f.const(0);
}

const fast: Emitter = (o) => {
  o.callFast(noAddress(o)).eqz().if(() => o.decline());
};

const fastm: Emitter = (o) => {
  o.callFast(() => void o.get(3, 32)).eqz().if(() => o.decline());
};

const fastv: Emitter = (o) => {
  const { f, t } = o;
  o.callFast(noAddress(o)).tee(t.r).const(0).ltS().if(() => o.decline());
  o.set(3, 16, () => f.get(t.r));
};

const fastf: Emitter = (o) => {
  o.callFast(noAddress(o)).tee(o.t.r).const(0).ltS().if(() => o.decline());
  unpackFlags(o);
};

export const CONTROL_EMITTERS = {
  head, sync, syncr, raise, helper, fast, fastm, fastv, fastf,
  compiled: ((o) => o.handOver()) satisfies Emitter,
  stop: ((o) => o.exit(EXIT.STOP)) satisfies Emitter,
  stale: ((o) => o.jumpTo(() => o.imm(3))) satisfies Emitter,
  goto: ((o) => o.jump(2, 1)) satisfies Emitter,
  gotor: ((o) => o.jumpTo(() => o.get(1, 32))) satisfies Emitter,
  ...byCond<Emitter, 'jcc'>('jcc', (c) => (o) => condition(o, c).if(() => o.jump(2, 1))),
  jz: ((o) => o.get(3, 32).eqz().if(() => o.jump(2, 1))) satisfies Emitter,
  jnz: ((o) => o.get(3, 32).if(() => o.jump(2, 1))) satisfies Emitter,
};
