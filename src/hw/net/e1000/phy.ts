import type { LiveCells } from '../../../sim/state.ts';

/** Registers of the PHY (§13.4.7, table 13-3), by number. */
const CONTROL = 0, STATUS = 1, ID1 = 2, ID2 = 3, ADVERTISE = 4, PARTNER = 5, EXPANSION = 6, CONTROL_1000 = 9;
const STATUS_1000 = 10, EXTENDED_STATUS = 15, SPECIFIC_CONTROL = 16, SPECIFIC_STATUS = 17, EXTENDED_CONTROL = 20;
const REGISTERS = 32;
/** Bits of CONTROL that are over at once: reset, restart of autonegotiation. */
const RESET = 0x8000, RESTART = 0x0200;
/** CONTROL: loopback, and the speeds that it goes at (10 Mbit/s without either). */
const LOOPBACK = 0x4000, FORCE_100 = 0x2000, FORCE_1000 = 0x0040;

export interface PhyCells extends Record<string, Uint16Array> {
  registers: Uint16Array;
}

function initial(): Uint16Array {
  const r = new Uint16Array(REGISTERS);
  r[CONTROL] = 0x1140;
  r[ADVERTISE] = 0x0de1;
  r[CONTROL_1000] = 0x0300;
  r[SPECIFIC_CONTROL] = 0x0068;
  r[EXTENDED_CONTROL] = 0x0d60;
  return r;
}

export function phyCells(): PhyCells {
  return { registers: initial() };
}

/**
 * The PHY inside the 82540EM, a Marvell M88E1011: as much of it as a driver needs to find the link.
 * Autonegotiation ends at once, with what the link is.
 */
export class Phy {
  private readonly c: LiveCells<PhyCells>;
  /** Mbit/s of the link; 0: none. */
  private readonly speed: number;

  constructor(cells: LiveCells<PhyCells>, speed: number) {
    this.c = cells;
    this.speed = speed;
  }

  get link(): boolean {
    return this.speed > 0;
  }

  /** Bits per second at which frames come back; 0: no loopback (IEEE 802.3 §22.2.4.1.2). */
  get loopRate(): number {
    const control = this.c.registers[CONTROL];
    if ((control & LOOPBACK) === 0) return 0;
    return (control & FORCE_1000) !== 0 ? 1e9 : (control & FORCE_100) !== 0 ? 100e6 : 10e6;
  }

  /** 0: 10, 1: 100, 2: 1000 Mbit/s, as STATUS and the PHY have it. */
  get speedCode(): number {
    return this.speed >= 1000 ? 2 : this.speed >= 100 ? 1 : 0;
  }

  /** @param register 0 to 31 */
  read(register: number): number {
    switch (register) {
      // 10 and 100 Mbit/s, extended status, no preamble needed, autonegotiation: done with a link.
      case STATUS: return 0x7949 | (this.link ? 0x24 : 0);
      case ID1: return 0x0141;
      case ID2: return 0x0c20;
      case PARTNER: return this.link ? (this.speed >= 100 ? 0x41e1 : 0x4061) : 0;
      case EXPANSION: return this.link ? 1 : 0;
      case STATUS_1000: return this.speed >= 1000 ? 0x3c00 : 0;
      case EXTENDED_STATUS: return 0x3000;
      // Speed, full duplex, resolved, link.
      case SPECIFIC_STATUS: return this.link ? (this.speedCode << 14) | 0x2c00 : 0;
      default: return this.c.registers[register];
    }
  }

  /** Read-only registers take no notice: their values are computed. */
  write(register: number, value: number): void {
    if (register === CONTROL) {
      if ((value & RESET) !== 0) this.reset();
      else this.c.registers[CONTROL] = value & ~RESTART;
    } else this.c.registers[register] = value;
  }

  reset(): void {
    this.c.registers.set(initial());
  }
}
