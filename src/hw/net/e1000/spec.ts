import { rclr, reg, regs, ro, rw, unmodelled, w1c, w1s, wo, type Fields } from '../../../reg/layout.ts';
import { headerRows, ioBar, memoryBar, subsystemRows } from '../../pci/spec.ts';
import { STATISTICS } from './spec-statistics.ts';

/**
 * Intel 82540EM: PCI/PCI-X Family of Gigabit Ethernet Controllers Software Developer's Manual
 * (8254x), 317453-006 (revision 4.0, March 2009), chapter 13 (register descriptions).
 */

/** Bytes behind BAR0 (§4.1), and ports behind BAR2 (§4.1, §13.2.2: IOADDR and IODATA). */
export const MEMORY_BYTES = 0x20000, PORT_BYTES = 8;

/** Causes of interrupts (§13.4.17, ICR). */
export const CAUSE = {
  TXDW: 0x0001, TXQE: 0x0002, LSC: 0x0004, RXSEQ: 0x0008, RXDMT0: 0x0010, RXO: 0x0040, RXT0: 0x0080, MDAC: 0x0200,
  TXD_LOW: 0x8000, SRPD: 0x10000,
} as const;

/** All bits that ICR has. */
export const CAUSES = 0x1f7ff;

/** Bytes of a descriptor, receive (§3.2.3) and transmit (§3.3). */
export const DESCRIPTOR_BYTES = 16;

function causes<K extends typeof rw>(make: K): Fields {
  return {
    TXDW: make(0), TXQE: make(1), LSC: make(2), RXSEQ: make(3), RXDMT0: make(4), RXO: make(6), RXT0: make(7),
    // Reserved, and yet ICS sets them: Linux e1000_intr_test wants all of bits 9:0.
    RSV5: make(5), RSV8: make(8),
    MDAC: make(9), RXCFG: make(10), PHYINT: make(12), GPI: make(14, 13), TXD_LOW: make(15), SRPD: make(16),
  };
}

const FLOW = 'no flow control', VLAN = 'no VLAN tags', WAKE = 'no power states', LINE = 'no analog line';
const DUPLEX = 'full duplex: no collisions', PREFETCH = 'descriptors are fetched as the ring allows';

/** Receive addresses (§13.5.2): sixteen, the first loaded from the EEPROM. */
function receiveAddresses(): Record<string, ReturnType<typeof reg>> {
  const rows: Record<string, ReturnType<typeof reg>> = {};
  for (let n = 0; n < 16; n++) {
    rows[`RAL${n}`] = reg(0x5400 + 8 * n, { ADDRESS: rw(31, 0) }, {
      doc: `Receive address ${n}, bytes 0 to 3 (§13.5.2)`,
    });
    rows[`RAH${n}`] = reg(
      0x5404 + 8 * n,
      { ADDRESS: rw(15, 0), AS: unmodelled('compares destinations only', 17, 16), AV: rw(31) },
      { doc: 'Bytes 4 and 5; AV: valid (§13.5.3)' },
    );
  }
  return rows;
}

/** A row whose bits have no effect here. */
function inert(offset: number, reason: string, doc: string, top = 31) {
  return reg(offset, { VALUE: unmodelled(reason, top, 0) }, { doc });
}

const ring = (bits: number) => ({ VALUE: rw(bits, 0) });

