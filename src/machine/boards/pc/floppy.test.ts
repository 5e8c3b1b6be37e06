import { expect, test } from 'vitest';
import { DiskOverlay } from '../../../control/disk-overlay.ts';
import { generatedDisk, ImageDisk } from '../../../control/image-disk.ts';
import { Transaction } from '../../../mem/transaction.ts';
import { PcMachine } from '../../pc-machine.ts';

const make = (floppies: (DiskOverlay | null)[]): PcMachine =>
  new PcMachine({ ramBytes: 4 << 20, disk: null, floppies, onSerial: () => {}, onPost: () => {} });
const disk = (): DiskOverlay => new DiskOverlay(generatedDisk(1_474_560));

function cmos(machine: PcMachine, index: number): number {
  const tx = new Transaction('test');
  machine.parts.spaces.io.write(0x70, 1, index, tx);
  return machine.parts.spaces.io.read(0x71, 1, tx);
}

test('firmware tells the types of the drives that are there in CMOS 10h', () => {
  const types = [[], [disk()], [disk(), disk()], [null, disk()]].map((disks) => cmos(make(disks), 0x10));
  expect(types).toEqual([0, 0x40, 0x44, 0x04]);
});

test('a file that is no floppy disk is refused by name', () => {
  const wrong = new DiskOverlay(new ImageDisk('x.img', new Uint8Array(512)));
  expect(() => make([wrong])).toThrow(/x\.img.*512 bytes.*1\.44 MB/);
});

test('a machine without disks says nothing of floppies in its configuration', () => {
  expect(make([]).config).not.toMatch(/floppy [01]/);
  expect(make([disk()]).config).toContain('floppy 0 of 1474560 bytes');
});
