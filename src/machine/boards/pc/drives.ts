import type { BlockBackend } from '../../../host/block.ts';
import { AtapiDrive } from '../../../hw/ata/atapi/drive.ts';
import { CD_SECTOR } from '../../../hw/ata/atapi/spec.ts';
import type { CableDrive } from '../../../hw/ata/cable-drive.ts';
import { AtaDrive } from '../../../hw/ata/drive.ts';
import type { SurfaceFigures } from '../../../hw/ata/surface.ts';
import { count, duration, size } from '../../../sim/parameter.ts';
import { ms, TICKS_PER_SECOND } from '../../../sim/time.ts';
import type { Board } from '../../board.ts';
import type { PcValues } from './backbone.ts';

const MiB = 2 ** 20;

/** CD-ROM drives: how fast they are. */
export const CD_OPTIONS = {
  cdSpeed: count(8, {
    doc: 'CD-ROM drive: times 75 sectors (150 KiB) a second', source: 'a choice: drives of 1996', minimum: 1,
    maximum: 72,
  }),
  cdSeek: duration(ms(150), {
    doc: 'CD-ROM drive: seek over a third of the disc', source: 'unverified: an assumption', maximum: ms(10000),
  }),
  cdSpinUp: duration(ms(1500), {
    doc: 'CD-ROM drive: from power on or a closed tray until the disc can be read',
    source: 'unverified: an assumption', maximum: ms(60000),
  }),
  cdBuffer: size(128 * 1024, {
    doc: 'CD-ROM drive: buffer between disc and interface', source: 'unverified: an assumption', minimum: 64 * 1024,
    maximum: 16 * MiB, step: CD_SECTOR,
  }),
} as const;

/** The drives on the IDE cables, by position. */
export function ideDrives(b: Board, o: PcValues, disks: readonly (BlockBackend | null)[]): (CableDrive | null)[] {
  const timing = {
    overhead: o.driveCommand, nonData: o.driveNonData, blockGap: o.driveBlockGap, finish: o.driveFinish,
    sector: o.driveSector,
  };
  const mechanics = { speed: o.cdSpeed, seek: o.cdSeek, spinUp: o.cdSpinUp, buffer: o.cdBuffer / CD_SECTOR };
  const disk = surface(o);
  return disks.map((image, n) => {
    if (image === null) return null;
    const more = { ...image.label, timing, lateness: b.faults?.lateness(`drive${n}`) ?? null };
    return image.medium === 'cd' ? new AtapiDrive({ ...more, disc: image, mechanics }) :
      new AtaDrive({ ...more, disk: image, surface: disk });
  });
}

/** The disks' mechanics as the options say, or null. */
function surface(o: PcValues): SurfaceFigures | null {
  if (o.driveMechanics === 'none') return null;
  return {
    revolution: Math.round((60 * TICKS_PER_SECOND) / o.driveRpm), sectorsPerTrack: o.driveTrack, heads: o.driveHeads,
    seekTrack: o.driveSeekTrack, seekAverage: o.driveSeek, headSwitch: o.driveHeadSwitch,
    buffer: o.driveBuffer / 512,
  };
}
