/** Port input and output: always a call. */
import type { Width } from '../../ir/ops.ts';
import { byWidth } from '../../ir/family.ts';
import type { Emitter, Operands } from './operands.ts';

function port(o: Operands, immediate: boolean): void {
  if (immediate) o.imm(2).const(0xffff).and();
  else o.get(2, 16);
}

function input(immediate: boolean): (width: Width) => Emitter {
  return (w) => (o) => {
    const { f, t } = o;
    o.call('portIn', () => f.from(() => port(o, immediate)).const(w / 8)).set(t.r);
    o.completeOrLeave(() => o.set(1, w, () => f.get(t.r)));
  };
}

function output(immediate: boolean): (width: Width) => Emitter {
  return (w) => (o) => {
    o.call('portOut', () => o.f.from(() => port(o, immediate)).from(() => o.get(1, w)).const(w / 8));
    o.completeOrLeave();
  };
}

export const PORT_EMITTERS = {
  ...byWidth('in', input(false)), ...byWidth('in', input(true), 'i'),
  ...byWidth('out', output(false)), ...byWidth('out', output(true), 'i'),
};
