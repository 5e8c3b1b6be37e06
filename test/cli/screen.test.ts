import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { decode } from 'fast-png';
import { afterAll, expect, test } from 'vitest';
import { multibootElf } from './kernels.ts';
import { northbridge, refusal, scratch } from './northbridge.ts';

const files = scratch();
afterAll(files.remove);

const word = (port: number, value: number): number[] => [
  0x66, 0xba, port & 255, port >> 8, 0x66, 0xb8, value & 255, value >> 8, 0x66, 0xef,
];
/** Sets 640 × 480 × 32 by the DISPI registers and waits for ever. */
const SHOWING = [
  ...[[4, 0], [1, 640], [2, 480], [3, 32], [4, 0x41]]
    .flatMap(([index, value]) => [...word(0x1ce, index), ...word(0x1cf, value)]),
  0xeb, 0xfe,
];
const kernel = files.path('showing.elf');
writeFileSync(kernel, multibootElf(SHOWING));
const RUN = ['run', 'pc', '--kernel', kernel, '--until', '60ms'];

test('--screenshot, --frames and --keys are refused in one line', async () => {
  for (const [args, says] of [
    [['--screenshot', files.path('a.png')], 'no display card: add --device vga'],
    [['--screenshot', files.path('a.jpg')], 'end the name in .png'],
    [['--screenshot', `${files.path('a.png')}@2s`], '2s is not within the run'],
    [['--frames', files.folder], 'is not empty'],
    [['--keys', 'root'], 'write TIME:TEXT'],
    [['--keys', '1ms:<Entr>'], 'there is no key <Entr>'],
    [['--keys', '1ms:ä'], 'no key of a US keyboard'],
  ] as const) {
    const { status, stderr } = await refusal([...RUN, ...args], files.folder);
    expect(stderr).toContain(says);
    expect([status, stderr.trimEnd().split('\n').length]).toEqual([2, 1]);
  }
});

test('pictures at a time, at the end, and all that the beam finishes', () => {
  const early = files.path('early.png'), last = files.path('last.png'), frames = files.path('frames');
  const { stderr, status } = northbridge([
    ...RUN, '--device', 'vga', '--screenshot', `${early}@40ms`, '--screenshot', last, '--frames', frames,
    '--keys', '1ms:a',
  ]);
  expect(stderr).toContain('640 × 480 at');
  expect(status).toBe(0);
  for (const path of [early, last]) expect(decode(readFileSync(path))).toMatchObject({ width: 640, height: 480 });
  const index = JSON.parse(readFileSync(`${frames}/frames.json`, 'utf8'));
  expect(index.frames.map((f: { file: string }) => f.file)).toEqual(
    readdirSync(frames).filter((name) => name.endsWith('.png')).sort(),
  );
  expect(index.frames.length).toBeGreaterThan(1);
  expect(existsSync(`${frames}/000001.png`)).toBe(true);
});
