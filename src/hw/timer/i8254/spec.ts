import { reg, regs, ro, rw, unmodelled, wo } from '../../../reg/layout.ts';

/** Registers of the 8254: Intel 231164-005 (September 1993), §Programming the 8254. */
export const I8254_REGISTERS = regs(8, {
  COUNTER0: reg(0, { COUNT: rw(7, 0) }, { doc: 'Count, one byte at a time' }),
  COUNTER1: reg(1, { COUNT: rw(7, 0) }),
  COUNTER2: reg(2, { COUNT: rw(7, 0) }),
  READ_BACK: reg(
    3,
    { CNT0: wo(1), CNT1: wo(2), CNT2: wo(3), NO_STATUS: wo(4), NO_COUNT: wo(5), SC: wo(7, 6) },
    { dir: 'w', match: { mask: 0xc0, value: 0xc0 } },
  ),
  LATCH: reg(3, { SC: wo(7, 6) }, { dir: 'w', match: { mask: 0x30, value: 0x00 } }),
  CONTROL: reg(3, { BCD: wo(0), M: wo(3, 1), RW: wo(5, 4), SC: wo(7, 6) }, { dir: 'w' }),
});

/**
 * NMI status and control, port 61h: Intel 82371FB/82371SB (PIIX/PIIX3) 290550-002 §NMI Registers,
 * NMI Status and Control Register.
 */
export const PORT_61_REGISTERS = regs(8, {
  NMISC: reg(0, {
    GATE2: rw(0),
    SPKR: rw(1),
    PERR_DISABLE: unmodelled('nothing on this board asserts SERR#', 2),
    IOCHK_DISABLE: unmodelled('nothing on this board asserts IOCHK#', 3),
    REFRESH: ro(4),
    OUT2: ro(5),
    IOCHK: ro(6),
    SERR: ro(7),
  }),
});

/** Read/write field of the control word. */
export const ACCESS = { LATCH: 0, LSB: 1, MSB: 2, BOTH: 3 } as const;
/** DRAM refresh period of a PC in clocks of the 8254: 18 / 1.193182 MHz = 15.085 µs. */
export const REFRESH_CLOCKS = 18;
