import type { BlockBackend } from '../../src/host/block.ts';
import { houseCard } from '../../src/machine/cards.ts';
import type { BootDevice } from '../../src/machine/firmware/bios.ts';
import { PcMachine } from '../../src/machine/pc-machine.ts';
import { TICKS_PER_SECOND } from '../../src/sim/time.ts';
import { seabios } from './debian-files.ts';

/** SeaBIOS polls: a slow processor polls less while a drive turns. */
const SLOW = 10e6;

interface Plugged {
  readonly disk?: BlockBackend;
  readonly cd?: BlockBackend;
  readonly floppy?: BlockBackend;
  readonly mebibytes?: number;
  /** Hz. */
  readonly processorClock?: number;
}

/** A PC with SeaBIOS, a display card and these drives; null if the BIOS cannot be had. */
export async function machine(
  boot: BootDevice, { disk, cd, floppy, mebibytes = 32, processorClock = SLOW }: Plugged = {},
) {
  let log = '';
  const bios = await seabios([boot], (byte) => { log += String.fromCharCode(byte); });
  if (bios === null) return null;
  const m = new PcMachine({
    ramBytes: mebibytes * 2 ** 20, disk: disk ?? null, cd: cd ?? null,
    ...(floppy === undefined ? {} : { floppies: [floppy] }), onSerial: () => {}, onPost: () => {},
    bios, devices: [houseCard('vga')], options: { processorClock },
  });
  /** Runs until the screen has a text, at most so many simulated seconds. */
  const until = (text: string, seconds: number): string => {
    const end = m.sim.scheduler.now + seconds * TICKS_PER_SECOND;
    for (let screen = ''; ; ) {
      const reason = m.run(Math.min(end, m.sim.scheduler.now + TICKS_PER_SECOND / 10));
      screen = m.video?.text()?.join('\n') ?? '';
      if (screen.includes(text) || reason !== 'time' || m.sim.scheduler.now >= end) return screen;
    }
  };
  return { m, until, log: () => log };
}

/** A drive's medium that cannot be written. */
export function image(bytes: Uint8Array, name: string): BlockBackend {
  return {
    name, size: bytes.length, readOnly: true,
    read: (offset, buffer, at, length) => buffer.set(bytes.subarray(offset, offset + length), at),
    write: () => {}, flush: () => {},
  };
}
