import { reg, regs, ro, rsvd, rw, unmodelled, wo } from '../../../reg/layout.ts';

/**
 * Registers of the 8259A: Intel 231468-003 (December 1988), §Programming the 8259A, figures 7
 * (initialization command words) and 8 (operation command words). Port 0 is A0 = 0, port 1 is A0 =
 * 1.
 */

/**
 * Pages of writes at A0 = 1: the operation command word, or the next word of the initialization
 * sequence (figure 6).
 */
export const STEP = { OCW1: 0, ICW2: 2, ICW3: 3, ICW4: 4 } as const;
/** Pages of reads: what the next RD pulse gives (§Reading the 8259A Status, §Poll Command). */
export const READS = { IRR: 0, ISR: 1, IMR: 2, POLL: 3 } as const;

export const I8259_REGISTERS = regs(8, {
  ICW1: reg(
    0,
    { IC4: wo(0), SNGL: wo(1), ADI: wo(2), LTIM: wo(3), A7_A5: wo(7, 5) },
    { dir: 'w', match: { mask: 0x10, value: 0x10 } },
  ),
  OCW2: reg(0, { L: wo(2, 0), EOI: wo(5), SL: wo(6), R: wo(7) }, { dir: 'w', match: { mask: 0x18, value: 0x00 } }),
  OCW3: reg(
    0,
    { RIS: wo(0), RR: wo(1), P: wo(2), SMM: wo(5), ESMM: wo(6) },
    { dir: 'w', match: { mask: 0x18, value: 0x08 } },
  ),
  IRR: reg(0, { IR: ro(7, 0) }, { dir: 'r', page: READS.IRR, doc: 'Interrupt requests' }),
  ISR: reg(0, { IS: ro(7, 0) }, { dir: 'r', page: READS.ISR, doc: 'Interrupts in service' }),
  POLL: reg(
    0,
    { W: ro(2, 0), I: ro(7) },
    { dir: 'r', page: READS.POLL, mirrors: [1], doc: 'Poll word; the read acknowledges' },
  ),
  IMR: reg(1, { M: ro(7, 0) }, { dir: 'r', page: READS.IMR, doc: 'Interrupt mask' }),
  OCW1: reg(1, { M: wo(7, 0) }, { dir: 'w', page: STEP.OCW1 }),
  /**
   * T7-T3 of the vector in an 8086 system; A15-A8 of the CALL address in an MCS-80 system, of which
   * an 8086 takes no notice.
   */
  ICW2: reg(
    1,
    {
      A10_A8: unmodelled('high address byte of the MCS-80 CALL, which an 8086-type processor does not fetch', 2, 0),
      T7_T3: wo(7, 3),
    },
    { dir: 'w', page: STEP.ICW2 },
  ),
  /** Master: a 1 for every input with a slave. Slave: its identification in bits 2-0. */
  ICW3: reg(1, { S: wo(7, 0) }, { dir: 'w', page: STEP.ICW3 }),
  ICW4: reg(
    1,
    {
      UPM: wo(0),
      AEOI: wo(1),
      MS: unmodelled('the role is fixed by the SP/EN pin on this board', 2),
      BUF: unmodelled('no data bus transceiver to enable', 3),
      SFNM: wo(4),
    },
    { dir: 'w', page: STEP.ICW4 },
  ),
});

/**
 * Edge/level control registers at 4D0h and 4D1h: Intel 82371FB/82371SB (PIIX/PIIX3) 290550-002
 * §Interrupt Controller Registers, Edge/Level Control Register. IRQ0, 1, 2, 8 and 13 are always
 * edge-triggered.
 */
export const ELCR_REGISTERS = regs(8, {
  ELCR1: reg(0, { FIXED_EDGE: rsvd(2, 0), LEVEL: rw(7, 3) }),
  ELCR2: reg(1, { FIXED_EDGE_8: rsvd(0), LEVEL_12_9: rw(4, 1), FIXED_EDGE_13: rsvd(5), LEVEL_15_14: rw(7, 6) }),
});
