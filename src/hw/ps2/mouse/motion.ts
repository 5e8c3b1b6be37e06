/** The cells that a `Motion` keeps its state in. */
export function motionCells() {
  return { right: 0, up: 0, wheel: 0 };
}

/** Counts of the host's are quarters of a millimetre; resolutions are 1, 2, 4 and 8 counts. */
const HOST = 4;
/** Overflow bits above this. */
const MOST = 255;
/** Scaling 2:1 of 0 to 5 counts; twice as many of more. */
const SCALED: readonly number[] = [0, 1, 1, 3, 6, 9];

/**
 * What a mouse has moved since its last packet: IBM PS/2 Hardware Interface Technical Reference,
 * 1988, "Mouse: Data report". What is less than a count stays for the next.
 */
export class Motion {
  /** In quarters of a count. */
  private readonly cells: ReturnType<typeof motionCells>;

  constructor(cells: ReturnType<typeof motionCells>) {
    this.cells = cells;
  }

  /** There is a count to tell. */
  moved(withWheel: boolean): boolean {
    const { right, up, wheel } = this.cells;
    return Math.trunc(right / HOST) !== 0 || Math.trunc(up / HOST) !== 0 || (withWheel && wheel !== 0);
  }

  /** @param resolution 0 to 3 for 1, 2, 4 or 8 counts a millimetre */
  add(right: number, up: number, wheel: number, resolution: number): void {
    this.cells.right += Math.trunc(right) * 2 ** resolution;
    this.cells.up += Math.trunc(up) * 2 ** resolution;
    this.cells.wheel += Math.trunc(wheel);
  }

  clear(): void {
    Object.assign(this.cells, motionCells());
  }

  /** Three bytes, or four with the wheel; what they tell is taken off. */
  packet(buttons: number, scaled: boolean, withWheel: boolean): number[] {
    const x = this.takeCounts('right'), y = this.takeCounts('up');
    const dx = report(x, scaled), dy = report(y, scaled);
    const flags = buttons | 8 | (+(dx < 0) << 4) | (+(dy < 0) << 5) |
      (+(Math.abs(dx) > MOST) << 6) | (+(Math.abs(dy) > MOST) << 7);
    const bytes = [flags, clamp(dx, MOST) & 0xff, clamp(dy, MOST) & 0xff];
    const wheel = clamp(this.cells.wheel, 7);
    this.cells.wheel = withWheel ? this.cells.wheel - wheel : 0;
    return withWheel ? [...bytes, wheel & 0xff] : bytes;
  }

  private takeCounts(axis: 'right' | 'up'): number {
    const counts = Math.trunc(this.cells[axis] / HOST);
    this.cells[axis] -= counts * HOST;
    return counts;
  }
}

function report(counts: number, scaled: boolean): number {
  if (!scaled) return counts;
  const size = Math.abs(counts);
  return Math.sign(counts) * (SCALED[size] ?? 2 * size);
}

function clamp(value: number, most: number): number {
  return Math.max(-most, Math.min(most, value));
}
