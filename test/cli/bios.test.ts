import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { northbridge } from './northbridge.ts';

let dir = '', chip = '', counts = '';
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'northbridge-bios-'));
  chip = join(dir, 'bios.bin');
  // Sends "ok" to the log's port and halts.
  const image = new Uint8Array(65536).fill(0x90);
  image.set([0xba, 0x02, 0x04, 0xb0, 0x6f, 0xee, 0xb0, 0x6b, 0xee, 0xb0, 0x0a, 0xee, 0xfa, 0xf4]);
  image.set([0xea, 0x00, 0x00, 0x00, 0xf0], 65536 - 16);
  writeFileSync(chip, image);
  // Counts in a word of memory, without end: L: inc word [5000h]; jmp L
  counts = join(dir, 'counts.bin');
  image.set([0xff, 0x06, 0x00, 0x50, 0xeb, 0xfa]);
  writeFileSync(counts, image);
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

test('--bios starts at the reset vector; --bios-log shows what it says', () => {
  const { status, stderr } = northbridge(['run', 'pc', '--bios', chip, '--bios-log', '--until', '1ms']);
  expect(stderr).toContain('bios: ok\n');
  expect(stderr).toMatch(/halted/);
  expect(status).toBe(0);
});

test.each([
  [['--boot', 'disk'], '--boot without a BIOS: give --bios seabios, or --bios FILE, too'],
  [['--bios', 'CHIP', '--kernel', 'x'], '--kernel beside --bios: the BIOS loads what the machine starts; '],
  [['--bios', 'CHIP', '--video-bios', 'CHIP'], "option ROM 'CHIP', offset 0x0: it does not begin with 55h AAh"],
])('%j is refused in a line', (options, message) => {
  const given = options.map((o) => (o === 'CHIP' ? chip : o));
  const { status, stderr } = northbridge(['run', 'pc', ...given, '--until', '1ms']);
  expect([status, stderr.split('\n').length]).toEqual([2, 2]);
  expect(stderr).toContain(message.replace('CHIP', chip));
});

test('a snapshot is loaded with the BIOS and the choice of then, and with no other', () => {
  const at = join(dir, 'early.snap'), later = join(dir, 'later.snap');
  const run = (...more: string[]): { status: number | null; stderr: string } => northbridge(['run', 'pc', ...more]);
  expect(run('--bios', counts, '--save-at', '1ms', at, '--save-at', '2ms', later, '--until', '3ms').status).toBe(0);
  const again = join(dir, 'again.snap');
  const loaded = run('--load', at, '--bios', counts, '--save-at', '2ms', again, '--until', '3ms');
  expect([loaded.status, loaded.stderr]).toEqual([0, expect.stringContaining('goes on from')]);
  expect(readFileSync(again).equals(readFileSync(later))).toBe(true);
  for (const [given, message] of [
    [[], /was made with BIOS [0-9a-f]{8} boots disk; give --bios, and --boot, as then/],
    [['--bios', chip], /was made with BIOS [0-9a-f]{8} boots disk; give --bios/],
    [['--bios', counts, '--boot', 'cd'], /was made with BIOS [0-9a-f]{8} boots disk; give --bios/],
  ] as const) {
    const { status, stderr } = run('--load', at, ...given);
    expect([status, stderr.split('\n').length]).toEqual([2, 2]);
    expect(stderr).toMatch(message);
  }
});

test('an image of a wrong size is no BIOS', () => {
  const path = join(dir, 'short.bin');
  writeFileSync(path, new Uint8Array(1000));
  const { status, stderr } = northbridge(['run', 'pc', '--bios', path, '--until', '1ms']);
  expect([status, stderr]).toEqual([
    2, `northbridge: BIOS '${path}': it has 1000 bytes; a chip has 64, 128, 256, 512 KiB\n`,
  ]);
});
