/** Bits of a transmit descriptor's command byte (§3.3.3, §3.3.7). */
export const COMMAND = {
  EOP: 0x01, IFCS: 0x02, IC: 0x04, TSE: 0x04, RS: 0x08, RPS: 0x10, DEXT: 0x20, IDE: 0x80,
} as const;

/** POPTS of a data descriptor (§3.3.7.2): insert the IP, the TCP or UDP checksum. */
const IXSM = 0x01, TXSM = 0x02;

/** What a descriptor is. */
export const KIND = { legacy: 0, context: 1, data: 2 } as const;

/** Reads the fields of transmit descriptors that stand in a view. */
export class TransmitDescriptor {
  private readonly view: DataView;
  /** Where it stands. */
  at = 0;

  constructor(view: DataView) {
    this.view = view;
  }

  get command(): number {
    return this.view.getUint8(this.at + 11);
  }

  /** One of `KIND` (§3.3.2: DEXT, DTYP). */
  get kind(): number {
    if ((this.command & COMMAND.DEXT) === 0) return KIND.legacy;
    return (this.view.getUint8(this.at + 10) & 0xf0) === 0 ? KIND.context : KIND.data;
  }

  has(bit: number): boolean {
    return (this.command & bit) !== 0;
  }

  get address(): number {
    return this.view.getUint32(this.at + 4, true) * 2 ** 32 + this.view.getUint32(this.at, true);
  }

  /** Bytes of data: 16 bits in a legacy descriptor, 20 in a data descriptor, none in a context. */
  get length(): number {
    const { kind } = this;
    if (kind === KIND.context) return 0;
    return kind === KIND.legacy
      ? this.view.getUint16(this.at + 8, true)
      : this.view.getUint32(this.at + 8, true) & 0xfffff;
  }

  get insertIp(): boolean {
    return (this.view.getUint8(this.at + 13) & IXSM) !== 0;
  }
  get insertTcp(): boolean {
    return (this.view.getUint8(this.at + 13) & TXSM) !== 0;
  }
  /** Legacy: where the checksum goes, and where its sum begins. */
  get cso(): number {
    return this.view.getUint8(this.at + 10);
  }
  get css(): number {
    return this.view.getUint8(this.at + 13);
  }
  /** Status and what stands beside it: bytes 12 to 15. */
  get status(): number {
    return this.view.getUint32(this.at + 12, true);
  }
}
