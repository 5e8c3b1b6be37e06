/**
 * Codes of CD-ROM drives: ATA Packet Interface for CD-ROMs, SFF-8020i revision 2.6 (1996); the
 * commands that came later are those of MMC-2. Registers and protocols: ATA/ATAPI-4 to -6.
 */

/** Commands of a device with packets, beside those of `../spec.ts`. */
export const PACKET_DEVICE = {
  DEVICE_RESET: 0x08,
  PACKET: 0xa0,
  IDENTIFY_PACKET_DEVICE: 0xa1,
} as const;

/** Interrupt reason, in the sector count register (SFF-8020i §5.4, ATA-6 §7.14). */
export const REASON = { COMMAND: 1, TO_HOST: 2 } as const;

/** Features of the PACKET command. */
export const PACKET_FEATURE = { DMA: 1 } as const;

/** LBA mid and high after a reset of a device with packets (ATA-6 §9.12). */
export const SIGNATURE = { MID: 0x14, HIGH: 0xeb } as const;

/** Bytes of a command packet, and of a sector of data (mode 1, user data). */
export const PACKET_BYTES = 12, CD_SECTOR = 2048;

/** Sectors that the drive's buffer hands to the interface at once. */
export const WINDOW = 16;

/** Codes of the packet commands. */
export const PACKET = {
  TEST_UNIT_READY: 0x00,
  REQUEST_SENSE: 0x03,
  INQUIRY: 0x12,
  START_STOP_UNIT: 0x1b,
  PREVENT_ALLOW: 0x1e,
  READ_CAPACITY: 0x25,
  READ_10: 0x28,
  SEEK: 0x2b,
  READ_SUBCHANNEL: 0x42,
  READ_TOC: 0x43,
  GET_CONFIGURATION: 0x46,
  GET_EVENT_STATUS: 0x4a,
  READ_DISC_INFORMATION: 0x51,
  MODE_SENSE_10: 0x5a,
  READ_12: 0xa8,
  SET_CD_SPEED: 0xbb,
  MECHANISM_STATUS: 0xbd,
  READ_CD: 0xbe,
} as const;

/** Sense keys (SFF-8020i §10.8.20). */
export const KEY = {
  NONE: 0, NOT_READY: 2, MEDIUM_ERROR: 3, ILLEGAL_REQUEST: 5, UNIT_ATTENTION: 6,
} as const;

/** Sense key, additional sense code and its qualifier as one number each: SFF-8020i, table 140. */
export interface Sense {
  readonly key: number;
  readonly asc: number;
  readonly ascq: number;
}

const sense = (key: number, asc: number, ascq = 0): Sense => ({ key, asc, ascq });

export const SENSE = {
  NONE: sense(KEY.NONE, 0),
  BECOMING_READY: sense(KEY.NOT_READY, 0x04, 0x01),
  STOPPED: sense(KEY.NOT_READY, 0x04, 0x02),
  NO_MEDIUM: sense(KEY.NOT_READY, 0x3a, 0x01),
  TRAY_OPEN: sense(KEY.NOT_READY, 0x3a, 0x02),
  UNRECOVERED_READ: sense(KEY.MEDIUM_ERROR, 0x11),
  INVALID_OPCODE: sense(KEY.ILLEGAL_REQUEST, 0x20),
  OUT_OF_RANGE: sense(KEY.ILLEGAL_REQUEST, 0x21),
  INVALID_FIELD: sense(KEY.ILLEGAL_REQUEST, 0x24),
  SAVING_NOT_SUPPORTED: sense(KEY.ILLEGAL_REQUEST, 0x39),
  REMOVAL_PREVENTED: sense(KEY.ILLEGAL_REQUEST, 0x53, 0x02),
  MEDIUM_CHANGED: sense(KEY.UNIT_ATTENTION, 0x28),
  POWER_ON: sense(KEY.UNIT_ATTENTION, 0x29),
} as const;

/** Sectors before address 00:00:00 of a program: two seconds (MSF 00:02:00 is LBA 0). */
export const PREGAP = 150;
/** Sectors that pass in a second at single speed. */
export const SECTORS_A_SECOND = 75;
