import { expect, test } from 'vitest';
import { PageTally, pageNumbers } from './page-tally.ts';

test('bytes are counted by page and by who touched it; a burst over a page border is in both', () => {
  const tally = new PageTally();
  tally.clear(4 * 4096);
  tally.processor(0x1000, 4, false, true);
  tally.processor(0x2ffc, 4, true, true);
  tally.processor(0x2ff8, 1, true, false);
  tally.device(0x1fc0, 128, true);
  expect(tally.of([1])).toEqual({
    user: { loads: 0, stores: 0 }, kernel: { loads: 4, stores: 0 }, device: { loads: 0, stores: 64 }, kernelStores: 0,
  });
  expect(tally.of([2, 2])).toMatchObject({ user: { stores: 1 }, kernel: { stores: 4 }, kernelStores: 1 });
  expect(tally.all().device).toEqual({ loads: 0, stores: 128 });
  expect(tally.storedByDevices()).toEqual([1, 2]);
});

test('page numbers as programs print them', () => {
  expect(pageNumbers('1f-21 7 a')).toEqual([0x1f, 0x20, 0x21, 7, 10]);
  expect(pageNumbers('')).toEqual([]);
  expect(() => pageNumbers('x')).toThrow("'x' is no page number");
  expect(() => pageNumbers('3-1')).toThrow('is no page number');
});
