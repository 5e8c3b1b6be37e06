import { reg, regs, ro, rw, unmodelled, wo } from '../../../reg/layout.ts';

/**
 * Registers of the MC146818A as a PC shows them: Motorola MC146818A (1984), §Register A to D,
 * figure 10 (address map); index and data ports as in Intel 82371FB/82371SB (PIIX/PIIX3) 290550-002
 * §NMI Registers (70h). A page is an index; every index without a row of its own is battery-backed
 * RAM.
 */
export const MC146818_REGISTERS = regs(8, {
  INDEX: reg(0, { INDEX: wo(6, 0), NMI_DISABLE: unmodelled('nothing on this board asserts NMI', 7) }, { dir: 'w' }),
  SECONDS: reg(1, { VALUE: rw(7, 0) }, { page: 0 }),
  SECONDS_ALARM: reg(1, { VALUE: rw(7, 0) }, { page: 1 }),
  MINUTES: reg(1, { VALUE: rw(7, 0) }, { page: 2 }),
  MINUTES_ALARM: reg(1, { VALUE: rw(7, 0) }, { page: 3 }),
  HOURS: reg(1, { VALUE: rw(7, 0) }, { page: 4 }),
  HOURS_ALARM: reg(1, { VALUE: rw(7, 0) }, { page: 5 }),
  DAY_OF_WEEK: reg(1, { VALUE: rw(7, 0) }, { page: 6 }),
  DAY_OF_MONTH: reg(1, { VALUE: rw(7, 0) }, { page: 7 }),
  MONTH: reg(1, { VALUE: rw(7, 0) }, { page: 8 }),
  YEAR: reg(1, { VALUE: rw(7, 0) }, { page: 9 }),
  A: reg(1, { RS: rw(3, 0, { reset: 6 }), DV: rw(6, 4, { reset: 2 }), UIP: ro(7) }, { page: 10 }),
  B: reg(
    1,
    {
      DSE: unmodelled('daylight saving on the dates of 1967, which no present system uses', 0),
      H24: rw(1, 1, { reset: 1 }),
      DM: rw(2),
      SQWE: unmodelled('the SQW pin is not connected on a PC', 3),
      UIE: rw(4),
      AIE: rw(5),
      PIE: rw(6),
      SET: rw(7),
    },
    { page: 11 },
  ),
  C: reg(1, { UF: ro(4), AF: ro(5), PF: ro(6), IRQF: ro(7) }, { page: 12, doc: 'A read clears all flags' }),
  D: reg(1, { VRT: ro(7, 7, { reset: 1 }) }, { page: 13 }),
  RAM: reg(1, { DATA: rw(7, 0) }, { doc: 'Indexes 14 to 127' }),
});

/** DV2-DV0: 32.768 kHz time base running (§Register A). */
export const DV_RUNNING = 2;
/**
 * Cycles of the crystal in a second; after the divider's reset is released the first update is half
 * of them away (§Divider Control).
 */
export const CYCLES_PER_SECOND = 32768;
/**
 * UIP is set for the 244 µs before the update and its 1984 µs (table 6, t_BUC and t_UC at 32.768
 * kHz): 8 + 65 cycles.
 */
export const UIP_CYCLES = 73;
/** Index of the century in a PC's RAM (BCD), a convention of the IBM PC/AT's firmware. */
export const CENTURY = 0x32;

/** Crystal cycles between periodic interrupts for RS3-RS0, or 0 for none (table 5). */
export function periodicCycles(rs: number): number {
  if (rs === 0) return 0;
  return rs < 3 ? 64 << rs : 1 << (rs - 1);
}
