import { rclr, reg, regs, ro, rw, unmodelled, w1c, wo } from '../../../reg/layout.ts';
import { headerRows, ioBar } from '../../pci/spec.ts';

/**
 * Registers of the RTL8029AS: Realtek LS009.0 (1997-01-16), §5, and National DP8390D/NS32490D
 * (TL/F/8582, July 1995), §10, whose core it is. Sections without a name are the DP8390D's.
 */

const NO_COLLISIONS = 'the wire is full duplex: no collisions, no lost carrier';

/** Bits of CR's RD field (§10.3). */
export const REMOTE = { READ: 1, WRITE: 2, SEND: 3, ABORT: 4 } as const;

/** The 32 ports behind BAR0. Pages are CR's PS field. */
export const RTL8029_PORTS = regs(8, {
  CR: reg(0x00, {
    STP: rw(0, 0, { reset: 1 }),
    STA: unmodelled('the chip runs whenever STP is 0 (Realtek §5.2.1)', 1),
    TXP: ro(2),
    RD: rw(5, 3, { reset: REMOTE.ABORT }),
    PS: rw(7, 6),
  }, { doc: 'Command (§10.3)' }),
  // Page 0 (§10.2).
  CLDA0: reg(0x01, { LOW: ro(7, 0) }, { dir: 'r', page: 0, doc: 'Current local DMA address' }),
  PSTART: reg(0x01, { PAGE: wo(7, 0) }, { dir: 'w', page: 0, doc: 'First page of the receive ring (§10.4)' }),
  CLDA1: reg(0x02, { HIGH: ro(7, 0) }, { dir: 'r', page: 0 }),
  PSTOP: reg(0x02, { PAGE: wo(7, 0) }, { dir: 'w', page: 0, doc: 'Page behind the ring' }),
  BNRY: reg(0x03, { PAGE: rw(7, 0) }, { page: 0, doc: 'Boundary: the oldest page that software has not read' }),
  TSR: reg(0x04, {
    PTX: ro(0), ONE: ro(1, 1, { reset: 1 }), COL: ro(2), ABT: ro(3), CRS: ro(4), CDH: ro(6), OWC: ro(7),
  }, { dir: 'r', page: 0, doc: 'Transmit status' }),
  TPSR: reg(0x04, { PAGE: wo(7, 0) }, { dir: 'w', page: 0, doc: 'First page of the frame to transmit' }),
  NCR: reg(0x05, { COLLISIONS: ro(3, 0) }, { dir: 'r', page: 0, doc: 'Number of collisions' }),
  TBCR0: reg(0x05, { LOW: wo(7, 0) }, { dir: 'w', page: 0, doc: 'Bytes to transmit' }),
  FIFO: reg(0x06, { DATA: ro(7, 0) }, { dir: 'r', page: 0, doc: 'The FIFO after loopback; it is empty here' }),
  TBCR1: reg(0x06, { HIGH: wo(7, 0) }, { dir: 'w', page: 0 }),
  ISR: reg(0x07, {
    PRX: w1c(0), PTX: w1c(1), RXE: w1c(2), TXE: w1c(3), OVW: w1c(4), CNT: w1c(5), RDC: w1c(6),
    RST: ro(7, 7, { reset: 1 }),
  }, { page: 0, doc: 'Interrupt status' }),
  CRDA0: reg(0x08, { LOW: ro(7, 0) }, { dir: 'r', page: 0, doc: 'Current remote DMA address' }),
  RSAR0: reg(0x08, { LOW: wo(7, 0) }, { dir: 'w', page: 0, doc: 'Remote start address (§11)' }),
  CRDA1: reg(0x09, { HIGH: ro(7, 0) }, { dir: 'r', page: 0 }),
  RSAR1: reg(0x09, { HIGH: wo(7, 0) }, { dir: 'w', page: 0 }),
  ID0: reg(0x0a, { LETTER: ro(7, 0, { reset: 0x50 }) }, { dir: 'r', page: 0, doc: 'P (Realtek §5.2.2)' }),
  RBCR0: reg(0x0a, { LOW: wo(7, 0) }, { dir: 'w', page: 0, doc: 'Remote byte count' }),
  ID1: reg(0x0b, { LETTER: ro(7, 0, { reset: 0x43 }) }, { dir: 'r', page: 0, doc: 'C' }),
  RBCR1: reg(0x0b, { HIGH: wo(7, 0) }, { dir: 'w', page: 0 }),
  RSR: reg(0x0c, {
    PRX: ro(0), CRC: ro(1), FAE: ro(2), FO: ro(3), MPA: ro(4), PHY: ro(5), DIS: ro(6), DFR: ro(7),
  }, { dir: 'r', page: 0, doc: 'Receive status' }),
  RCR: reg(0x0c, {
    SEP: unmodelled('a frame arrives whole or not at all', 0),
    AR: wo(1), AB: wo(2), AM: wo(3), PRO: wo(4), MON: wo(5),
  }, { dir: 'w', page: 0, doc: 'Receive configuration' }),
  CNTR0: reg(0x0d, { TALLY: rclr(7, 0) }, { dir: 'r', page: 0, doc: 'Frames with alignment errors' }),
  TCR: reg(0x0d, {
    CRC: unmodelled('the wire makes every FCS', 0),
    LB: wo(2, 1),
    ATD: unmodelled('nobody sends the frame that stops a transmitter', 3),
    OFST: unmodelled(NO_COLLISIONS, 4),
  }, { dir: 'w', page: 0, doc: 'Transmit configuration' }),
  CNTR1: reg(0x0e, { TALLY: rclr(7, 0) }, { dir: 'r', page: 0, doc: 'Frames with CRC errors' }),
  DCR: reg(0x0e, {
    WTS: wo(0),
    BOS: unmodelled('the order is that of little-endian processors', 1),
    LAS: unmodelled('one remote DMA channel of 16 bits (Realtek §5.2.1)', 2),
    LS: unmodelled("TCR's LB decides", 3),
    ARM: unmodelled('no automatic initialization: only the send command is modelled', 4),
    FT: unmodelled('local DMA takes no time', 6, 5),
  }, { dir: 'w', page: 0, doc: 'Data configuration' }),
  CNTR2: reg(0x0f, { TALLY: rclr(7, 0) }, { dir: 'r', page: 0, doc: 'Frames lost: no room, or monitor mode' }),
  IMR: reg(0x0f, { MASK: wo(6, 0) }, { dir: 'w', page: 0, doc: 'Interrupt mask' }),
  // Page 1.
  ...Object.fromEntries([0, 1, 2, 3, 4, 5].map((n) => [
    `PAR${n}`, reg(0x01 + n, { BYTE: rw(7, 0) }, { page: 1, doc: 'Station address' }),
  ])) as Record<`PAR${0 | 1 | 2 | 3 | 4 | 5}`, ReturnType<typeof byte>>,
  CURR: reg(0x07, { PAGE: rw(7, 0) }, { page: 1, doc: 'Page at which the next frame is put' }),
  ...Object.fromEntries([0, 1, 2, 3, 4, 5, 6, 7].map((n) => [
    `MAR${n}`, reg(0x08 + n, { BYTE: rw(7, 0) }, { page: 1, doc: 'Multicast hash table' }),
  ])) as Record<`MAR${0 | 1 | 2 | 3 | 4 | 5 | 6 | 7}`, ReturnType<typeof byte>>,
  // Page 2: what page 0 takes.
  PSTART2: reg(0x01, { PAGE: ro(7, 0) }, { dir: 'r', page: 2 }),
  PSTOP2: reg(0x02, { PAGE: ro(7, 0) }, { dir: 'r', page: 2 }),
  TPSR2: reg(0x04, { PAGE: ro(7, 0) }, { dir: 'r', page: 2 }),
  RCR2: reg(0x0c, { BITS: ro(5, 0), ONES: ro(7, 6, { reset: 3 }) }, { dir: 'r', page: 2 }),
  TCR2: reg(0x0d, { BITS: ro(4, 0), ONES: ro(7, 5, { reset: 7 }) }, { dir: 'r', page: 2 }),
  DCR2: reg(0x0e, { BITS: ro(6, 0), ONE: ro(7, 7, { reset: 1 }) }, { dir: 'r', page: 2 }),
  IMR2: reg(0x0f, { MASK: ro(6, 0), ONE: ro(7, 7, { reset: 1 }) }, { dir: 'r', page: 2 }),
  // Page 3 (Realtek §5.2.2).
  CR9346: reg(0x01, {
    EEDO: ro(0), EEDI: unmodelled('the 93C46 is read by the chip alone', 1), EESK: unmodelled('as EEDI', 2),
    EECS: unmodelled('as EEDI', 3), EEM: rw(7, 6),
  }, { page: 3, doc: '93C46 command; EEM 3: CONFIG2 and CONFIG3 may be written' }),
  BPAGE: reg(0x02, { PAGE: unmodelled('no boot ROM', 7, 0) }, { page: 3, doc: 'Boot ROM page' }),
  CONFIG0: reg(0x03, { BNC: ro(2) }, { dir: 'r', page: 3, doc: 'Configuration 0: 10BaseT' }),
  CONFIG2: reg(0x05, {
    BS: ro(1, 0), PF: ro(4), FCE: ro(5), PL: ro(7, 6),
  }, { page: 3, doc: 'Configuration 2: medium (0: by link test)' }),
  CONFIG3: reg(0x06, {
    PWRDN: ro(1), SLEEP: ro(2), LEDS: ro(5, 4), FUDUP: ro(6),
  }, { page: 3, doc: 'Configuration 3: full duplex' }),
  HLTCLK: reg(0x09, { COMMAND: unmodelled('clocks run always', 7, 0) }, { dir: 'w', page: 3, doc: 'Halt clock' }),
  ASID0: reg(0x0e, { LOW: ro(7, 0, { reset: 0x29 }) }, { dir: 'r', page: 3, doc: '8029 in hexadecimal digits' }),
  ASID1: reg(0x0f, { HIGH: ro(7, 0, { reset: 0x80 }) }, { dir: 'r', page: 3 }),
  // The board's part of an NE2000.
  DATA: reg(0x10, { DATA: rw(7, 0) }, {
    partial: 'whole', mirrors: [0x11, 0x12, 0x13, 0x14, 0x15, 0x16, 0x17], doc: 'Remote DMA: 8, 16 or 32 bits',
  }),
  RESET: reg(0x18, { RESET: wo(7, 0) }, {
    partial: 'whole', mirrors: [0x19, 0x1a, 0x1b, 0x1c, 0x1d, 0x1e, 0x1f], doc: 'Any access resets the core',
  }),
});

function byte() {
  return reg(0, { BYTE: rw(7, 0) });
}

/** PCI configuration space (Realtek §6): an I/O range alone. */
export const RTL8029_CONFIG = regs(32, {
  ...headerRows({ vendor: 0x10ec, device: 0x8029, revision: 0, classCode: 0x020000, pin: 1 }),
  BAR0: ioBar(0x10, 32),
});
