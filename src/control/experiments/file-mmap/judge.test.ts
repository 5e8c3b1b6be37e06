import { expect, test } from 'vitest';
import type { RunResult } from '../experiment.ts';
import { judge } from './judge.ts';

const run = (method: string, fromDisk: number, measures: Record<string, number>): RunResult =>
  ({ method, matches: true, measures: { fromDisk, ...measures } }) as unknown as RunResult;

test('who brought the file is told alike for read and mmap; a file in the cache is brought by nobody', () => {
  const brought = (fromDisk: number): string => judge(['read-dma', 'mmap-dma'].map((method) => run(method, fromDisk, {
    byProcessor: 0, byDevice: fromDisk, copied: method === 'read-dma' ? 65_536 : 0, copyShare: 0.097,
  }))).sentence;
  expect(brought(65_536)).toBe(
    'How the file is looked at says nothing about how it came: for read and for mmap alike, with dma the processor ' +
    "stored 0 bytes there and the controller 64 KiB.\nCopied by the processor from the page cache to the program's " +
    'buffer: read-dma 64 KiB (9.7 % of its time), mmap-dma 0 bytes.',
  );
  expect(brought(0)).toMatch(/^The file was in the page cache: by read and by mmap alike nothing came/);
  const [read, mapped] = [run('read-dma', 8192, { byDevice: 8192 }), run('mmap-dma', 4096, { byDevice: 4096 })];
  expect(judge([read, mapped]).sentence).toMatch(/^For read and mmap not the same came from the disk/);
});
