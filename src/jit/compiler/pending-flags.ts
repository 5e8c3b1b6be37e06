/**
 * The flags of compiled code: locals `res` and `aux`, and what is not in them yet. A µop that
 * writes flags leaves behind how to make them (`FlagSource`); that code is emitted where somebody
 * reads, leaves or joins, and never if the next writer comes first. Sources refer to scratch locals
 * of their µop, so writers take scratch sets in turn and no set is taken that something pending
 * depends on.
 */
import { OP, OPS, type OpRow } from '../../ir/ops.ts';
import type { KnownFlags, Locals } from '../emit/operands.ts';
import type { Code } from '../wasm-code.ts';
import { I32 } from '../wasm-bytes.ts';

/** How RES or AUX is made: pushes its value. */
type FlagSource = () => void;

/**
 * What is known of the flags at a point of the code; restored where a branch was emitted in
 * between.
 */
export interface FlagState {
  readonly res: FlagSource | null;
  readonly aux: FlagSource | null;
  readonly known: KnownFlags | null;
  /** Scratch sets that the above depend on, as bits. */
  readonly holds: number;
  /** Sources that depend on sources. */
  readonly depth: number;
}

/** The flags are in their locals, and that is all that is known. */
export const SETTLED: FlagState = { res: null, aux: null, known: null, holds: 0, depth: 0 };

/** Scratch sets that flag writers take in turn, from 1 on; set 0 is for all others. */
export const FLAG_SETS = 4;
/** Deepest nesting of flag sources before they are computed. */
const MOST_DEPTH = 3;

export class PendingFlags {
  /** Locals; -1 in a function without flags. */
  readonly res: number;
  readonly aux: number;
  state: FlagState = SETTLED;
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
   * `scratch.t`: the set of locals in use. `used`: some µop of the function has to do with flags.
   */
  constructor(f: Code, scratch: { t: Locals }, used: boolean) {
    this.f = f;
    this.scratch = scratch;
    this.res = used ? f.local(I32) : -1;
    this.aux = used ? f.local(I32) : -1;
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
    return this.state.res === null ? this.f.get(this.res) : this.f.from(this.state.res);
  }

  getAux(): Code {
    return this.state.aux === null ? this.f.get(this.aux) : this.f.from(this.state.aux);
  }

  setRes(value: () => void): void {
    if (this.defers) this.state = this.pending(this.within(value), this.state.aux);
    else this.f.from(value).set(this.res);
  }

  setAux(value: () => void): void {
    if (this.defers) this.state = this.pending(this.state.res, this.within(value));
    else this.f.from(value).set(this.aux);
  }

  private pending(res: FlagSource | null, aux: FlagSource | null): FlagState {
    const { holds, depth } = this.state;
    // With both replaced, what was before is of no more interest; until AUX is set it may still be
    // read.
    if (this.row.replacesFlags && aux !== this.state.aux)
      return { res, aux, known: null, holds: 1 << this.set, depth: 1 };
    return { res, aux, known: null, holds: holds | (1 << this.set), depth: depth + 1 };
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

  /**
   * Emits pending flags into their locals; what is pending stays known: for a way out, behind which
   * the code goes on.
   */
  make(): void {
    const { res, aux } = this.state;
    const { f } = this;
    if (aux !== null) f.from(aux);
    if (res !== null) f.from(res).set(this.res);
    if (aux !== null) f.set(this.aux);
  }

  /** Makes pending flags for good: for joins. */
  settle(): void {
    this.make();
    this.state = SETTLED;
  }
}
