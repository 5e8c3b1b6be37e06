import { BSY, DRQ, ERR, type IdeDriver } from './ide.ts';

/** How a packet command ended. */
export interface PacketEnd {
  readonly status: number;
  readonly error: number;
  /** Data that came. */
  readonly data: Uint8Array;
  /** Byte counts of its DRQ blocks. */
  readonly blocks: readonly number[];
}

/** A packet: bytes of the command, the rest zeros. */
export function packetOf(...bytes: number[]): Uint8Array {
  const packet = new Uint8Array(12);
  packet.set(bytes);
  return packet;
}

/** A small ATAPI driver on a bench, over the IDE driver of its channel. */
export class AtapiDriver {
  readonly ide: IdeDriver;
  readonly device: 0 | 1;

  constructor(ide: IdeDriver, device: 0 | 1 = 0) {
    this.ide = ide;
    this.device = device;
  }

  /** Gives PACKET and the packet; nothing waits for its end. @throws Error without DRQ */
  send(packet: Uint8Array, o: { limit?: number; dma?: boolean } = {}): void {
    const { ide } = this, limit = o.limit ?? 0xfffe;
    ide.command(0xa0, { device: this.device, features: o.dma === true ? 1 : 0, lba: limit << 8 });
    const status = ide.ready();
    if ((status & DRQ) === 0) throw new Error(`no DRQ for the packet: status ${status.toString(16)}`);
    for (let k = 0; k < packet.length; k += 2) {
      ide.bench.outw(ide.ports.command, packet[k] | (packet[k + 1] << 8));
      ide.bench.run(ide.bench.tx.ticks);
    }
  }

  /** A packet command by PIO, to its end. */
  command(packet: Uint8Array, limit = 0xfffe): PacketEnd {
    this.send(packet, { limit });
    return this.finish();
  }

  /** Takes the data of a command that was sent. */
  finish(): PacketEnd {
    const { ide } = this, { command } = ide.ports, data: number[] = [], blocks: number[] = [];
    for (;;) {
      ide.ready();
      const status = ide.status;
      if ((status & (BSY | DRQ)) !== DRQ)
        return { status, error: (status & ERR) === 0 ? 0 : ide.error, data: Uint8Array.from(data), blocks };
      const bytes = ide.in8(command + 4) | (ide.in8(command + 5) << 8);
      blocks.push(bytes);
      for (let k = 0; k < bytes; k += 2) {
        const word = ide.bench.inw(command);
        ide.bench.run(ide.bench.tx.ticks);
        data.push(word & 255);
        if (k + 1 < bytes) data.push(word >> 8);
      }
    }
  }

  /** Sense key, code and qualifier of the last command. */
  sense(): readonly [key: number, asc: number, ascq: number] {
    const { data } = this.command(packetOf(0x03, 0, 0, 0, 18));
    return [data[2] & 15, data[12], data[13]];
  }

  /** Takes what it has to tell after a reset and waits until the disc can be read. */
  settle(): void {
    for (let n = 0; n < 100; n++) {
      if ((this.command(packetOf(0x00)).status & ERR) === 0) return;
      this.ide.bench.run(150_000_000);
    }
    throw new Error('the disc does not become ready');
  }
}
