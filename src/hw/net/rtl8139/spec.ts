import { reg, regs, ro, rw, unmodelled, w1c, wo, type Fields } from '../../../reg/layout.ts';
import { headerRows, ioBar, memoryBar, subsystemRows } from '../../pci/spec.ts';

/**
 * Realtek RTL8139C(L), data sheet revision 1.4 (10 January 2002), §5 (register descriptions). The
 * same 256 bytes stand behind an I/O and a memory base address register.
 */

export const REGISTER_BYTES = 0x100;

/** ISR and IMR (§5.6, §5.5). */
export const INT = {
  ROK: 0x0001, RER: 0x0002, TOK: 0x0004, TER: 0x0008, RXOVW: 0x0010, PUN: 0x0020, FOVW: 0x0040, LENCHG: 0x2000,
  TIMEOUT: 0x4000, SERR: 0x8000,
} as const;

/** The word before each frame in the receive ring (§5.1). */
export const RX = { ROK: 0x0001, RUNT: 0x0010, BAR: 0x2000, PAM: 0x4000, MAR: 0x8000 } as const;

/** TSD0-3 (§5.2). */
export const TSD = {
  SIZE: 0x1fff, OWN: 0x2000, TUN: 0x4000, TOK: 0x8000, TABT: 0x40000000, CRS: 0x80000000,
} as const;

/** 9346CR, EEM1-0 (§5.9). */
export const EEM = { NORMAL: 0, AUTO_LOAD: 1, PROGRAM: 2, CONFIG: 3 } as const;

function causes(make: typeof rw): Fields {
  return {
    ROK: make(0), RER: make(1), TOK: make(2), TER: make(3), RXOVW: make(4), PUN: make(5), FOVW: make(6),
    LENCHG: make(13), TIMEOUT: make(14), SERR: make(15),
  };
}

/** A transmit descriptor's status (§5.2): OWN is set where no frame waits. */
function tsd(n: number) {
  return reg(
    0x10 + 4 * n,
    {
      SIZE: rw(12, 0), OWN: rw(13, 13, { reset: 1 }), TUN: ro(14), TOK: ro(15),
      ERTXTH: unmodelled('a frame goes out when all of it is in the FIFO', 21, 16),
      NCC: ro(27, 24), CDH: ro(28), OWC: ro(29), TABT: ro(30), CRS: ro(31),
    },
    { width: 32, doc: 'Transmit status: OWN = 0 hands the frame at TSAD to the chip (§5.2)' },
  );
}

function tsad(n: number) {
  return reg(0x20 + 4 * n, { ADDRESS: rw(31, 0) }, { width: 32, doc: 'Transmit start address (§5)' });
}

const LINE = 'no analog line';
const WAKE = 'no power states';

