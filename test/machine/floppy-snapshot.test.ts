/** A machine that is saved while a floppy disk is read or written ends the same in the other engine. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { DiskOverlay } from '../../src/control/disk-overlay.ts';
import { FLOPPY_BLOCK, FLOPPY_BUFFER } from '../../src/control/experiments/floppy/block.ts';
import { generatedDisk } from '../../src/control/image-disk.ts';
import type { EngineKind } from '../../src/jit/engine-kind.ts';
import { GUEST_BLOCK_ADDRESS } from '../../src/machine/loader/guest-program.ts';
import { PcMachine } from '../../src/machine/pc-machine.ts';
import { ms, seconds } from '../../src/sim/time.ts';

const IMAGE = readFileSync(new URL('../../guest/images/floppy.elf', import.meta.url));
const BYTES = 18 * 512;
/** Some sectors have been moved, and one is under way. */
const MIDDLE = ms(830);

function machine(engine: EngineKind): { machine: PcMachine; disk: DiskOverlay } {
  const disk = new DiskOverlay(generatedDisk(1_474_560));
  return {
    disk,
    machine: new PcMachine({
      ramBytes: 16 << 20, disk: null, floppies: [disk], onSerial: () => {}, onPost: () => {}, engine,
    }),
  };
}

test.each([
  ['read', 'pio'], ['read', 'dma-8237'], ['write', 'pio'], ['write', 'dma-8237'],
] as const)('%s by %s', (direction, method) => {
  const a = machine('jit'), b = machine('interpreter');
  const block = FLOPPY_BLOCK.encode({ direction, method, byteCount: BYTES, threshold: 8, busyLoops: 0, tries: 5 });
  a.machine.loadGuest(IMAGE, block);
  for (let k = 0; k < BYTES; k++) a.machine.ram[FLOPPY_BUFFER + k] = k * 7;
  a.machine.run(MIDDLE);
  const state = a.machine.save();
  b.machine.load(state);
  b.disk.load(a.disk.save());
  const ends = [a, b].map((m) => {
    m.machine.run(seconds(5));
    const { status, bytesDone, overruns } = FLOPPY_BLOCK.decode(
      m.machine.ram.slice(GUEST_BLOCK_ADDRESS, GUEST_BLOCK_ADDRESS + FLOPPY_BLOCK.size),
    );
    const disk = new Uint8Array(BYTES);
    m.disk.read(0, disk, 0, BYTES);
    const ram = Buffer.from(m.machine.ram.slice(FLOPPY_BUFFER, FLOPPY_BUFFER + BYTES));
    return { status, bytesDone, overruns, now: m.machine.processors[0].now, ram, disk: Buffer.from(disk) };
  });
  expect(ends[0]).toMatchObject({ status: 1, bytesDone: BYTES, overruns: 0 });
  expect(ends[1]).toEqual(ends[0]);
  expect(ends[0].ram.equals(ends[0].disk)).toBe(true);
});
