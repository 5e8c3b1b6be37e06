/** Where one machine is busy and the other is not, by the pixel. */
import type { Ticks } from '../../../../src/sim/time.ts';
import type { Lane, Picture } from './picture.ts';
import { xOf, type View } from './scale.ts';

/** By pixel: whether a lane has anything there. Times of `view` are those of `origin`. */
export function busyPixels(picture: Picture | null, lane: Lane, view: View, width: number, origin: Ticks): Uint8Array {
  const busy = new Uint8Array(Math.max(0, Math.ceil(width)));
  const fill = (from: Ticks, to: Ticks): void => {
    const left = xOf(view, width, from - origin), right = xOf(view, width, to - origin);
    if (right < 0 || left >= busy.length) return;
    busy.fill(1, Math.max(0, Math.floor(left)), Math.max(Math.floor(left) + 1, Math.ceil(right)));
  };
  for (const key of lane.parts) {
    const found = picture?.lanes.get(key);
    if (found?.spans != null)
      for (let n = 0; n < found.spans.ids.length; n++) fill(found.spans.starts[n], found.spans.ends[n]);
    if (found?.pixels == null || picture === null) continue;
    const { coverage, counts } = found.pixels, each = (picture.to - picture.from) / coverage.length;
    for (let n = 0; n < coverage.length;) {
      const there = coverage[n] > 0 || counts[n] > 0;
      let end = n + 1;
      while (end < coverage.length && (coverage[end] > 0 || counts[end] > 0) === there) end++;
      if (there) fill(picture.from + n * each, picture.from + end * each);
      n = end;
    }
  }
  return busy;
}

/** A stretch of pixels in which only one machine is busy. */
export interface Only {
  readonly pane: 0 | 1;
  readonly left: number;
  readonly right: number;
}

/** Stretches in which one is busy and the other is not, from the left. */
export function differences(a: Uint8Array, b: Uint8Array): Only[] {
  const found: Only[] = [];
  for (let n = 0; n < a.length;) {
    let end = n + 1;
    while (end < a.length && a[end] === a[n] && b[end] === b[n]) end++;
    if (a[n] !== b[n]) found.push({ pane: a[n] === 1 ? 0 : 1, left: n, right: end });
    n = end;
  }
  return found;
}
