import type { MachineState } from '../../machine/snapshot.ts';
import type { Cells, SavedState } from '../../sim/state.ts';
import { isAt, isBefore, type Moment, type Position } from './moment.ts';
import { PagedArrays } from './paged-arrays.ts';
import { PagedCells } from './paged-cells.ts';
import type { Twin } from './subject.ts';

/** The state of a machine and of what is beside it. */
export interface Checkpoint {
  readonly position: Position;
  readonly state: Omit<MachineState, 'components'>;
  /** Component or attachment → group → cells, large ones by pages. */
  readonly components: Readonly<Record<string, Kept>>;
  readonly attachments: Readonly<Record<string, Kept>>;
  /** Bytes that this one has for itself, about. */
  bytes: number;
}

type Kept = Readonly<Record<string, Cells | PagedCells | PagedArrays>>;

/** What a small cell and its name take, about (bytes). */
const CELL = 32;

/**
 * Checkpoints of one run in the order of time, within a budget of bytes. If there are too many,
 * they become sparse towards the beginning: the distance between two is in proportion to their age.
 * The first and the last stay. Pages of memory that are alike in one and the next are kept once.
 */
export class Checkpoints {
  /** Bytes that may be kept, about. */
  private readonly budget: number;
  private readonly list: Checkpoint[] = [];
  private held = 0;

  constructor(budget: number) {
    this.budget = budget;
  }

  get count(): number {
    return this.list.length;
  }

  /** Bytes kept, about. */
  get bytes(): number {
    return this.held;
  }

  /** The last one; null if there is none. */
  get last(): Checkpoint | null {
    return this.list.at(-1) ?? null;
  }

  /** Keeps the state of a machine between two runs, unless there is one of this position. */
  keep(twin: Pick<Twin, 'machine' | 'attachments'>, position: Position): void {
    const at = this.list.findLastIndex((c) => c.position.now <= position.now);
    if (at >= 0 && this.list[at].position.now === position.now) return;
    const before = this.list[at] ?? null;
    const { components, ...state } = twin.machine.saveInPlace();
    const attached = Object.entries(twin.attachments).map(([name, a]) => [name, a.save()] as const);
    const sum = { bytes: 0 };
    const made: Checkpoint = {
      position, state,
      components: kept(Object.entries(components), before?.components, sum),
      attachments: kept(attached, before?.attachments, sum),
      bytes: 0,
    };
    made.bytes = sum.bytes;
    this.held += made.bytes;
    this.list.splice(at + 1, 0, made);
    while (this.held > this.budget && this.list.length > 2) this.thin();
  }

  /** The last one that is at the moment or before it; null if there is none. */
  nearest(moment: Moment): Checkpoint | null {
    return this.list.findLast((c) => isAt(c.position, moment) || isBefore(c.position, moment)) ?? null;
  }

  /** Drops what is not before `time`. */
  dropFrom(time: number): void {
    const from = this.list.findIndex((c) => c.position.now >= time);
    if (from < 0) return;
    for (const c of this.list.splice(from)) this.held -= c.bytes;
  }

  /** Drops the one that is missed least. What later ones share with it is theirs from then on. */
  private thin(): void {
    const end = this.list[this.list.length - 1].position.now;
    let least = 1, cost = Infinity;
    for (let n = 1; n < this.list.length - 1; n++) {
      const gap = this.list[n + 1].position.now - this.list[n - 1].position.now;
      const worth = gap / (1 + end - this.list[n].position.now);
      if (worth < cost) [least, cost] = [n, worth];
    }
    const next = this.list[least + 1], [gone] = this.list.splice(least, 1);
    const inherited = { bytes: 0 };
    inherit(next.components, gone.components, this.list[least - 1].components, inherited);
    inherit(next.attachments, gone.attachments, this.list[least - 1].attachments, inherited);
    this.held -= gone.bytes - inherited.bytes;
    next.bytes += inherited.bytes;
  }
}

/** Sets a machine and what is beside it back to a checkpoint. */
export function restore(twin: Pick<Twin, 'machine' | 'attachments'>, from: Checkpoint): void {
  const components = Object.fromEntries(Object.entries(from.components).map(([name, k]) => [name, whole(k)]));
  twin.machine.load({ ...from.state, components });
  for (const [name, a] of Object.entries(twin.attachments)) a.load(whole(from.attachments[name]));
}

function kept(
  saved: Iterable<readonly [string, SavedState]>, before: Readonly<Record<string, Kept>> | undefined,
  sum: { bytes: number },
): Record<string, Kept> {
  const out: Record<string, Kept> = {};
  for (const [name, state] of saved) {
    out[name] = Object.fromEntries(Object.entries(state).map(([group, cells]) => {
      const old = before?.[name]?.[group];
      const paged = PagedCells.of(cells, old instanceof PagedCells ? old : null) ??
        PagedArrays.of(cells, old instanceof PagedArrays ? old : null);
      if (paged !== null) sum.bytes += paged.ownBytes;
      else
        for (const value of Object.values(cells)) sum.bytes += typeof value === 'object' ? value.byteLength : CELL;
      return [group, paged ?? cells];
    }));
  }
  return out;
}

/** Adds the bytes of pages that `next` shares with `gone`, and `gone` not with `before`. */
function inherit(
  next: Readonly<Record<string, Kept>>, gone: Readonly<Record<string, Kept>>, before: Readonly<Record<string, Kept>>,
  sum: { bytes: number },
): void {
  for (const [name, groups] of Object.entries(next))
    for (const [group, cells] of Object.entries(groups)) {
      const old = gone[name]?.[group], older = before[name]?.[group];
      if (isPaged(cells) && isPaged(old)) sum.bytes += cells.sharedOnlyWith(old, isPaged(older) ? older : null);
    }
}

function whole(groups: Kept): SavedState {
  return Object.fromEntries(
    Object.entries(groups).map(([group, cells]) => [group, isPaged(cells) ? cells.whole() : cells]),
  );
}

function isPaged(cells: Kept[string] | undefined): cells is PagedCells | PagedArrays {
  return cells instanceof PagedCells || cells instanceof PagedArrays;
}
