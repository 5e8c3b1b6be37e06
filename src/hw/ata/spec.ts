/**
 * Codes of the ATA command set: AT Attachment with Packet Interface - 6 (ATA/ATAPI-6), T13/1410D
 * revision 3b. Registers as rows stand with the transport (`hw/ide/spec.ts`); here are the values
 * that the drive itself computes with.
 */

/** Status register (§7.15). */
export const STATUS_BIT = { ERR: 0x01, DRQ: 0x08, DSC: 0x10, DF: 0x20, DRDY: 0x40, BSY: 0x80 } as const;
/** The drive has ended what it did, and takes commands. */
export const READY = STATUS_BIT.DRDY | STATUS_BIT.DSC;
/** Error register (§7.9 and the error outputs of each command). */
export const ERROR_BIT = { ABRT: 0x04, IDNF: 0x10, UNC: 0x40, ICRC: 0x80 } as const;
/** Device register (§7.7): DEV, LBA; bits 3:0 are LBA 27:24 or the head. */
export const DEVICE_BIT = { DEV: 0x10, LBA: 0x40 } as const;
/** Device control register (§7.8). */
export const CONTROL_BIT = { NIEN: 0x02, SRST: 0x04, HOB: 0x80 } as const;

/** Diagnostic code of a device that passed (§EXECUTE DEVICE DIAGNOSTIC). */
export const DIAGNOSTIC_PASSED = 0x01;

/** Command codes (§8). Names are the standard's. */
export const COMMAND = {
  NOP: 0x00,
  RECALIBRATE: 0x10,
  READ_SECTORS: 0x20,
  READ_SECTORS_NO_RETRY: 0x21,
  READ_SECTORS_EXT: 0x24,
  READ_DMA_EXT: 0x25,
  READ_NATIVE_MAX_ADDRESS_EXT: 0x27,
  READ_MULTIPLE_EXT: 0x29,
  WRITE_SECTORS: 0x30,
  WRITE_SECTORS_NO_RETRY: 0x31,
  WRITE_SECTORS_EXT: 0x34,
  WRITE_DMA_EXT: 0x35,
  WRITE_MULTIPLE_EXT: 0x39,
  READ_VERIFY_SECTORS: 0x40,
  READ_VERIFY_SECTORS_NO_RETRY: 0x41,
  READ_VERIFY_SECTORS_EXT: 0x42,
  SEEK: 0x70,
  EXECUTE_DEVICE_DIAGNOSTIC: 0x90,
  INITIALIZE_DEVICE_PARAMETERS: 0x91,
  READ_MULTIPLE: 0xc4,
  WRITE_MULTIPLE: 0xc5,
  SET_MULTIPLE_MODE: 0xc6,
  READ_DMA: 0xc8,
  READ_DMA_NO_RETRY: 0xc9,
  WRITE_DMA: 0xca,
  WRITE_DMA_NO_RETRY: 0xcb,
  STANDBY_IMMEDIATE: 0xe0,
  IDLE_IMMEDIATE: 0xe1,
  STANDBY: 0xe2,
  IDLE: 0xe3,
  CHECK_POWER_MODE: 0xe5,
  SLEEP: 0xe6,
  FLUSH_CACHE: 0xe7,
  FLUSH_CACHE_EXT: 0xea,
  IDENTIFY_DEVICE: 0xec,
  SET_FEATURES: 0xef,
  READ_NATIVE_MAX_ADDRESS: 0xf8,
} as const;

/** Subcommands of SET FEATURES (§SET FEATURES). */
export const FEATURE = {
  ENABLE_WRITE_CACHE: 0x02,
  SET_TRANSFER_MODE: 0x03,
  DISABLE_LOOK_AHEAD: 0x55,
  DISABLE_REVERT: 0x66,
  DISABLE_WRITE_CACHE: 0x82,
  ENABLE_LOOK_AHEAD: 0xaa,
  ENABLE_REVERT: 0xcc,
} as const;

/** What a drive is doing with its data register or its DMA request. */
export const PHASE = { NONE: 0, PIO_IN: 1, PIO_OUT: 2, DMA_IN: 3, DMA_OUT: 4 } as const;

/** What the drive's timer does next. */
export const STEP = {
  NONE: 0, COMMAND: 1, NEXT_IN: 2, BLOCK_OUT: 3, DMA_NEXT: 4, FINISH: 5, RESET: 6, DIAGNOSTIC: 7,
} as const;

export const SECTOR = 512;
