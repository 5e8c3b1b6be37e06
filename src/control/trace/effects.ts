import type { Rows } from '../../sim/trace/rows.ts';
import { indexIn } from './rising.ts';

/** Effects that one block has of a record before it. */
export interface EffectsThere {
  /** Number of the block. */
  readonly block: number;
  readonly count: number;
}

/** Of one block. */
interface Entry {
  /** Causes from before the block, rising, and how many effects each has here. */
  readonly causes: Float64Array;
  readonly counts: Uint32Array;
  /** Numbers of later blocks that have effects of this block's records. */
  readonly later: number[];
}

/**
 * Where the effects of a record are: in its own block, or in one of few blocks later, each of which
 * knows its causes from outside. They are found without looking at anything else.
 */
export class Effects {
  private readonly entries = new Map<number, Entry>();
  private readonly found = new Map<number, { count: number }>();

  /** Block `block` is complete; `blockOf` gives a record's block, -1 if it is gone. */
  add(block: number, rows: Rows, ids: Float64Array, count: number, blockOf: (id: number) => number): void {
    const { found } = this, { parent } = rows, begins = ids[0];
    let cause = 0, of = { count: 0 };
    for (let row = 0; row < count; row++) {
      const p = parent[row];
      if (p === 0 || p >= begins) continue;
      if (p !== cause) {
        cause = p;
        const known = found.get(p);
        if (known === undefined) found.set(p, (of = { count: 0 }));
        else of = known;
      }
      of.count++;
    }
    const sorted = [...found].sort((a, b) => a[0] - b[0]);
    found.clear();
    this.entries.set(block, {
      causes: Float64Array.from(sorted, ([id]) => id),
      counts: Uint32Array.from(sorted, ([, e]) => e.count),
      later: [],
    });
    for (const [id] of sorted) {
      const later = this.entries.get(blockOf(id))?.later;
      if (later !== undefined && later[later.length - 1] !== block) later.push(block);
    }
  }

  get bytes(): number {
    let bytes = 0;
    for (const { causes, later } of this.entries.values()) bytes += 12 * causes.length + 8 * later.length;
    return bytes;
  }

  drop(block: number): void {
    this.entries.delete(block);
  }

  /** Blocks after `block`, to which `id` belongs, that have effects of it. */
  after(block: number, id: number): EffectsThere[] {
    const there: EffectsThere[] = [];
    for (const later of this.entries.get(block)?.later ?? []) {
      const entry = this.entries.get(later);
      if (entry === undefined) continue;
      const at = indexIn(entry.causes, id);
      if (at >= 0) there.push({ block: later, count: entry.counts[at] });
    }
    return there;
  }
}
