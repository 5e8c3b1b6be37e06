import { E1000 } from '../../src/hw/net/e1000/e1000.ts';
import { E1000_REGISTERS } from '../../src/hw/net/e1000/spec.ts';
import { NicBench } from './nic-bench.ts';

/** Offsets of the registers. */
export const R = Object.fromEntries(Object.entries(E1000_REGISTERS.registers).map(([n, r]) => [n, r.offset])) as Record<
  keyof typeof E1000_REGISTERS.registers, number
>;
export const MAC = [0x52, 0x54, 0, 0x12, 0x34, 0x56], ALL = [255, 255, 255, 255, 255, 255];
/** Rings, buffers, and where frames to send are. */
export const RX = 0x10000, TX = 0x11000, BUFFERS = 0x20000, DATA = 0x40000;
/** Bits of a transmit descriptor's third word. */
export const EOP = 0x01000000, IFCS = 0x02000000, RS = 0x08000000, DEXT = 0x20000000, IDE = 0x80000000;

/** Options of a ring of the bench. */
interface Rings {
  readonly count?: number;
  readonly tail?: number;
  readonly rctl?: number;
}

/** The card as a driver has it: rings, registers, descriptors. */
export class E1000Bench extends NicBench<E1000> {
  private put = 0;

  constructor() {
    super((sim, link) => new E1000('e1000', sim, { mac: Uint8Array.from(MAC), link }), 1e9);
  }
  get(offset: number): number {
    return this.readMemory(this.plugged.at['BAR0'] + offset);
  }
  set(offset: number, value: number): void {
    this.writeMemory(this.plugged.at['BAR0'] + offset, value);
  }
  /** Link up, `count` buffers of 2 KiB, all interrupts. */
  up({ count = 8, tail = count - 1, rctl = 0x8002 }: Rings = {}): void {
    this.set(R.CTRL, 0x40);
    this.get(R.ICR);
    for (let k = 0; k < count; k++) this.ram.fill(0, RX + 16 * k, RX + 16 * k + 16);
    for (let k = 0; k < count; k++) this.writeMemory(RX + 16 * k, BUFFERS + 0x800 * k);
    for (const [base, at] of [[R.RDBAL, RX], [R.TDBAL, TX]]) this.set(base, at);
    this.set(R.RDLEN, 16 * count);
    this.set(R.TDLEN, 16 * 8);
    this.set(R.RDT, tail);
    this.set(R.RCTL, rctl);
    this.set(R.TCTL, 0x0a);
    this.set(R.IMS, 0x1ffff);
  }
  /** Writes a transmit descriptor of four words; the tail stays. */
  descriptor(a: number, b: number, c: number, d: number): void {
    const at = TX + 16 * this.put++;
    [a, b, c, d].forEach((word, k) => this.writeMemory(at + 4 * k, word >>> 0));
  }
  /** Rings the doorbell for all descriptors that were written. */
  go(): void {
    this.set(R.TDT, this.put % 8);
  }
  phy(register: number): number {
    this.set(R.MDIC, (2 << 26) | (1 << 21) | (register << 16));
    return this.get(R.MDIC) & 0xffff;
  }
}
