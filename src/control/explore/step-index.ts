import type { TraceSink } from '../../sim/trace.ts';
import { FLAG, KIND } from '../../sim/trace/kinds.ts';
import type { Names, Shapes } from '../../sim/trace/names.ts';
import type { Rows } from '../../sim/trace/rows.ts';
import { firstNot } from '../trace/rising.ts';

/** Causes are looked for among so many records before; a command starts its work at once. */
const RECENT = 1 << 16;

/** Ids in ascending order. */
export class Ids {
  private values = new Float64Array(64);
  private used = 0;

  add(id: number): void {
    const at = this.below(id);
    if (at < this.used && this.values[at] === id) return;
    if (this.used === this.values.length) {
      const more = new Float64Array(2 * this.used);
      more.set(this.values);
      this.values = more;
    }
    this.values.copyWithin(at + 1, at, this.used);
    this.values[at] = id;
    this.used++;
  }

  /** The next one behind `id`, or 0. */
  after(id: number): number {
    const at = this.below(id + 1);
    return at < this.used ? this.values[at] : 0;
  }

  /** Forgets those below `id`, when they are many: they are asked for no more. */
  dropBelow(id: number): void {
    const gone = this.below(id);
    if (gone < this.used / 2) return;
    this.values.copyWithin(0, gone, this.used);
    this.used -= gone;
  }

  /** The last one before `id`, or 0. */
  before(id: number): number {
    const at = this.below(id);
    return at > 0 ? this.values[at - 1] : 0;
  }

  /** How many are below `id`; mostly all. */
  private below(id: number): number {
    const { values, used } = this;
    return used === 0 || values[used - 1] < id ? used : firstNot(used, (n) => values[n] < id);
  }
}

/**
 * Which records are commands and which interrupts. A command is a processor's write to a device
 * that directly caused a DMA request or something for later (an event).
 */
export class StepIndex implements TraceSink {
  readonly commands = new Ids();
  readonly interrupts = new Ids();
  private readonly shapes: Shapes;
  private readonly names: Names;
  private readonly processors: ReadonlySet<string>;
  /** 1: a processor's write; by id modulo its length. */
  private readonly writes = new Uint8Array(RECENT);
  /** By shape. */
  private readonly isWrite: boolean[] = [];

  /** @param processors names of initiators */
  constructor(shapes: Shapes, names: Names, processors: ReadonlySet<string>) {
    this.shapes = shapes;
    this.names = names;
    this.processors = processors;
  }

  /** Records before `id` are gone. */
  dropBelow(id: number): void {
    this.commands.dropBelow(id);
    this.interrupts.dropBelow(id);
  }

  block(rows: Rows, count: number, first: number): void {
    const { writes } = this;
    for (let row = 0; row < count; row++) {
      const number = rows.shape[row], id = first + row;
      writes[id % RECENT] = (this.isWrite[number] ?? this.judge(number)) ? 1 : 0;
      const { kind } = this.shapes.list[number];
      if (kind === KIND.HANDLER) this.interrupts.add(id);
      else if (kind === KIND.REQUEST || kind === KIND.EVENT) {
        const parent = rows.parent[row];
        if (parent > 0 && id - parent < RECENT && writes[parent % RECENT] === 1) this.commands.add(parent);
      }
    }
  }

  private judge(number: number): boolean {
    const s = this.shapes.list[number];
    const is = s.kind === KIND.TRANSACTION && (s.flags & FLAG.WRITE) !== 0 &&
      this.processors.has(this.names.list[s.who]);
    this.isWrite[number] = is;
    return is;
  }
}
