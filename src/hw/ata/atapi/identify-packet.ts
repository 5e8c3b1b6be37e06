import { sealIdentity, writeText, writeWord } from '../identify.ts';

/** What IDENTIFY PACKET DEVICE tells of a drive. */
export interface PacketIdentity {
  readonly model: string;
  readonly serial: string;
  readonly firmware: string;
  /** Highest Ultra DMA mode, -1 for none. */
  readonly maxUltra: number;
  /** Selected modes, -1 for none. */
  readonly multiword: number;
  readonly ultra: number;
  readonly position: number;
  readonly peer: boolean;
  readonly cable80: boolean;
}

/** Writes the 256 words of IDENTIFY PACKET DEVICE (ATA-6 §8.16, table 33) to `out` at 0. */
export function identifyPacket(id: PacketIdentity, out: Uint8Array): void {
  const word = (n: number, v: number): void => writeWord(out, n, v);
  out.fill(0, 0, 512);
  // ATAPI, CD-ROM, removable, DRQ within 50 µs of PACKET, packets of 12 bytes.
  word(0, 0x85c0);
  writeText(out, 10, 10, id.serial);
  writeText(out, 23, 4, id.firmware);
  writeText(out, 27, 20, id.model);
  word(49, 0x0b00); // IORDY, LBA, DMA
  word(50, 0x4000);
  word(51, 0x0200); // PIO mode 2 without flow control
  word(53, 0x0006); // words 64-70 and 88 are valid
  word(63, 0x0007 | (id.multiword >= 0 ? 0x100 << id.multiword : 0));
  word(64, 0x0003); // PIO modes 3 and 4
  word(65, 120); // least and recommended Multiword DMA cycle, ns
  word(66, 120);
  word(67, 240); // least PIO cycle without and with IORDY, ns
  word(68, 120);
  word(80, 0x001e); // ATA-1 to ATA/ATAPI-4
  word(82, 0x4210); // NOP, DEVICE RESET, packets
  word(83, 0x4000);
  word(84, 0x4000);
  word(85, 0x4210);
  word(87, 0x4000);
  word(88, ((1 << (id.maxUltra + 1)) - 1) | (id.ultra >= 0 ? 0x100 << id.ultra : 0));
  const place = id.position === 0 ? (id.peer ? 0x003b : 0x004b) : 0x0b00;
  word(93, 0x4000 | (id.cable80 ? 0x2000 : 0) | place);
  sealIdentity(out);
}
