/** A value that a declared state cell may hold. */
export type CellValue = number | boolean | string | Uint8Array | Uint16Array | Uint32Array | Int32Array | Float64Array;
export type Cells = Record<string, CellValue>;
/** The type of live cells: what was declared as `false` may become true. */
export type LiveCells<T extends Cells> = { [K in keyof T]: T[K] extends boolean ? boolean : T[K] };
/** The saved state of one component: group name → cell name → value (typed arrays are copies). */
export type SavedState = Record<string, Cells>;

function isArray(v: CellValue): v is Uint8Array | Uint16Array | Uint32Array | Int32Array | Float64Array {
  return typeof v === 'object';
}

/** From so many bytes on an array is large. */
const LARGE_BYTES = 1 << 16;

/** An array that is given itself, not as a copy, where the state is saved in place. */
export function isLarge(value: CellValue): value is Extract<CellValue, object> {
  return isArray(value) && value.byteLength >= LARGE_BYTES;
}

/**
 * The declared state of a component: named groups of cells with their reset values. All that a
 * component remembers lives here, so reset, snapshot and restore need no code of the component's
 * own.
 */
export class StateStore {
  private readonly groups = new Map<string, { live: Cells; initial: Cells; keep: boolean }>();

  /**
   * Declares a group; returns the live object, whose properties are read and written directly.
   * `keep`: not touched by reset (battery-backed).
   */
  declare<T extends Cells>(group: string, initial: T, keep = false): LiveCells<T> {
    if (this.groups.has(group)) throw new Error(`state group ${group} is declared twice`);
    const copy: Cells = {};
    for (const [k, v] of Object.entries(initial)) copy[k] = isArray(v) ? v.slice() : v;
    this.groups.set(group, { live: initial, initial: copy, keep });
    return initial as LiveCells<T>;
  }

  /** Sets every cell to its declared initial value. */
  reset(): void {
    for (const g of this.groups.values()) if (!g.keep) assign(g.live, g.initial);
  }

  /** @param inPlace large arrays are the live ones, not copies */
  save(inPlace = false): SavedState {
    const out: SavedState = {};
    for (const [name, g] of this.groups) {
      const cells: Cells = {};
      for (const [k, v] of Object.entries(g.live))
        cells[k] = isArray(v) && !(inPlace && isLarge(v)) ? v.slice() : v;
      out[name] = cells;
    }
    return out;
  }

  /**
   * Checks that `saved` has exactly the declared groups and cells, of the same types and lengths;
   * returns what differs or ''.
   */
  mismatch(saved: SavedState): string {
    for (const name of Object.keys(saved)) if (!this.groups.has(name)) return `unknown group ${name}`;
    for (const [name, g] of this.groups) {
      const cells = saved[name];
      if (cells === undefined) return `group ${name} is missing`;
      for (const k of Object.keys(cells)) if (!Object.hasOwn(g.live, k)) return `unknown cell ${name}.${k}`;
      for (const [k, v] of Object.entries(g.live)) {
        const s = cells[k];
        if (s === undefined || typeof s !== typeof v) return `cell ${name}.${k} is missing or of another type`;
        if (isArray(v) && (!isArray(s) || s.length !== v.length || s.constructor !== v.constructor))
          return `cell ${name}.${k} has another shape`;
      }
    }
    return '';
  }

  /** Restores; throws on a mismatch before anything is changed. */
  load(saved: SavedState): void {
    const wrong = this.mismatch(saved);
    if (wrong !== '') throw new Error(wrong);
    for (const [name, g] of this.groups) assign(g.live, saved[name] as Cells);
  }
}

function assign(live: Cells, from: Cells): void {
  for (const k of Object.keys(live)) {
    const v = live[k] as CellValue, f = from[k] as CellValue;
    if (isArray(v)) (v as Uint8Array).set(f as Uint8Array);
    else live[k] = f;
  }
}
