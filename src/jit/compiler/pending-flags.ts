/**
 * The flags of compiled code: locals `res` and `aux`, and what is not in them yet. A µop that
 * writes flags leaves behind how to make them (`FlagSource`); that code is emitted where somebody
 * reads, and never if the next writer comes first. Sources refer to scratch locals of their µop, so
 * writers take scratch sets in turn and no set is taken that something pending depends on.
 *
 * Where code leaves, and at joins from which it may leave before it writes flags, they are not made
 * either: local `kind` says how AUX follows from `res` and what `aux` holds instead (*by rule*).
 * The function's end makes AUX, once for all ways out.
 */
import { STATE } from '../../ir/layout.ts';
import { OP, OPS, type OpRow } from '../../ir/ops.ts';
import type { AuxRule, KnownFlags, Locals } from '../emit/operands.ts';
import type { Code } from '../wasm-code.ts';
import { I32 } from '../wasm-bytes.ts';
import { type ByRule, emitAuxByRule, kindOf } from './aux-rule.ts';

/** How RES or AUX is made: pushes its value. */
type FlagSource = () => void;

interface AuxSource {
  readonly whole: FlagSource;
  /** Pushes a word whose bit 31 is CF. */
  readonly carry: FlagSource;
  /** The value of `kind` (0 = none, AUX is made), and what `aux` is then. */
  readonly kind: number;
  readonly operand: FlagSource;
}

/** What the locals hold where nothing is pending. */
type Held = 'made' | 'by rule' | 'nothing';

/**
 * What is known of the flags at a point of the code; restored where a branch was emitted in
 * between.
 */
export interface FlagState {
  readonly res: FlagSource | null;
  readonly aux: AuxSource | null;
  readonly held: Held;
  readonly known: KnownFlags | null;
  /** Scratch sets that the above depend on, as bits. */
  readonly holds: number;
  /** Sources that depend on sources. */
  readonly depth: number;
}

function nothingPending(held: Held): FlagState {
  return { res: null, aux: null, held, known: null, holds: 0, depth: 0 };
}

/** The flags are in their locals, and that is all that is known. */
export const SETTLED: FlagState = nothingPending('made');
/** They are there, but AUX is to be made by rule; or they are nowhere, as nobody will ask. */
export const BY_RULE: FlagState = nothingPending('by rule');
export const DEAD: FlagState = nothingPending('nothing');

/** Scratch sets that flag writers take in turn, from 1 on; set 0 is for all others. */
export const FLAG_SETS = 4;
/** Deepest nesting of flag sources before they are computed. */
const MOST_DEPTH = 3;

export class PendingFlags {
  state: FlagState = SETTLED;
  /** Locals; -1 in a function without flags. */
  private readonly res: number;
  private readonly aux: number;
  /** -1 in a function that does not change flags, either: there they are always made. */
  private readonly kind: number;
  private readonly byRule: ByRule;
  private readonly f: Code;
  private readonly scratch: { t: Locals };
  private row: OpRow = OPS[0];
  private told: KnownFlags | null = null;
  /** The set that the µop at hand works in, and the last that one took. */
  private set = 0;
  private lastSet = 0;
  /** Its flags may be made later. */
  private defers = false;

  /**
   * `scratch.t`: the set of locals in use. `used`, `changed`: some µop of the function has to do
   * with flags, writes them.
   */
  constructor(f: Code, scratch: { t: Locals }, used: boolean, changed: boolean) {
    this.f = f;
    this.scratch = scratch;
    this.res = used ? f.local(I32) : -1;
    this.aux = used ? f.local(I32) : -1;
    const more = (): number => (changed ? f.local(I32) : -1);
    this.kind = more();
    this.byRule = {
      res: this.res, operand: this.aux, kind: this.kind, from: more(), to: more(), carries: more(),
    };
  }

  /** Starts a µop. Returns the scratch set for it. */
  begin(row: OpRow): number {
    this.row = row;
    this.told = null;
    this.set = 0;
    if (row.flags !== 'write' && (row.flags !== 'partial' || row.op === OP.helper)) return 0;
    this.defers = !row.conditional;
    if (row.conditional || (!row.replacesFlags && this.state.depth >= MOST_DEPTH)) this.settle();
    let set = this.lastSet;
    for (let i = 0; i < FLAG_SETS; i++) {
      set = (set % FLAG_SETS) + 1;
      if (!this.held(set)) break;
    }
    if (this.held(set)) this.settle();
    this.lastSet = set;
    this.set = set;
    return set;
  }

