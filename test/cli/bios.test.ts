import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { northbridge } from './northbridge.ts';

let dir = '', chip = '';
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'northbridge-bios-'));
  chip = join(dir, 'bios.bin');
  // Sends "ok" to the log's port and halts.
  const image = new Uint8Array(65536).fill(0x90);
  image.set([0xba, 0x02, 0x04, 0xb0, 0x6f, 0xee, 0xb0, 0x6b, 0xee, 0xb0, 0x0a, 0xee, 0xfa, 0xf4]);
  image.set([0xea, 0x00, 0x00, 0x00, 0xf0], 65536 - 16);
  writeFileSync(chip, image);
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
  [['--bios', 'CHIP', '--save-at', '1s', 'x'], '--save-at beside --bios: a snapshot has no place for the BIOS; '],
  [['--bios', 'CHIP', '--video-bios', 'CHIP'], "option ROM 'CHIP', offset 0x0: it does not begin with 55h AAh"],
])('%j is refused in a line', (options, message) => {
  const given = options.map((o) => (o === 'CHIP' ? chip : o));
  const { status, stderr } = northbridge(['run', 'pc', ...given, '--until', '1ms']);
  expect([status, stderr.split('\n').length]).toEqual([2, 2]);
  expect(stderr).toContain(message.replace('CHIP', chip));
});

test('an image of a wrong size is no BIOS', () => {
  const path = join(dir, 'short.bin');
  writeFileSync(path, new Uint8Array(1000));
  const { status, stderr } = northbridge(['run', 'pc', '--bios', path, '--until', '1ms']);
  expect([status, stderr]).toEqual([
    2, `northbridge: BIOS '${path}': it has 1000 bytes; a chip has 64, 128, 256, 512 KiB\n`,
  ]);
});
