import type { Rows } from '../../sim/trace/rows.ts';
import type { ByteReader, ByteWriter } from './tokens.ts';

/**
 * Records of one block as columns of differences from a prediction, which is made from the records
 * before in the same block, so that each block can be read by itself:
 *
 * | column | prediction | difference |
 * |---|---|---|
 * | id | the one after the id before | |
 * | shape | the shape that followed this shape's predecessor last time | |
 * | parent | the parent that the last record of this shape had | distance to the id, or -1: none |
 * | start | as long after the record before as last time with this shape | |
 * | ticks, value, extra | as the last record of this shape | |
 * | address | as far from the last record of this shape as that was from its predecessor | |
 */
class Predictor {
  /** By shape. */
  follow = new Float64Array(64);
  parent = new Float64Array(64);
  step = new Float64Array(64);
  last = new Float64Array(64);
  stride = new Float64Array(64);

  reset(shapes: number): void {
    if (shapes > this.follow.length) {
      const size = 2 * shapes;
      this.follow = new Float64Array(size);
      this.parent = new Float64Array(size);
      this.step = new Float64Array(size);
      this.last = new Float64Array(size);
      this.stride = new Float64Array(size);
      return;
    }
    this.follow.fill(0, 0, shapes);
    this.parent.fill(0, 0, shapes);
    this.step.fill(0, 0, shapes);
    this.stride.fill(0, 0, shapes);
  }

  /** Before each column that is predicted from the last record of the shape. */
  restart(): Float64Array {
    this.last.fill(0);
    return this.last;
  }
}

/** Most bytes that one record takes. */
export const WORST_RECORD = 8 * 9;

/** Writes columns. */
export class ColumnEncoder {
  private readonly p = new Predictor();

  /**
   * Rows 0 to `count` - 1, whose ids are `ids`, the first of them predicted as `first`; `shapes`:
   * how many there are.
   */
  encode(out: ByteWriter, rows: Rows, ids: Float64Array, count: number, first: number, shapes: number): void {
    this.p.reset(shapes);
    out.reserve(count * WORST_RECORD + 64);
    this.ids(out, ids, count, first);
    this.shapes(out, rows.shape, count);
    this.parents(out, rows, ids, count);
    this.starts(out, rows, count);
    this.addresses(out, rows, count);
    this.lasts(out, rows.shape, rows.ticks, count);
    this.lasts(out, rows.shape, rows.value, count);
    this.lasts(out, rows.shape, rows.extra, count);
  }

  private ids(out: ByteWriter, ids: Float64Array, count: number, first: number): void {
    let expected = first, run = 0;
    for (let row = 0; row < count; row++) {
      const d = ids[row] - expected;
      expected = ids[row] + 1;
      if (d === 0) run++;
      else run = flush(out, run, d);
    }
    if (run > 0) out.run(run);
  }

  private shapes(out: ByteWriter, shape: Int32Array, count: number): void {
    const { follow } = this.p;
    let before = 0, run = 0;
    for (let row = 0; row < count; row++) {
      const s = shape[row], d = s - follow[before];
      follow[before] = s;
      before = s;
      if (d === 0) run++;
      else run = flush(out, run, d);
    }
    if (run > 0) out.run(run);
  }

  private parents(out: ByteWriter, rows: Rows, ids: Float64Array, count: number): void {
    const { shape, parent } = rows, known = this.p.parent;
    let run = 0;
    for (let row = 0; row < count; row++) {
      const s = shape[row], v = parent[row];
      if (v === known[s]) run++;
      else {
        known[s] = v;
        run = flush(out, run, v === 0 ? -1 : ids[row] - v);
      }
    }
    if (run > 0) out.run(run);
  }

  private starts(out: ByteWriter, rows: Rows, count: number): void {
    const { shape, start } = rows, { step } = this.p;
    let before = 0, run = 0;
    for (let row = 0; row < count;) {
      const s = shape[row];
      let known = step[s];
      for (; row < count && shape[row] === s; row++) {
        const now = start[row] - before, d = now - known;
        before = start[row];
        if (d === 0) run++;
        else {
          known = now;
          run = flush(out, run, d);
        }
      }
      step[s] = known;
    }
    if (run > 0) out.run(run);
  }

  private addresses(out: ByteWriter, rows: Rows, count: number): void {
    const { shape, address } = rows, { stride } = this.p, last = this.p.restart();
    let run = 0;
    for (let row = 0; row < count; row++) {
      const s = shape[row], now = address[row] - last[s], d = now - stride[s];
      stride[s] = now;
      last[s] = address[row];
      if (d === 0) run++;
      else run = flush(out, run, d);
    }
    if (run > 0) out.run(run);
  }

  private lasts(out: ByteWriter, shape: Int32Array, values: Float64Array, count: number): void {
    const last = this.p.restart();
    let run = 0;
    // Rows of one shape come in a row: what is known of it is looked up once.
    for (let row = 0; row < count;) {
      const s = shape[row];
      let known = last[s];
      for (; row < count && shape[row] === s; row++) {
        const d = values[row] - known;
        if (d === 0) run++;
        else {
          known += d;
          run = flush(out, run, d);
        }
      }
      last[s] = known;
    }
    if (run > 0) out.run(run);
  }
}

/** Writes the run that ends here and the difference; the length of the next run so far. */
function flush(out: ByteWriter, run: number, difference: number): 0 {
  if (run > 0) out.run(run);
  out.difference(difference);
  return 0;
}

/** Reads columns. */
export class ColumnDecoder {
  private readonly p = new Predictor();
  private differences = new Float64Array(0);

  /**
   * Fills rows 0 to `count` - 1 of `rows` and `ids`; `shapes`: how many there are.
   * `refuse` is told what cannot be.
   */
  decode(
    from: ByteReader, rows: Rows, ids: Float64Array, count: number, first: number, shapes: number,
    refuse: (why: string) => never,
  ): void {
    if (this.differences.length < count) this.differences = new Float64Array(count);
    this.p.reset(shapes);
    const d = this.differences, { shape, parent, start, address } = rows;
    const { follow, parent: known, step, stride } = this.p;
    from.column(d, count);
    for (let row = 0, expected = first; row < count; row++) {
      ids[row] = expected + d[row];
      if (ids[row] < expected || !Number.isSafeInteger(ids[row])) refuse('ids do not rise');
      expected = ids[row] + 1;
    }
    from.column(d, count);
    for (let row = 0, before = 0; row < count; row++) {
      const s = follow[before] + d[row];
      if (!(s >= 0 && s < shapes)) refuse(`there is no shape ${s}`);
      shape[row] = follow[before] = s;
      before = s;
    }
    from.column(d, count);
    for (let row = 0; row < count; row++) {
      const s = shape[row];
      if (d[row] !== 0) known[s] = d[row] < 0 ? 0 : ids[row] - d[row];
      parent[row] = known[s];
      if (!(parent[row] >= 0 && parent[row] < ids[row])) refuse(`record ${ids[row]} has no possible cause`);
    }
    from.column(d, count);
    for (let row = 0, before = 0; row < count; row++) {
      const s = shape[row];
      step[s] += d[row];
      start[row] = before += step[s];
    }
    from.column(d, count);
    const last = this.p.restart();
    for (let row = 0; row < count; row++) {
      const s = shape[row];
      stride[s] += d[row];
      address[row] = last[s] += stride[s];
    }
    for (const column of [rows.ticks, rows.value, rows.extra]) {
      from.column(d, count);
      const same = this.p.restart();
      for (let row = 0; row < count; row++) column[row] = same[shape[row]] += d[row];
    }
  }
}
