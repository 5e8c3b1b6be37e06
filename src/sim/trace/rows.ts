/**
 * Records as columns of numbers; row `n` is one record. What `address`, `value` and `extra` hold
 * depends on the kind:
 *
 * | kind | address | value | extra |
 * |---|---|---|---|
 * | transaction of up to 8 bytes | address | value moved | pc, or -1 |
 * | transaction that is a burst | address | bytes | pc, or -1 |
 * | request | address | bytes | id of the port's request before, or 0 |
 * | completion | 0 | bytes moved | 0 |
 * | edge | 0 | level | 0 |
 * | acknowledge | 0 | vector | 0 |
 * | handler | linear address of its entry | vector | linear address of what it interrupted |
 * | return | linear address returned to | 0 | 0 |
 * | note | 0 | name: the details | 0 |
 * | event, mark | 0 | 0 | 0 |
 */
export class Rows {
  capacity: number;
  shape: Int32Array;
  /** Id of the record that caused this one, 0: unknown, or the guest's program itself. */
  parent: Float64Array;
  /** Ticks. */
  start: Float64Array;
  /** Ticks from the start to the end. */
  ticks: Float64Array;
  address: Float64Array;
  value: Float64Array;
  extra: Float64Array;

  constructor(capacity: number) {
    this.capacity = capacity;
    this.shape = new Int32Array(capacity);
    this.parent = new Float64Array(capacity);
    this.start = new Float64Array(capacity);
    this.ticks = new Float64Array(capacity);
    this.address = new Float64Array(capacity);
    this.value = new Float64Array(capacity);
    this.extra = new Float64Array(capacity);
  }

  /** Doubles the capacity. */
  grow(): void {
    const larger = (a: Float64Array): Float64Array => {
      const b = new Float64Array(2 * a.length);
      b.set(a);
      return b;
    };
    const shape = new Int32Array(2 * this.capacity);
    shape.set(this.shape);
    this.shape = shape;
    this.parent = larger(this.parent);
    this.start = larger(this.start);
    this.ticks = larger(this.ticks);
    this.address = larger(this.address);
    this.value = larger(this.value);
    this.extra = larger(this.extra);
    this.capacity *= 2;
  }

  /** Sets all columns of a row. */
  set(
    row: number, shape: number, parent: number, start: number, ticks: number, address: number, value: number,
    extra: number,
  ): void {
    this.shape[row] = shape;
    this.parent[row] = parent;
    this.start[row] = start;
    this.ticks[row] = ticks;
    this.address[row] = address;
    this.value[row] = value;
    this.extra[row] = extra;
  }
}
