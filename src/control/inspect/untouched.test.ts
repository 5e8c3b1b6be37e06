import fc from 'fast-check';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { CARD_NAMES, houseCard } from '../../machine/cards.ts';
import { DEVICE_NAMES, deviceOf } from '../../machine/catalogue.ts';
import { PcMachine } from '../../machine/pc-machine.ts';
import { Transaction } from '../../mem/transaction.ts';
import { allOnes } from '../../bits/field.ts';
import { ms, us } from '../../sim/time.ts';
import { DISK_READ_BLOCK } from '../experiments/disk-read/block.ts';
import { DiskOverlay } from '../disk-overlay.ts';
import { ImageDisk, pseudoRandomImage } from '../image-disk.ts';
import { stateChecksum } from '../state-checksum.ts';
import { lookAtMemory } from './memory.ts';
import { memoryMap, placeAt } from './memory-map.ts';
import { lookAtPart } from './part.ts';
import { codeAt, lookAtProcessor, translationsOf, walkOf } from './processor.ts';
import { lookAtBanks } from './registers.ts';

/** A machine with every card of the house, whose guest reads the disk. */
function busyMachine(): { machine: PcMachine; disk: DiskOverlay } {
  const guest = readFileSync(new URL('../../../guest/images/disk-read.elf', import.meta.url));
  const disk = new DiskOverlay(new ImageDisk('d', pseudoRandomImage(2 ** 20)));
  const machine = new PcMachine({
    ramBytes: 32 * 2 ** 20, disk, onSerial: () => {}, onPost: () => {}, devices: CARD_NAMES.map((n) => houseCard(n)),
  });
  machine.loadGuest(guest, DISK_READ_BLOCK.encode({
    method: 'dma', byteCount: 16 * 1024, sectorsPerCommand: 8, skipSha256: true,
  }));
  return { machine, disk };
}

/** A device's saved state as a text; long arrays by their digest. */
function stateText(state: unknown): string {
  return JSON.stringify(state, (_key, value: unknown) =>
    ArrayBuffer.isView(value)
      ? createHash('sha1').update(new Uint8Array(value.buffer, value.byteOffset, value.byteLength)).digest('hex')
      : value);
}

/** Every look that there is, with `address` where one is asked for. */
function lookAtEverything(machine: PcMachine, address: number): void {
  for (const c of machine.board.components) lookAtPart(machine, c.name);
  for (const { name } of memoryMap(machine)) {
    lookAtMemory(machine, name, address, 64);
    placeAt(machine, name, address);
  }
  for (const { target, base, space } of machine.board.spaces.flatMap((s) =>
    s.mapped.map((r) => ({ target: r.target, base: r.base, space: s.name })))) {
    lookAtMemory(machine, space, base, 128);
    expect(target.guard?.engaged ?? false).toBe(false);
  }
  lookAtProcessor(machine);
  walkOf(machine, address);
  translationsOf(machine);
  codeAt(machine, 32);
  codeAt(machine, 32, address);
}

describe('looking changes nothing', () => {
  test('of a machine with every card, at any moment: same checksum at once, same end of the run', () => {
    const looked = busyMachine(), left = busyMachine();
    const address = fc.oneof(
      fc.nat(0xffff), fc.integer({ min: 0, max: 0xffffffff }), fc.integer({ min: 0xe0000000, max: 0xffffffff }),
    );
    fc.assert(fc.property(address, fc.integer({ min: 1, max: 400 }), (at, microseconds) => {
      const until = looked.machine.sim.scheduler.now + us(microseconds);
      looked.machine.run(until);
      left.machine.run(until);
      lookAtEverything(looked.machine, at);
      expect(stateChecksum(looked.machine)).toBe(stateChecksum(left.machine));
    }), { numRuns: 15 });
    for (const { machine } of [looked, left]) machine.run(machine.sim.scheduler.now + ms(20));
    lookAtEverything(looked.machine, 0x100000);
    expect(stateChecksum(looked.machine, { disk: looked.disk })).toBe(stateChecksum(left.machine, { disk: left.disk }));
    expect(looked.machine.sim.trace.noteTotals).toEqual(left.machine.sim.trace.noteTotals);
  });

  test.each(DEVICE_NAMES)('of a %s that software has written anything to', (name) => {
    const writes = fc.array(fc.tuple(fc.nat(), fc.nat(0xffffffff)), { maxLength: 40 });
    fc.assert(fc.property(writes, (list) => {
      const device = deviceOf(name)!, tx = new Transaction('test');
      device.resetEnter();
      device.resetHold();
      device.resetExit();
      const rows = [...device.banks.values()].flatMap((bank) =>
        Object.values(bank.layout.registers).map((row) => ({ bank, row })));
      // Some have no registers: a keyboard, a ROM.
      for (const [choice, value] of rows.length === 0 ? [] : list) {
        const { bank, row } = rows[choice % rows.length];
        const size = (row.options.width ?? bank.layout.width) / 8;
        bank.write(row.offset, size, value & allOnes(size), tx);
      }
      const before = stateText(device.save()), time = device.sim.scheduler.now;
      const first = lookAtBanks(device);
      expect(lookAtBanks(device)).toEqual(first);
      expect(stateText(device.save())).toBe(before);
      expect(device.sim.scheduler.now).toBe(time);
    }), { numRuns: 20 });
  });
});
