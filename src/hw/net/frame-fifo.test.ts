import fc from 'fast-check';
import { expect, test } from 'vitest';
import { FrameFifo, frameFifoCells } from './frame-fifo.ts';

test('frames come out as they went in, in order, with their words, across the end of the memory', () => {
  fc.assert(fc.property(
    fc.array(fc.record({ push: fc.boolean(), length: fc.integer({ min: 1, max: 90 }), word: fc.nat(0xffff) })),
    (steps) => {
      const cells = frameFifoCells(256), fifo = new FrameFifo(cells), model: { frame: number[]; word: number }[] = [];
      for (const [n, s] of steps.entries()) {
        if (!s.push) {
          fifo.shift();
          model.shift();
        } else if (fifo.fits(s.length)) {
          const frame = Uint8Array.from({ length: s.length }, (_, k) => n * 7 + k);
          fifo.push(frame, s.length, s.word);
          model.push({ frame: [...frame], word: s.word });
        }
        const used = model.reduce((sum, f) => sum + f.frame.length + 4, 0);
        expect([fifo.count, fifo.used, fifo.fits(256 - used - 4), fifo.fits(256 - used - 3)])
          .toEqual([model.length, used, true, false]);
        expect([fifo.length, fifo.word]).toEqual([model[0]?.frame.length ?? 0, model[0]?.word ?? 0]);
        const out = new Uint8Array(fifo.length);
        fifo.copy(0, fifo.length, out, 0);
        expect([...out]).toEqual(model[0]?.frame ?? []);
      }
    },
  ), { numRuns: 200, seed: 7 });
});