  /** Ends a µop that `begin` gave a set to. */
  end(): void {
    const { state, told } = this;
    this.state = { ...state, known: told, holds: state.holds | (told === null ? 0 : 1 << this.set) };
  }

  private held(set: number): boolean {
    return ((this.state.holds >>> set) & 1) !== 0;
  }

  leaveKnown(flags: KnownFlags): void {
    this.told = flags;
  }

  getRes(): Code {
    this.expectLive();
    return this.state.res === null ? this.f.get(this.res) : this.f.from(this.state.res);
  }

  getAux(): Code {
    const { f, state } = this;
    this.expectLive();
    if (state.aux !== null) return f.from(state.aux.whole);
    if (state.held === 'made') return f.get(this.aux);
    return emitAuxByRule(f, this.byRule);
  }

  /** Pushes a word whose bit 31 is CF. */
  getCarry(): Code {
    const { f, state } = this;
    this.expectLive();
    // Joins before a reader of CF are given made flags: by rule, no shorter code is worth having.
    return state.aux === null ? this.getAux() : f.from(state.aux.carry);
  }

  private expectLive(): void {
    if (this.state.held === 'nothing') throw new Error('flags that were not passed on are read');
  }

  setRes(value: () => void): void {
    if (this.defers) this.state = this.pending(this.within(value), this.state.aux);
    else this.f.from(value).set(this.res);
  }

  setAux(value: () => void, rule?: AuxRule): void {
    if (!this.defers) {
      this.f.from(value).set(this.aux);
      return;
    }
    const whole = this.within(value);
    const by = rule?.by ?? null;
    this.state = this.pending(this.state.res, {
      whole,
      carry: rule === undefined ? whole : this.within(rule.carry),
      kind: by === null ? 0 : kindOf(by),
      operand: by === null ? whole : this.within(by.operand),
    });
  }

  private pending(res: FlagSource | null, aux: AuxSource | null): FlagState {
    const { holds, depth, held } = this.state;
    // With both replaced, what was before is of no more interest; until AUX is set it may still be
    // read.
    if (this.row.replacesFlags && aux !== this.state.aux)
      return { res, aux, held: 'made', known: null, holds: 1 << this.set, depth: 1 };
    return { res, aux, held, known: null, holds: holds | (1 << this.set), depth: depth + 1 };
  }

  /** `value` with this µop's scratch and the flags as they are now, whenever it is emitted. */
  private within(value: () => void): FlagSource {
    const { state, scratch } = this;
    const { t } = scratch;
    return () => {
      const now = this.state, used = scratch.t;
      this.state = state;
      scratch.t = t;
      value();
      this.state = now;
      scratch.t = used;
    };
  }

  /** Puts the flags into their locals by rule; what is pending stays known behind it. */
  leave(): void {
    const { f, kind } = this;
    const { res, aux, held } = this.state;
    this.expectLive();
    if (aux !== null) f.from(aux.operand);
    if (res !== null) f.from(res).set(this.res);
    if (aux !== null) f.set(this.aux);
    if (kind >= 0 && (aux !== null || held === 'made')) f.const(aux?.kind ?? 0).set(kind);
  }

  /** Makes the flags for good. */
  settle(): void {
    const { f } = this;
    const { res, aux, held } = this.state;
    if (held === 'nothing') {
      this.state = DEAD;
      return;
    }
    const makes = aux !== null || held === 'by rule';
    if (makes) this.getAux();
    if (res !== null) f.from(res).set(this.res);
    if (makes) f.set(this.aux);
    this.state = SETTLED;
  }

  /**
   * Passes the flags on to a join whose code begins with `state`; to one that wants none they stay
   * as they are.
   */
  pass(state: FlagState): void {
    if (state === SETTLED) this.settle();
    else if (state === BY_RULE) {
      this.leave();
      this.state = state;
    }
  }

  /** Stores the flags as they are at this point. */
  store(): void {
    const { f } = this;
    f.const(0).from(() => this.getRes()).store(32, STATE.CC_RES);
    f.const(0).from(() => this.getAux()).store(32, STATE.CC_AUX);
  }

  /** Loads the flags. */
  load(): void {
    const { f } = this;
    if (this.res < 0) return;
    f.const(0).load(32, STATE.CC_RES).set(this.res);
    f.const(0).load(32, STATE.CC_AUX).set(this.aux);
    if (this.kind >= 0) f.const(0).set(this.kind);
  }
}
