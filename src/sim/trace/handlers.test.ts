/** Frames that are remembered, beyond what a guest's program would easily show. */
import { expect, test } from 'vitest';
import { Trace } from '../trace.ts';
import { Handlers } from './handlers.ts';

/** Handlers are entered by a frame; whether the return by that frame is still known. */
class Bench {
  readonly trace = new Trace();
  readonly handlers = new Handlers(this.trace, 'cpu0', { instant: 0 });
  private returns = 0;

  constructor() {
    this.trace.listen((r) => {
      if (r.kind === 'return') this.returns++;
    });
  }
  enter(frame: number): void {
    this.handlers.take(0, 0, false);
    this.handlers.enter(frame, true, 0x20, 0);
  }
  returned(frame: number): boolean {
    const before = this.returns;
    this.handlers.leave(frame, 0, false);
    return this.returns > before;
  }
}

test('of more than 64 frames the one that was entered first is forgotten', () => {
  const b = new Bench();
  for (let frame = 0; frame < 64; frame++) b.enter(frame);
  // Frame 0 comes again, a free place is used again: now 1 is the oldest, then 2, 4.
  b.enter(0);
  expect(b.returned(3)).toBe(true);
  for (let frame = 64; frame < 68; frame++) b.enter(frame);
  const known = Array.from({ length: 68 }, (_, frame) => b.returned(frame));
  expect(known.flatMap((k, frame) => (k ? [] : [frame]))).toEqual([1, 2, 3, 4]);
});
