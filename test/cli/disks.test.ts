/** `run --disk` again and again: which drives they become, what is kept, what is refused. */
import { readFileSync, writeFileSync } from 'node:fs';
import { afterAll, expect, test } from 'vitest';
import { isoImage } from '../benches/iso-image.ts';
import { elf, out } from '../lab/own-programs.ts';
import { northbridge, scratch } from './northbridge.ts';

const files = scratch();
afterAll(() => files.remove());

const PRIMARY = 0x1f0, SECONDARY = 0x170;
const MASTER = 0xe0, SLAVE = 0xf0;
const EXIT = [0xe6, 0xf4, 0xf4];
/** L: in al, dx; test al, 80h (BSY); jnz L */
const NOT_BUSY = [0xec, 0xa8, 0x80, 0x75, 0xfb];
const port = (number: number): number[] => [0x66, 0xba, number & 0xff, number >> 8];

/** Selects a drive when the drives are through with their diagnosis, which clears the registers. */
const ready = (base: number, drive: number): number[] => [...port(base + 7), ...NOT_BUSY, ...out(base + 6, drive)];

/** Exits with word 60 of IDENTIFY DEVICE: how many sectors the drive has. */
function identifies(name: string, base: number, drive: number): string {
  const path = files.path(name);
  // mov ecx, 61; L: in ax, dx; loop L
  writeFileSync(path, elf(...ready(base, drive), ...out(base + 7, 0xec), ...NOT_BUSY, ...port(base),
    0xb9, 61, 0, 0, 0, 0x66, 0xed, 0xe2, 0xfc, ...EXIT));
  return path;
}
/** Writes a sector of zeros to the beginning of the primary slave, exits with 0. */
function writes(): string {
  const path = files.path('writes.elf');
  // xor eax, eax; mov ecx, 256; L: out dx, ax; loop L
  writeFileSync(path, elf(...ready(PRIMARY, SLAVE), ...out(0x1f2, 1), ...[3, 4, 5].flatMap((n) => out(PRIMARY + n, 0)),
    ...out(0x1f7, 0x30), ...NOT_BUSY, ...port(PRIMARY), 0x31, 0xc0, 0xb9, 0, 1, 0, 0, 0x66, 0xef, 0xe2, 0xfc,
    ...port(0x1f7), ...NOT_BUSY, 0x31, 0xc0, ...EXIT));
  return path;
}
function disk(sectors: number): string {
  const path = files.path(`d${sectors}.img`);
  writeFileSync(path, new Uint8Array(512 * sectors).fill(0xff));
  return path;
}
const run = (program: string, ...more: string[]): ReturnType<typeof northbridge> =>
  northbridge(['run', 'pc', '--kernel', program, '--until', '1', '--json', ...more]);

test('disks are primary master and slave, then the secondary; a CD-ROM drive is secondary master', () => {
  const given = [33, 34, 35, 36].flatMap((sectors) => ['--disk', disk(sectors)]);
  const exitOf = (...of: Parameters<typeof run>): unknown => JSON.parse(run(...of).stdout).exitValue;
  const slave = identifies('slave.elf', PRIMARY, SLAVE), last = identifies('last.elf', SECONDARY, SLAVE);
  expect(exitOf(identifies('master.elf', PRIMARY, MASTER), ...given)).toBe(33);
  expect(exitOf(slave, ...given)).toBe(34);
  expect(exitOf(identifies('third.elf', SECONDARY, MASTER), ...given)).toBe(35);
  expect(exitOf(last, ...given)).toBe(36);
  const cd = files.path('cd.iso');
  writeFileSync(cd, isoImage({ 'A.TXT': Uint8Array.of(1) }));
  expect(exitOf(last, ...given.slice(0, 6), '--cd', cd)).toBe(35);
  const full = run(last, ...given, '--cd', cd);
  expect([full.status, full.stderr]).toEqual([2, "northbridge: --disk is given 4 times; a PC's two cables have four " +
    'places, and the CD-ROM drive has one of them\n']);
});

test('--write-disk keeps what was written to any of them; a snapshot wants them all again', () => {
  const [first, second] = [disk(33), disk(34)];
  const kept = run(writes(), '--disk', first, '--disk', second, '--write-disk');
  expect(JSON.parse(kept.stdout)).toMatchObject({ exitValue: 0, diskBytesRewritten: 4096 });
  expect(readFileSync(first).every((b) => b === 0xff)).toBe(true);
  const after = readFileSync(second);
  expect([after.subarray(0, 512).every((b) => b === 0), after.subarray(512).every((b) => b === 0xff)])
    .toEqual([true, true]);
  const snapshot = files.path('two.snap'), waits = files.path('waits.elf');
  writeFileSync(waits, elf(0xeb, 0xfe));
  expect(run(waits, '--disk', first, '--disk', second, '--save-at', '1ms', snapshot).status).toBe(0);
  const load = (...disks: string[]): ReturnType<typeof northbridge> =>
    northbridge(['run', 'pc', '--load', snapshot, '--until', '2ms', ...disks.flatMap((path) => ['--disk', path])]);
  expect(load(first, second).status).toBe(0);
  expect(load(first)).toMatchObject({ status: 2, stderr: expect.stringContaining(
    "was made with the disks 'd33.img', 'd34.img'; give each with --disk FILE") });
  expect(load(second, first)).toMatchObject({ status: 2, stderr: expect.stringContaining("disk 'd34.img' has 17408") });
});
