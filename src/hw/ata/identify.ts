import { DEFAULT_HEADS, DEFAULT_SECTORS_PER_TRACK, defaultCylinders } from './address.ts';
import type { CableDrive } from './cable-drive.ts';
import type { AtaDrive } from './drive.ts';

/** Writes the 256 words of IDENTIFY DEVICE (§8.15, table 27) to `out` at 0. */
export function identify(d: AtaDrive, out: Uint8Array): void {
  const { s } = d;
  const word = (n: number, v: number): void => writeWord(out, n, v);
  const pair = (n: number, v: number): void => {
    word(n, v % 0x10000);
    word(n + 1, Math.floor(v / 0x10000) % 0x10000);
  };
  writeCommon(d, out);
  const cylinders = defaultCylinders(d.sectors);
  const currentCylinders = Math.min(
    65535,
    Math.floor(Math.min(d.sectors, 16383 * 16 * 63) / (s.heads * s.sectorsPerTrack)),
  );
  const sectors28 = Math.min(d.sectors, 0x0fffffff);
  word(0, 0x0040); // fixed device, ATA
  word(1, cylinders);
  word(3, DEFAULT_HEADS);
  word(6, DEFAULT_SECTORS_PER_TRACK);
  word(47, 0x8000 | d.maxMultiple);
  word(49, 0x2f00); // standby timer values are the standard's, IORDY supported and may be disabled, LBA, DMA
  word(53, 0x0007); // words 54-58, 64-70 and 88 are valid
  word(54, currentCylinders);
  word(55, s.heads);
  word(56, s.sectorsPerTrack);
  pair(57, currentCylinders * s.heads * s.sectorsPerTrack);
  word(59, s.multiple > 0 ? 0x0100 | s.multiple : 0);
  pair(60, sectors28);
  word(80, 0x007e); // ATA-1 to ATA/ATAPI-6
  word(82, 0x0068); // look-ahead, write cache, power management
  word(83, 0x7400); // FLUSH CACHE EXT, FLUSH CACHE, 48-bit addresses
  word(85, 0x0008 | (s.writeCache ? 0x20 : 0) | (s.lookAhead ? 0x40 : 0));
  word(86, 0x3400);
  pair(100, d.sectors % 2 ** 32);
  pair(102, Math.floor(d.sectors / 2 ** 32));
  sealIdentity(out);
}

/** What disks and drives with packets tell alike, in the buffer made empty: names, modes, cable. */
export function writeCommon(d: CableDrive, out: Uint8Array): void {
  const word = (n: number, v: number): void => writeWord(out, n, v);
  out.fill(0, 0, 512);
  writeText(out, 10, 10, d.serial);
  writeText(out, 23, 4, d.firmware);
  writeText(out, 27, 20, d.model);
  word(50, 0x4000);
  word(51, 0x0200); // PIO mode 2 without flow control
  word(63, 0x0007 | (d.s.multiword >= 0 ? 0x100 << d.s.multiword : 0));
  word(64, 0x0003); // PIO modes 3 and 4
  word(65, 120); // least and recommended Multiword DMA cycle, ns
  word(66, 120);
  word(67, 240); // least PIO cycle without and with IORDY, ns
  word(68, 120);
  word(84, 0x4000);
  word(87, 0x4000);
  word(88, ((1 << (d.maxUltra + 1)) - 1) | (d.s.ultra >= 0 ? 0x100 << d.s.ultra : 0));
  // Hardware reset result: cable, position by jumper, diagnostics passed; device 0 also tells
  // whether it saw DASP- and PDIAG-, or answers for device 1.
  word(93, 0x4000 | (d.cable80 ? 0x2000 : 0) | (d.position === 0 ? (d.peer ? 0x003b : 0x004b) : 0x0b00));
}

/** Word `n` of what IDENTIFY gives. */
export function writeWord(out: Uint8Array, n: number, v: number): void {
  out[2 * n] = v & 0xff;
  out[2 * n + 1] = (v >> 8) & 0xff;
}

/** An ATA string: the first character of a pair is in the high byte (§3.2). */
function writeText(out: Uint8Array, n: number, words: number, text: string): void {
  const padded = text.padEnd(2 * words, ' ');
  for (let k = 0; k < words; k++)
    writeWord(out, n + k, ((padded.charCodeAt(2 * k) & 0x7f) << 8) | (padded.charCodeAt(2 * k + 1) & 0x7f));
}

/**
 * Integrity word (§8.15, word 255): signature A5h and a checksum that makes the sum of all bytes 0.
 */
export function sealIdentity(out: Uint8Array): void {
  out[510] = 0xa5;
  let sum = 0;
  for (let k = 0; k < 511; k++) sum += out[k] as number;
  out[511] = -sum & 0xff;
}
