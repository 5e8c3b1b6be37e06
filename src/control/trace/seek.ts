import { FLAG, KIND, KIND_NAMES } from '../../sim/trace/kinds.ts';
import { sizeOf, type Shape } from '../../sim/trace/names.ts';
import { recordOf, type TraceRecord } from '../../sim/trace/records.ts';
import type { Rows } from '../../sim/trace/rows.ts';
import { named, touches, type AddressRange } from '../export/trace-filter.ts';
import { rowOf, type Blocks } from './blocks.ts';

/** Which record is looked for. What is left out may be anything; names as in `TraceFilter`. */
export interface RecordWish {
  readonly kinds?: readonly (typeof KIND_NAMES)[number][];
  /** Who began a transaction, a request or a completion; whose interrupt. */
  readonly initiators?: readonly string[];
  readonly targets?: readonly string[];
  readonly lines?: readonly string[];
  /** Names of events, marks, and of who noted something. */
  readonly names?: readonly string[];
  readonly ranges?: readonly AddressRange[];
  readonly write?: boolean;
  /** Of an acknowledge or a handler. */
  readonly vector?: number;
}

/** The nearest record after `id`, or before it, that is wished for; null: there is none. */
export function seekRecord(blocks: Blocks, id: number, direction: 1 | -1, wish: RecordWish): TraceRecord | null {
  const verdicts: boolean[] = [];
  let place = blocks.placeOf(id);
  if (place >= blocks.size) place = direction > 0 ? blocks.size : blocks.size - 1;
  for (; place >= 0 && place < blocks.size; place += direction) {
    const known = blocks.list[place];
    if (known !== undefined && !hasAny(known.present, known.shapes)) continue;
    const block = blocks.read(place), { rows, ids, count, shapes, names } = block;
    const own = rowOf(block, id);
    for (let row = own >= 0 ? own + direction : direction > 0 ? 0 : count - 1; row >= 0 && row < count;
      row += direction) {
      if (direction > 0 ? ids[row] <= id : ids[row] >= id) continue;
      if (fits(rows.shape[row]) && fitsRow(wish, shapes[rows.shape[row]], names, rows, row))
        return recordOf(ids[row], rows, row, shapes, names);
    }
  }
  return null;

  function fits(shape: number): boolean {
    return (verdicts[shape] ??= fitsShape(wish, blocks.shapes[shape], blocks.names));
  }
  /** Most blocks need not be decoded: nothing in them has a shape that fits. */
  function hasAny(present: Uint32Array, shapes: number): boolean {
    for (let s = 0; s < shapes; s++) if ((present[s >>> 5] & (1 << (s & 31))) !== 0 && fits(s)) return true;
    return false;
  }
}

function fitsShape(wish: RecordWish, s: Shape, names: readonly string[]): boolean {
  const { kind } = s, who = names[s.who];
  const is = (wanted: readonly string[] | undefined, name: string, ...kinds: number[]): boolean =>
    wanted === undefined || (kinds.includes(kind) && named(name, wanted));
  if (wish.kinds !== undefined && !wish.kinds.includes(KIND_NAMES[kind])) return false;
  if (wish.write !== undefined &&
      ((kind !== KIND.TRANSACTION && kind !== KIND.REQUEST) || wish.write !== ((s.flags & FLAG.WRITE) !== 0)))
    return false;
  if (wish.vector !== undefined && kind !== KIND.ACKNOWLEDGE && kind !== KIND.HANDLER) return false;
  if (wish.ranges !== undefined && kind !== KIND.TRANSACTION && kind !== KIND.REQUEST) return false;
  return is(
    wish.initiators, who, KIND.TRANSACTION, KIND.REQUEST, KIND.COMPLETION, KIND.ACKNOWLEDGE, KIND.HANDLER, KIND.RETURN,
  ) && is(wish.targets, names[s.what], KIND.TRANSACTION) && is(wish.lines, who, KIND.EDGE) &&
    is(wish.names, who, KIND.EVENT, KIND.MARK, KIND.NOTE);
}

function fitsRow(wish: RecordWish, s: Shape, names: readonly string[], rows: Rows, row: number): boolean {
  if (wish.vector !== undefined && rows.value[row] !== wish.vector) return false;
  return wish.ranges === undefined ||
    touches(wish.ranges, names[s.space], rows.address[row], sizeOf(s, rows.value[row]));
}
