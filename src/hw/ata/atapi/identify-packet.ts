import type { CableDrive } from '../cable-drive.ts';
import { sealIdentity, writeCommon, writeWord } from '../identify.ts';

/** Writes the 256 words of IDENTIFY PACKET DEVICE (ATA-6 §8.16, table 33) to `out` at 0. */
export function identifyPacket(d: CableDrive, out: Uint8Array): void {
  const word = (n: number, v: number): void => writeWord(out, n, v);
  writeCommon(d, out);
  // ATAPI, CD-ROM, removable, DRQ within 50 µs of PACKET, packets of 12 bytes.
  word(0, 0x85c0);
  word(49, 0x0b00); // IORDY, LBA, DMA
  word(53, 0x0006); // words 64-70 and 88 are valid
  word(80, 0x001e); // ATA-1 to ATA/ATAPI-4
  word(82, 0x4210); // NOP, DEVICE RESET, packets
  word(83, 0x4000);
  word(85, 0x4210);
  sealIdentity(out);
}
