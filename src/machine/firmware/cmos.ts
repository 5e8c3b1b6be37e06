import type { Mc146818 } from '../../hw/rtc/mc146818/mc146818.ts';
import { Transaction } from '../../mem/transaction.ts';
import type { BootDevice } from './bios.ts';

/**
 * CMOS RAM as a set-up program leaves it (IBM PC/AT Technical Reference, CMOS RAM; bytes from 34h
 * on as QEMU has them and SeaBIOS reads them, src/hw/rtc.h).
 */
export const CMOS = {
  FLOPPIES: 0x10, EQUIPMENT: 0x14, BASE_KIB: 0x15, EXTENDED_KIB: 0x17, EXTENDED_KIB_AGAIN: 0x30, ABOVE_16MIB: 0x34,
  BOOT_THIRD: 0x38, TRANSLATION: 0x39, BOOT: 0x3d, FURTHER_CPUS: 0x5f,
} as const;
/** The bytes that are summed up, and where the sum stands. */
const FIRST = 0x10, LAST = 0x2d, SUM_HIGH = 0x2e, SUM_LOW = 0x2f;
const KiB = 1024, MiB = 1024 * KiB;
/** Equipment: a coprocessor. */
const FPU = 2;
/** Boot devices as 3Dh and 38h name them. */
const BOOT_CODE: Readonly<Record<BootDevice, number>> = { floppy: 1, disk: 2, cd: 3 };
/** Larger disks are told in logical blocks (translation 1), smaller ones as they are (0). */
const CHS_SECTORS = 1024 * 16 * 63;

/** What the set-up is about. */
export interface CmosSetup {
  readonly ramBytes: number;
  readonly boot: readonly BootDevice[];
  /** Sectors of the fixed disks by drive, 0 where there is none. */
  readonly diskSectors: readonly number[];
}

/** Writes memory sizes, boot order and disk translations; after the floppies' (`setUpFloppies`). */
export function setUpCmos(rtc: Mc146818, { ramBytes, boot, diskSectors }: CmosSetup): void {
  const word = (address: number, value: number): CmosByte[] => [[address, value], [address + 1, value >> 8]];
  const extended = Math.min(0xffff, (ramBytes - MiB) / KiB);
  const [first = 0, second = 0, third = 0] = boot.map((device) => BOOT_CODE[device]);
  writeCmos(rtc, [
    [CMOS.EQUIPMENT, rtc.ram[CMOS.EQUIPMENT] | FPU],
    ...word(CMOS.BASE_KIB, 640),
    ...word(CMOS.EXTENDED_KIB, extended),
    ...word(CMOS.EXTENDED_KIB_AGAIN, extended),
    ...word(CMOS.ABOVE_16MIB, Math.max(0, ramBytes - 16 * MiB) / (64 * KiB)),
    [CMOS.BOOT, first | second << 4],
    [CMOS.BOOT_THIRD, third << 4],
    [CMOS.TRANSLATION, diskSectors.reduce((bits, n, i) => bits | (n > CHS_SECTORS ? 1 : 0) << 2 * i, 0)],
    [CMOS.FURTHER_CPUS, 0],
  ]);
}

type CmosByte = readonly [address: number, value: number];

/** Writes bytes of the CMOS RAM, values modulo 256, and its checksum. */
export function writeCmos(rtc: Mc146818, bytes: readonly CmosByte[]): void {
  const tx = new Transaction('firmware');
  const put = ([address, value]: CmosByte): void => {
    rtc.ports.write(0, 1, address, tx);
    rtc.ports.write(1, 1, value & 0xff, tx);
  };
  for (const byte of bytes) put(byte);
  const sum = rtc.ram.subarray(FIRST, LAST + 1).reduce((a, v) => a + v, 0);
  put([SUM_HIGH, sum >> 8]);
  put([SUM_LOW, sum]);
}
