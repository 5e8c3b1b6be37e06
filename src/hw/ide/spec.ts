import { reg, regs, ro, rw, w1c, wo } from '../../reg/layout.ts';

/**
 * Task file of an ATA channel: ATA/ATAPI-6 (T13/1410D r3b) §7, at the PC's ports: command block
 * 1F0h-1F7h or 170h-177h, control block 3F6h or 376h. Values live in the drives; a read shows those
 * of the selected one.
 */
export const COMMAND_BLOCK = regs(8, {
  /**
   * §7.6. 16 bits wide on the cable; a 32-bit access is two words, an 8-bit access is one word of
   * which the low byte is seen.
   */
  DATA: reg(0, { WORD: rw(7, 0) }, { partial: 'whole', doc: 'Data port: 16 bits; 32-bit accesses move two words' }),
  ERROR: reg(1, { BITS: ro(7, 0) }, { dir: 'r', doc: '§7.9' }),
  FEATURES: reg(1, { VALUE: wo(7, 0) }, { dir: 'w', doc: '§7.10' }),
  SECTOR_COUNT: reg(2, { VALUE: rw(7, 0) }, { doc: '§7.14' }),
  LBA_LOW: reg(3, { VALUE: rw(7, 0) }, { doc: '§7.12' }),
  LBA_MID: reg(4, { VALUE: rw(7, 0) }, { doc: '§7.13' }),
  LBA_HIGH: reg(5, { VALUE: rw(7, 0) }, { doc: '§7.11' }),
  DEVICE: reg(6, { HEAD: rw(3, 0), DEV: rw(4), OBSOLETE_5: rw(5), LBA: rw(6), OBSOLETE_7: rw(7) }, { doc: '§7.7' }),
  STATUS: reg(
    7,
    { ERR: ro(0), DRQ: ro(3), DSC: ro(4), DF: ro(5), DRDY: ro(6), BSY: ro(7) },
    { dir: 'r', doc: '§7.15; a read ends the interrupt' },
  ),
  COMMAND: reg(7, { CODE: wo(7, 0) }, { dir: 'w', doc: '§7.4' }),
});

export const CONTROL_BLOCK = regs(8, {
  ALTERNATE_STATUS: reg(
    0,
    { ERR: ro(0), DRQ: ro(3), DSC: ro(4), DF: ro(5), DRDY: ro(6), BSY: ro(7) },
    { dir: 'r', doc: '§7.3; no effect' },
  ),
  DEVICE_CONTROL: reg(0, { NIEN: wo(1), SRST: wo(2), HOB: wo(7) }, { dir: 'w', doc: '§7.8' }),
});

/**
 * Bus master registers: "Programming Interface for Bus Master IDE Controller", revision 1.0 (1994).
 * Eight bytes a channel at base address register 4: names are those of the 82371SB and 82371AB
 * (290562 §5.2).
 */
const command = (offset: number) =>
  reg(offset, { SSBM: rw(0), RWCON: rw(3) }, { doc: 'BMIC: start/stop; RWCON 1 = the controller writes memory' });
const status = (offset: number) =>
  reg(
    offset,
    { ACTIVE: ro(0), ERROR: w1c(1), INT: w1c(2), DRIVE0: rw(5), DRIVE1: rw(6), SIMPLEX: ro(7) },
    { doc: 'BMIS' },
  );
const table = (offset: number) => reg(offset, { ADDRESS: rw(31, 2) }, { width: 32, doc: 'BMIDTP: descriptor table' });

export const BUS_MASTER = regs(8, {
  BMICP: command(0x0), BMISP: status(0x2), BMIDTPP: table(0x4),
  BMICS: command(0x8), BMISS: status(0xa), BMIDTPS: table(0xc),
});

/** A physical region descriptor (interface 1.0 §Physical region descriptor): two doublewords. */
export const PRD = { BYTES: 8, END: 0x80000000, WINDOW: 0x10000 } as const;
