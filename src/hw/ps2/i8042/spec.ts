import { us, ms } from '../../../sim/time.ts';
import { reg, regs, ro, wo } from '../../../reg/layout.ts';

/**
 * Registers of the keyboard controller: IBM PC/AT Technical Reference (1502243), section 1
 * "Keyboard Controller", and IBM PS/2 Hardware Interface Technical Reference (1988), "Keyboard and
 * Auxiliary Device Controller" for the auxiliary port. Offset 0 is port 60h, offset 4 is port 64h.
 */
export const I8042_REGISTERS = regs(8, {
  OUTPUT: reg(0, { DATA: ro(7, 0) }, { dir: 'r', doc: 'Output buffer' }),
  INPUT: reg(0, { DATA: wo(7, 0) }, { dir: 'w', doc: 'Input buffer: data' }),
  STATUS: reg(
    4,
    {
      OBF: ro(0),
      IBF: ro(1),
      SYS: ro(2),
      A2: ro(3),
      UNLOCKED: ro(4, 4, { reset: 1 }),
      AUX: ro(5),
      TIMEOUT: ro(6),
      PARITY: ro(7),
    },
    { dir: 'r' },
  ),
  COMMAND: reg(4, { CODE: wo(7, 0) }, { dir: 'w', doc: 'Input buffer: command' }),
});

/** Bits of the command byte, byte 0 of the controller's RAM. */
export const MODE = { KBD_INT: 0x01, AUX_INT: 0x02, SYS: 0x04, KBD_OFF: 0x10, AUX_OFF: 0x20, TRANSLATE: 0x40 } as const;

/** Commands written to port 64h. Those that take a byte wait for it at port 60h. */
export const COMMAND = {
  READ_RAM: 0x20, WRITE_RAM: 0x60, TEST_PASSWORD: 0xa4, AUX_OFF: 0xa7, AUX_ON: 0xa8, TEST_AUX: 0xa9,
  SELF_TEST: 0xaa, TEST_KBD: 0xab, KBD_OFF: 0xad, KBD_ON: 0xae, READ_INPUT_PORT: 0xc0, READ_OUTPUT_PORT: 0xd0,
  WRITE_OUTPUT_PORT: 0xd1, WRITE_KBD_BUFFER: 0xd2, WRITE_AUX_BUFFER: 0xd3, SEND_AUX: 0xd4, A20_OFF: 0xdd,
  A20_ON: 0xdf, TEST_INPUTS: 0xe0, PULSE: 0xf0,
} as const;

export const ANSWER = { SELF_TEST_OK: 0x55, INTERFACE_OK: 0x00, NO_PASSWORD: 0xf1, RESEND: 0xfe } as const;

/** Output port P2. */
export const P2 = { NOT_RESET: 0x01, A20: 0x02, KBD_IRQ: 0x10, AUX_IRQ: 0x20, LINES: 0xc0 } as const;
/** Input port P1: not locked, no manufacturing jumper, 512 KiB on the board. */
export const P1 = 0xb0;

/**
 * From a write to the end of its command. The firmware's loop is not modelled: about ten
 * instructions of an 8042 at 6 MHz.
 */
export const COMMAND_TIME = us(20);
/** One byte on the cable: 11 bits at 12.5 kHz (the clock is 10 to 16.7 kHz). */
export const BYTE_TIME = us(880);
/**
 * A device that does not clock a byte out of the controller within this time is given up (PC/AT: 15
 * ms).
 */
export const SEND_TIMEOUT = ms(15);
/** Low time of the reset pulse (PC/AT: about 6 µs). */
export const RESET_PULSE = us(6);
