import { reg, regs, ro, wo } from '../../../reg/layout.ts';

/**
 * QEMU's firmware configuration device, traditional interface (QEMU, docs/specs/fw_cfg.rst, "BIOS
 * Interface"; x86: selector 510h, data 511h). It stands for no chip: a real board's firmware knows
 * its board.
 */
export const SELECTOR_REGISTERS = regs(16, {
  SELECTOR: reg(0, { KEY: wo(15, 0) }, { dir: 'w', partial: 'whole', doc: 'Selects an item and its first byte' }),
});

export const DATA_REGISTERS = regs(8, {
  DATA: reg(0, { BYTE: ro(7, 0) }, { dir: 'r', doc: 'The next byte of the item; 0 behind its end' }),
});

/** Ports 510h and 511h. */
export const FW_CFG_PORT = 0x510;

/** Keys of the items (docs/specs/fw_cfg.rst, "Firmware Configuration Items"). */
export const KEY = {
  SIGNATURE: 0x00, ID: 0x01, RAM_SIZE: 0x03, CPUS: 0x05, BOOT_MENU: 0x0e, MOST_CPUS: 0x0f, FILE_DIRECTORY: 0x19,
  FIRST_FILE: 0x20,
} as const;
/** Revision and features: bit 0, the traditional interface; bit 1, DMA, is not offered. */
export const FEATURES = 1;
/** Bytes of a file's name in the directory, the 0 at its end included. */
export const NAME_BYTES = 56;
