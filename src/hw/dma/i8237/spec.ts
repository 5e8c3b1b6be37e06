import { reg, regs, ro, rw, unmodelled, wo, type Layout, type Register } from '../../../reg/layout.ts';

/**
 * Registers of the 8237A: Intel 231466-005 (September 1993), §Register Description, table 3 and
 * figure 6 (addresses, software commands). Where they stand in a PC: Intel 290550-002
 * (82371FB/82371SB), §DMA Registers, whose two controllers answer with an address line less.
 */

/** DMA modes of a mode register, bits 7:6 (§Mode Register). */
export const MODE = { DEMAND: 0, SINGLE: 1, BLOCK: 2, CASCADE: 3 } as const;
/** What is transferred, bits 3:2 of a mode register: a write is a write to memory. */
export const TRANSFER = { VERIFY: 0, WRITE: 1, READ: 2, ILLEGAL: 3 } as const;

const address = (offset: number, n: number) =>
  reg(offset, { BYTE: rw(7, 0) }, { doc: `Channel ${n}: base and current address, low byte first` });
const count = (offset: number, n: number) =>
  reg(offset, { BYTE: rw(7, 0) }, { doc: `Channel ${n}: base and current word count, transfers - 1, low byte first` });

/** §Register Description, at A3-A0. */
const ROWS = {
  ADDRESS0: address(0, 0),
  COUNT0: count(1, 0),
  ADDRESS1: address(2, 1),
  COUNT1: count(3, 1),
  ADDRESS2: address(4, 2),
  COUNT2: count(5, 2),
  ADDRESS3: address(6, 3),
  COUNT3: count(7, 3),
  STATUS: reg(
    8,
    { TC: ro(3, 0), REQUEST: ro(7, 4) },
    { dir: 'r', doc: 'Channels that reached terminal count since the last read; channels that request' },
  ),
  COMMAND: reg(
    8,
    {
      MEMORY_TO_MEMORY: wo(0),
      HOLD_ADDRESS: wo(1),
      DISABLE: wo(2),
      COMPRESSED: wo(3),
      ROTATING: wo(4),
      EXTENDED_WRITE: unmodelled('the write strobe has no width here; a cycle is as long either way', 5),
      DREQ_LOW: wo(6),
      DACK_HIGH: unmodelled('DACK# has no level here: it selects the device of its channel', 7),
    },
    { dir: 'w' },
  ),
  REQUEST: reg(9, { CHANNEL: wo(1, 0), SET: wo(2) }, { dir: 'w', doc: 'Software request' }),
  SINGLE_MASK: reg(10, { CHANNEL: wo(1, 0), SET: wo(2) }, { dir: 'w', doc: 'Mask bit of a channel' }),
  MODE: reg(
    11,
    { CHANNEL: wo(1, 0), TRANSFER: wo(3, 2), AUTOINIT: wo(4), DECREMENT: wo(5), MODE: wo(7, 6) },
    { dir: 'w' },
  ),
  CLEAR_FLIP_FLOP: reg(12, { ANY: wo(7, 0) }, { dir: 'w', doc: 'Clear first/last flip-flop' }),
  TEMPORARY: reg(13, { BYTE: ro(7, 0) }, { dir: 'r', doc: 'Last byte moved from memory to memory' }),
  MASTER_CLEAR: reg(13, { ANY: wo(7, 0) }, { dir: 'w', doc: 'As a hardware reset' }),
  CLEAR_MASK: reg(14, { ANY: wo(7, 0) }, { dir: 'w', doc: 'Clear mask register' }),
  // DEVIATES: an 8237A does not give them back.
  ALL_MASK: reg(15, { MASK: rw(3, 0, { reset: 15 }) }, { doc: 'Mask bits; they read back (290550 §RWAMB)' }),
} as const;

/**
 * The rows where a board has them: `stride` apart, and again at offsets that differ in the address
 * line that is not decoded (290550 §I/O address map: 10h-1Fh; odd ports of C0h-DFh).
 */
function placed(stride: number, undecoded: number): Layout<typeof ROWS> {
  const rows = Object.entries(ROWS).map(([name, row]: [string, Register]) => {
    const offset = row.offset * stride;
    return [name, reg(offset, row.fields, { ...row.options, mirrors: [offset + undecoded] })];
  });
  return regs(8, Object.fromEntries(rows) as typeof ROWS);
}

/** Channels 0-3, 32 ports from 0 on. */
export const FIRST_REGISTERS: Layout<typeof ROWS> = placed(1, 16);
/** Channels 4-7, 32 ports from C0h on: address lines are shifted by one. */
export const SECOND_REGISTERS: Layout<typeof ROWS> = placed(2, 1);
export type I8237Registers = typeof ROWS;

/** Bytes that each of the two banks answers at. */
export const CONTROLLER_PORTS = 32;

const page = (offset: number, channel: number) =>
  reg(offset, { PAGE: rw(7, 0) }, { doc: `Channel ${channel}: address bits 23:16` });
const spare = (offset: number) => reg(offset, { SPARE: rw(7, 0) }, { doc: 'No channel uses it' });

/**
 * Page registers, 16 ports from 80h on (IBM PC/AT Technical Reference, I/O address map; 290550
 * §DLPAGE). 16-bit channels use bits 7:1 only: address bits 23:17.
 */
export const PAGE_REGISTERS = regs(8, {
  SPARE0: spare(0),
  PAGE2: page(1, 2),
  PAGE3: page(2, 3),
  PAGE1: page(3, 1),
  SPARE4: spare(4),
  SPARE5: spare(5),
  SPARE6: spare(6),
  PAGE0: page(7, 0),
  SPARE8: spare(8),
  PAGE6: page(9, 6),
  PAGE7: page(10, 7),
  PAGE5: page(11, 5),
  SPARE12: spare(12),
  SPARE13: spare(13),
  SPARE14: spare(14),
  REFRESH: reg(15, { PAGE: rw(7, 0) }, { doc: 'Refresh (channel 4)' }),
});
