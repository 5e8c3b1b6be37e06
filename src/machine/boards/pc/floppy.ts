import { FloppyDrive } from '../../../hw/floppy/drive.ts';
import { I82077aa } from '../../../hw/floppy/i82077aa/i82077aa.ts';
import { FloppyMedium } from '../../../hw/floppy/medium.ts';
import { DISK_FORMATS, diskFormat } from '../../../hw/floppy/track.ts';
import type { DmaChannel } from '../../../hw/dma/isa-dma.ts';
import type { Mc146818 } from '../../../hw/rtc/mc146818/mc146818.ts';
import { NO_DISK } from '../../../host/block.ts';
import type { IrqLine } from '../../../irq/line.ts';
import { duration } from '../../../sim/parameter.ts';
import { ms, seconds } from '../../../sim/time.ts';
import type { Board } from '../../board.ts';
import type { Surroundings } from '../../definition.ts';
import { CMOS, writeCmos } from '../../firmware/cmos.ts';
import { LoadError } from '../../loader/load-error.ts';
import type { Backbone, PcValues } from './backbone.ts';

/** The floppy drives' rows of the board's options. */
export const FLOPPY_OPTIONS = {
  floppyRevolution: duration(ms(200), {
    doc: 'Floppy drives: one turn of the disk', source: 'TEAC FD-235HF specification §4.3: 300 rpm, ±1.5 %',
    // A track of 12,422 bytes of 16 µs must fit.
    minimum: ms(199), maximum: ms(220),
  }),
  floppySpinUp: duration(ms(300), {
    doc: "Floppy drives: from the motor's start until data can be read", maximum: seconds(5),
    source: 'unverified: TEAC FD-235HF allows 480 ms, Linux waits for 400',
  }),
  floppySettle: duration(ms(15), {
    doc: 'Floppy drives: from the last step until data can be read', maximum: seconds(1),
    source: 'unverified: TEAC FD-235HF specification §4.7, 15 ms or less',
  }),
} as const;

const BASE = 0x3f0;
const IRQ = 6, CHANNEL = 2;

/** The floppy controller with places of two drives: one is there if it has a disk or `NO_DISK`. */
export function floppyController(
  b: Board, o: PcValues, { io, isaBus }: Backbone, { hosts }: Surroundings, channel: (n: number) => DmaChannel,
): [number, IrqLine][] {
  const mechanics = { revolution: o.floppyRevolution, spinUp: o.floppySpinUp, settle: o.floppySettle };
  const fdc = b.add(new I82077aa('fdc', b, hosts.floppies.map((disk) => {
    if (disk === null) return null;
    if (disk === NO_DISK) return new FloppyDrive(null, mechanics);
    if (diskFormat(disk.size) === null) {
      const sizes = DISK_FORMATS.map((f) => `${f.size} (${f.title})`).join(' or ');
      throw new LoadError(`floppy ${disk.name}`, -1, `it has ${disk.size} bytes; a disk has ${sizes}`);
    }
    return new FloppyDrive(new FloppyMedium(disk), mechanics);
  })));
  b.map(io, BASE, 6, fdc.ports, { bus: isaBus });
  // 3F6h is the IDE channel's.
  b.map(io, BASE + 7, 1, fdc.ports, { bus: isaBus, offset: 7 });
  b.isaDma(fdc.dma, channel(CHANNEL));
  return [[IRQ, fdc.irq]];
}

/** Type of a 3½-inch drive for 1.44 MB. */
const DRIVE_1440 = 4;

/** Firmware's part: tells the CMOS RAM which drives there are; nothing if there are none. */
export function setUpFloppies(rtc: Mc146818, drives: readonly boolean[]): void {
  const count = drives.filter(Boolean).length;
  if (count === 0) return;
  writeCmos(rtc, [
    [CMOS.FLOPPIES, (drives[0] ? DRIVE_1440 << 4 : 0) | (drives[1] ? DRIVE_1440 : 0)],
    [CMOS.EQUIPMENT, rtc.ram[CMOS.EQUIPMENT] | 1 | (count - 1) << 6],
  ]);
}