export const E1000_REGISTERS = regs(32, {
  CTRL: reg(
    0x0000,
    {
      FD: rw(0, 0, { reset: 1 }), LRST: unmodelled('no fibre', 3), ASDE: unmodelled('the link has one rate', 5),
      SLU: rw(6),
      ILOS: unmodelled(LINE, 7), SPEED: rw(9, 8, { reset: 2 }), FRCSPD: unmodelled('the link has one rate', 11),
      FRCDPLX: unmodelled(DUPLEX, 12), SDP: unmodelled('no software pins', 23, 18), RST: wo(26),
      RFCE: unmodelled(FLOW, 27), TFCE: unmodelled(FLOW, 28), VME: unmodelled(VLAN, 30), PHY_RST: wo(31),
    },
    { mirrors: [0x0004], doc: 'Device control (§13.4.1)' },
  ),
  STATUS: reg(
    0x0008,
    {
      FD: ro(0, 0, { reset: 1 }), LU: ro(1), FUNCTION: ro(3, 2), TXOFF: ro(4), TBIMODE: ro(5), SPEED: ro(7, 6),
      ASDV: ro(9, 8), PCI66: ro(11), BUS64: ro(12), PCIX: ro(13),
    },
    { doc: 'Device status (§13.4.2)' },
  ),
  EECD: reg(
    0x0010,
    {
      SK: rw(0), CS: rw(1), DI: rw(2), DO: ro(3), FWE: unmodelled('no flash memory', 5, 4, { reset: 1 }), REQ: rw(6),
      GNT: ro(7), PRES: ro(8, 8, { reset: 1 }), SIZE: ro(9),
    },
    { doc: 'EEPROM: the wires of the 93C46 (§13.4.3)' },
  ),
  EERD: reg(
    0x0014, { START: wo(0), DONE: ro(4), ADDR: rw(15, 8), DATA: ro(31, 16) }, { doc: 'EEPROM read (§13.4.4)' },
  ),
  CTRL_EXT: reg(
    0x0018,
    { GPI: unmodelled('no software pins', 11, 0), ASDCHK: wo(12), EE_RST: wo(13), REST: unmodelled(WAKE, 31, 14) },
    { doc: 'Extended device control (§13.4.6)' },
  ),
  FLA: inert(0x001c, 'no flash memory', 'Flash access (§13.4.5)'),
  MDIC: reg(
    0x0020,
    {
      DATA: rw(15, 0), REGADD: rw(20, 16), PHYADD: rw(25, 21), OP: rw(27, 26), R: ro(28), I: rw(29), E: ro(30),
    },
    { doc: 'Reads and writes registers of the PHY (§13.4.7)' },
  ),
  FCAL: inert(0x0028, FLOW, 'Flow control address, low (§13.4.8)'),
  FCAH: inert(0x002c, FLOW, 'Flow control address, high (§13.4.9)', 15),
  FCT: inert(0x0030, FLOW, 'Flow control type (§13.4.10)', 15),
  VET: inert(0x0038, VLAN, 'VLAN Ethertype (§13.4.11)', 15),
  ICR: reg(
    0x00c0, causes(rclr),
    { doc: 'Interrupt causes; a read clears them, and so does writing 1 (§13.4.17)' },
  ),
  ITR: reg(
    0x00c4, { INTERVAL: rw(15, 0) }, { doc: 'Least time between interrupts, in 256 ns; 0: none (§13.4.18)' },
  ),
  ICS: reg(0x00c8, causes(wo), { dir: 'w', doc: 'Sets causes (§13.4.19)' }),
  IMS: reg(0x00d0, causes(w1s), { doc: 'Interrupt mask; writing 1 sets (§13.4.20)' }),
  IMC: reg(0x00d8, causes(wo), { dir: 'w', doc: 'Clears bits of the mask (§13.4.21)' }),
  RCTL: reg(
    0x0100,
    {
      EN: rw(1), SBP: unmodelled('no errors on the link', 2), UPE: rw(3), MPE: rw(4),
      LPE: unmodelled('frames have 1518 bytes at most', 5),
      LBM: unmodelled('the PHY loops back (MII control, bit 14)', 7, 6),
      RDMTS: rw(9, 8),
      MO: rw(13, 12), BAM: rw(15), BSIZE: rw(17, 16), VFE: unmodelled(VLAN, 18), CFIEN: unmodelled(VLAN, 19),
      CFI: unmodelled(VLAN, 20), DPF: unmodelled(FLOW, 22), PMCF: unmodelled(FLOW, 23), BSEX: rw(25), SECRC: rw(26),
    },
    { doc: 'Receive control (§13.4.22)' },
  ),
  FCTTV: inert(0x0170, FLOW, 'Flow control transmit timer (§13.4.13)'),
  TXCW: inert(0x0178, 'no fibre', 'Transmit configuration word (§13.4.14)'),
  RXCW: reg(0x0180, { VALUE: ro(31, 0) }, { doc: 'Receive configuration word (§13.4.15): no fibre' }),
  TCTL: reg(
    0x0400,
    {
      EN: rw(1), PSP: rw(3), CT: unmodelled(DUPLEX, 11, 4), COLD: unmodelled(DUPLEX, 21, 12), SWXOFF: wo(22),
      PBE: unmodelled(DUPLEX, 23), RTLC: unmodelled(DUPLEX, 24), NRTU: unmodelled(DUPLEX, 25),
    },
    { doc: 'Transmit control (§13.4.33)' },
  ),
  TIPG: inert(0x0410, 'the link keeps the gap', 'Transmit gap (§13.4.34)'),
  AIFS: inert(0x0458, DUPLEX, 'Adaptive gap (§13.4.35)'),
  LEDCTL: inert(0x0e00, 'no lamps', 'Lamps (§13.4.12)'),
  PBA: reg(
    0x1000, { RXA: rw(15, 0, { reset: 48 }), TXA: ro(31, 16, { reset: 16 }) },
    { doc: 'Packet memory for receive, KiB; the rest of 64 KiB is for transmit (§13.4.16)' },
  ),
  FCRTL: inert(0x2160, FLOW, 'Flow control threshold, low (§13.4.23)'),
  FCRTH: inert(0x2168, FLOW, 'Flow control threshold, high (§13.4.24)'),
  RDBAL: reg(0x2800, { BASE: rw(31, 4) }, { doc: 'Receive ring: address bits 31:4 (§13.4.25)' }),
  RDBAH: reg(0x2804, ring(31), { doc: 'Address bits 63:32 (§13.4.26)' }),
  RDLEN: reg(0x2808, { LEN: rw(19, 7) }, { doc: 'Receive ring: bytes (§13.4.27)' }),
  RDH: reg(0x2810, ring(15), { doc: 'Receive ring: head, the chip\'s (§13.4.28)' }),
  RDT: reg(0x2818, ring(15), { doc: 'Receive ring: tail, software\'s (§13.4.29)' }),
  RDTR: reg(
    0x2820, { DELAY: rw(15, 0), FPD: wo(31) }, { doc: 'Delay of RXT0 since the last frame, 1.024 µs (§13.4.30)' },
  ),
  RXDCTL: inert(0x2828, PREFETCH, 'Receive descriptor control (§13.4.31)'),
  RADV: reg(0x282c, { DELAY: rw(15, 0) }, { doc: 'Delay of RXT0 since the first frame, 1.024 µs (§13.4.32)' }),
  RSRPD: inert(0x2c00, 'no interrupt for small frames', 'Small receive packet detect'),
  TDBAL: reg(0x3800, { BASE: rw(31, 4) }, { doc: 'Transmit ring: address bits 31:4 (§13.4.36)' }),
  TDBAH: reg(0x3804, ring(31), { doc: 'Address bits 63:32 (§13.4.37)' }),
  TDLEN: reg(0x3808, { LEN: rw(19, 7) }, { doc: 'Transmit ring: bytes (§13.4.38)' }),
  TDH: reg(0x3810, ring(15), { doc: 'Transmit ring: head, the chip\'s (§13.4.39)' }),
  TDT: reg(0x3818, ring(15), { doc: 'Transmit ring: tail, software\'s (§13.4.40)' }),
  TIDV: reg(0x3820, { DELAY: rw(15, 0), FPD: wo(31) }, { doc: 'Delay of TXDW, 1.024 µs (§13.4.41)' }),
  TXDCTL: inert(0x3828, PREFETCH, 'Transmit descriptor control (§13.4.42)'),
  TADV: reg(0x382c, { DELAY: rw(15, 0) }, { doc: 'Greatest delay of TXDW, 1.024 µs (§13.4.43)' }),
  TSPMT: inert(0x3830, 'the transmit memory is one FIFO', 'TCP segmentation thresholds (§13.4.44)'),
  RXCSUM: reg(
    0x5000,
    {
      PCSS: rw(7, 0), IPOFLD: unmodelled('checksums are not checked', 8),
      TUOFLD: unmodelled('checksums are not checked', 9),
    },
    { doc: 'Receive checksum: where the sum in the descriptor begins (§13.4.45)' },
  ),
  ...(receiveAddresses() as { RAL0: ReturnType<typeof inert>; RAH0: ReturnType<typeof inert> }),
  WUC: inert(0x5800, WAKE, 'Wake-up control (§13.6.1)'),
  WUFC: inert(0x5808, WAKE, 'Wake-up filter (§13.6.2)'),
  WUS: reg(0x5810, { CAUSES: w1c(31, 0) }, { doc: 'Wake-up status (§13.6.3): none' }),
  MANC: inert(0x5820, 'no management', 'Management control (§13.4.46)'),
  ...STATISTICS,
});

/** IOADDR and IODATA (§13.2.2): the same registers through two ports. */
export const E1000_PORTS = regs(32, {
  IOADDR: reg(0, { ADDRESS: rw(31, 0) }, { doc: 'Offset of the register that IODATA reaches (§13.2.2.1)' }),
  IODATA: reg(4, { DATA: rw(31, 0) }, { partial: 'whole', doc: 'The register at IOADDR (§13.2.2.2)' }),
});

/** §4.1; no flash memory, so no BAR1. Class 020000h: Ethernet. */
export const E1000_CONFIG = regs(8, {
  ...headerRows({ vendor: 0x8086, device: 0x100e, revision: 2, classCode: 0x020000, pin: 1 }),
  BAR0: memoryBar(0x10, MEMORY_BYTES),
  BAR2: ioBar(0x18, PORT_BYTES),
  ...subsystemRows(0x8086, 0x001e),
});