export const RTL8139_REGISTERS = regs(8, {
  IDR0: reg(0x00, { ID: rw(31, 0) }, { width: 32, doc: 'Ethernet address, bytes 0 to 3 (§5)' }),
  IDR4: reg(0x04, { ID: rw(15, 0) }, { width: 32, doc: 'Ethernet address, bytes 4 and 5 (§5)' }),
  MAR0: reg(0x08, { HASH: rw(31, 0) }, { width: 32, doc: 'Multicast filter, bits 31:0 (§5)' }),
  MAR4: reg(0x0c, { HASH: rw(31, 0) }, { width: 32, doc: 'Multicast filter, bits 63:32 (§5)' }),
  TSD0: tsd(0), TSD1: tsd(1), TSD2: tsd(2), TSD3: tsd(3),
  TSAD0: tsad(0), TSAD1: tsad(1), TSAD2: tsad(2), TSAD3: tsad(3),
  RBSTART: reg(0x30, { ADDRESS: rw(31, 0) }, { width: 32, doc: 'Receive ring: start address (§5)' }),
  ERBCR: reg(0x34, { COUNT: ro(15, 0) }, { width: 16, doc: 'Early receive byte count (§5): no early receive' }),
  ERSR: reg(0x36, { EROK: ro(0), EROVW: ro(1), ERBAD: ro(2), ERGOOD: ro(3) }, { doc: 'Early receive status (§5.3)' }),
  CR: reg(
    0x37, { BUFE: ro(0, 0, { reset: 1 }), TE: rw(2), RE: rw(3), RST: wo(4) },
    { doc: 'Command: BUFE the receive ring is empty, transmitter and receiver enable, reset (§5.4)' },
  ),
  CAPR: reg(0x38, { OFFSET: rw(15, 0, { reset: 0xfff0 }) }, { width: 16, doc: 'Read pointer less 16 (§5)' }),
  CBR: reg(0x3a, { OFFSET: ro(15, 0) }, { width: 16, doc: 'Write pointer (§5)' }),
  IMR: reg(0x3c, causes(rw), { width: 16, doc: 'Interrupt mask (§5.5)' }),
  ISR: reg(0x3e, causes(w1c), { width: 16, doc: 'Interrupt status; writing 1 clears (§5.6)' }),
  TCR: reg(
    0x40,
    {
      CLRABT: wo(0), TXRR: unmodelled('full duplex: no collisions', 7, 4), MXDMA: rw(10, 8), CRC: rw(16),
      LBK: rw(18, 17), VERSION_B: ro(23, 22), IFG: unmodelled('the link keeps the gap', 25, 24),
      VERSION_A: ro(30, 26, { reset: 0x1d }),
    },
    { width: 32, doc: 'Transmit configuration (§5.7)' },
  ),
  RCR: reg(
    0x44,
    {
      AAP: rw(0), APM: rw(1), AM: rw(2), AB: rw(3), AR: rw(4), AER: unmodelled('no errors on the link', 5),
      SEL9356: ro(6), WRAP: rw(7), MXDMA: rw(10, 8), RBLEN: rw(12, 11),
      RXFTH: unmodelled('a frame goes to memory when all of it has arrived', 15, 13),
      RER8: unmodelled('no errors on the link', 16), MULERINT: unmodelled('no early receive', 17),
      ERTH: unmodelled('no early receive', 27, 24),
    },
    { width: 32, doc: 'Receive configuration (§5.8)' },
  ),
  TCTR: reg(0x48, { COUNT: rw(31, 0) }, { width: 32, doc: 'Timer, counts PCI clocks; a write clears it (§5)' }),
  MPC: reg(0x4c, { COUNT: rw(23, 0) }, { width: 32, doc: 'Missed packets; a write clears it (§5)' }),
  CR9346: reg(
    0x50, { EEDO: ro(0), EEDI: rw(1), EESK: rw(2), EECS: rw(3), EEM: rw(7, 6) },
    { doc: 'The 93C46: its wires, and the key to the configuration registers (§5.9)' },
  ),
  CONFIG0: reg(0x51, { BS: ro(2, 0), PL: ro(4, 3), T10: ro(5), PCS: ro(6), SCR: ro(7) }, { doc: '§5.10' }),
  CONFIG1: reg(
    0x52,
    {
      PMEN: unmodelled(WAKE, 0), VPD: unmodelled('no vital product data', 1), IOMAP: ro(2, 2, { reset: 1 }),
      MEMMAP: ro(3, 3, { reset: 1 }), LWACT: unmodelled(WAKE, 4),
      DVRLOAD: unmodelled('a note of the driver', 5), LEDS: unmodelled('no lamps', 7, 6),
    },
    { doc: '§5.11; written with EEM = 3' },
  ),
  TIMERINT: reg(0x54, { COUNT: rw(31, 0) }, { width: 32, doc: 'TIMEOUT when TCTR has this value; 0: never (§5)' }),
  MSR: reg(
    0x58,
    {
      RXPF: ro(0), TXPF: ro(1), LINKB: ro(2), SPEED_10: ro(3), AUX: ro(4, 4, { reset: 1 }),
      RXFCE: unmodelled('no flow control', 6), TXFCE: unmodelled('no flow control', 7),
    },
    { doc: 'Media status: LINKB no link, SPEED_10 (§5.12)' },
  ),
  CONFIG3: reg(
    0x59,
    {
      FBTBEN: ro(0), FUNCREGEN: ro(1), CLKRUN_EN: ro(2), CARDB_EN: ro(3), LINKUP: unmodelled(WAKE, 4),
      MAGIC: unmodelled(WAKE, 5), PARM_EN: unmodelled(LINE, 6), GNTSEL: ro(7),
    },
    { doc: '§5.13; written with EEM = 3' },
  ),
  CONFIG4: reg(
    0x5a,
    {
      PBWAKEUP: unmodelled(WAKE, 0), LWPTN: unmodelled(WAKE, 2), LWPME: unmodelled(WAKE, 4),
      LONGWF: unmodelled(WAKE, 5), ANAOFF: unmodelled(LINE, 6),
      RXFIFOAUTOCLR: unmodelled('the FIFO never hangs', 7),
    },
    { doc: '§5.14; written with EEM = 3' },
  ),
  HLTCLK: reg(0x5b, { CODE: unmodelled('the clock always runs', 7, 0) }, { dir: 'w', doc: 'Halt clock (§5)' }),
  MULINT: reg(0x5c, { MISR: unmodelled('no early receive', 11, 0) }, { width: 16, doc: 'Multiple interrupt (§5.15)' }),
  RERID: reg(0x5e, { REVISION: ro(7, 0, { reset: 0x10 }) }, { doc: 'PCI revision (§5.16)' }),
  TSAS: reg(
    0x60, { OWN: ro(3, 0, { reset: 15 }), TABT: ro(7, 4), TUN: ro(11, 8), TOK: ro(15, 12) },
    { width: 16, doc: 'Transmit status of all descriptors (§5.17)' },
  ),
  BMCR: reg(
    0x62,
    {
      DUPLEX: rw(8, 8, { reset: 1 }), RESTART: wo(9), ANE: rw(12, 12, { reset: 1 }), SPEED: rw(13, 13, { reset: 1 }),
      RESET: wo(15),
    },
    { width: 16, doc: 'Basic mode control; the mode bits are written with EEM = 3 (§5.18)' },
  ),
  BMSR: reg(
    0x64,
    {
      EXTENDED: ro(0, 0, { reset: 1 }), JABBER: ro(1), LINK: ro(2), ABILITY: ro(3, 3, { reset: 1 }), FAULT: ro(4),
      COMPLETE: ro(5), T10: ro(12, 11, { reset: 3 }), TX100: ro(14, 13, { reset: 3 }), T4: ro(15),
    },
    { width: 16, doc: 'Basic mode status (§5.19)' },
  ),
  ANAR: reg(
    0x66, { SELECTOR: rw(4, 0, { reset: 1 }), ABILITIES: rw(10, 5, { reset: 0x0f }), RF: rw(13), NP: ro(15) },
    { width: 16, doc: 'Autonegotiation advertisement (§5.20)' },
  ),
  ANLPAR: reg(
    0x68, { SELECTOR: ro(4, 0), ABILITIES: ro(10, 5), RF: ro(13), ACK: ro(14), NP: ro(15) },
    { width: 16, doc: 'Link partner ability (§5.21)' },
  ),
  ANER: reg(0x6a, { LP_NW_ABLE: ro(0), PAGE_RX: ro(1), NP_ABLE: ro(2), LP_NP_ABLE: ro(3), MLF: ro(4) }, {
    width: 16, doc: 'Autonegotiation expansion (§5.22)',
  }),
  DIS: reg(0x6c, { COUNT: ro(15, 0) }, { width: 16, doc: 'Disconnects (§5)' }),
  FCSC: reg(0x6e, { COUNT: ro(15, 0) }, { width: 16, doc: 'False carriers (§5)' }),
  NWAYTR: reg(0x70, { TEST: unmodelled(LINE, 7, 0) }, { width: 16, doc: 'N-way test (§5)' }),
  REC: reg(0x72, { COUNT: ro(15, 0) }, { width: 16, doc: 'Receive errors (§5)' }),
  CSCR: reg(
    0x74, { LINK_CHANGED: ro(11), LINK: ro(10), BITS: unmodelled(LINE, 9, 0), TESTFUN: unmodelled(LINE, 15, 12) },
    { width: 16, doc: 'Configuration and test (§5)' },
  ),
  PHY1_PARM: reg(0x78, { BITS: unmodelled(LINE, 31, 0) }, { width: 32, doc: '§5' }),
  TW_PARM: reg(0x7c, { BITS: unmodelled(LINE, 31, 0) }, { width: 32, doc: '§5' }),
  PHY2_PARM: reg(0x80, { BITS: unmodelled(LINE, 7, 0) }, { doc: '§5' }),
  CONFIG5: reg(
    0xd8,
    {
      PME_STS: unmodelled(WAKE, 0), LANWAKE: unmodelled(WAKE, 1), LDPS: unmodelled(LINE, 2),
      FIFOADDR: unmodelled('no test of the memory', 3), UWF: unmodelled(WAKE, 4), MWF: unmodelled(WAKE, 5),
      BWF: unmodelled(WAKE, 6),
    },
    { doc: '§5' },
  ),
});

/** §7; revision 10h is an RTL8139C, 20h and above a C+. Class 020000h: Ethernet. */
export const RTL8139_CONFIG = regs(8, {
  ...headerRows({ vendor: 0x10ec, device: 0x8139, revision: 0x10, classCode: 0x020000, pin: 1 }),
  BAR0: ioBar(0x10, REGISTER_BYTES),
  BAR1: memoryBar(0x14, REGISTER_BYTES),
  ...subsystemRows(0x10ec, 0x8139),
});
