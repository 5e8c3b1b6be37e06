import type { DmaRequester } from '../hw/dma/isa-dma.ts';
import { I8237Pair, type I8237PairOptions } from '../hw/dma/i8237/pair.ts';
import { CONTROLLER_PORTS } from '../hw/dma/i8237/spec.ts';
import type { Component } from '../sim/component.ts';
import { DeviceBench } from './device-bench.ts';

/** What a channel is programmed to, for `IsaBench.program`. */
export interface ChannelProgram {
  /** First byte in memory, below 16 MiB; even for 16-bit channels. */
  address: number;
  /** Bytes; of a 16-bit channel an even number. */
  bytes: number;
  /** `write`: from the device to memory. */
  transfer: 'write' | 'read' | 'verify';
  /** Default single. */
  mode?: 'demand' | 'single' | 'block';
  autoinit?: boolean;
  decrement?: boolean;
}

/** Page register of each channel. */
const PAGES = [0x87, 0x83, 0x81, 0x82, 0x8f, 0x8b, 0x89, 0x8a] as const;
const MODES = { demand: 0x00, single: 0x40, block: 0x80 } as const;
const TRANSFERS = { verify: 0x00, write: 0x04, read: 0x08 } as const;

/**
 * A bench with RAM at 0 and the two DMA controllers of a PC at their ports, cascaded as firmware
 * leaves them, and no processor.
 */
export class IsaBench extends DeviceBench {
  /** RAM from address 0 on. */
  readonly ram: Uint8Array;
  readonly dma: I8237Pair;

  constructor(ramBytes = 1 << 20, options: Partial<I8237PairOptions> = {}) {
    super();
    this.ram = this.addRam(0, ramBytes);
    this.dma = new I8237Pair('dma', this, { memory: this.memory, ...options });
    this.mapIo(0x00, CONTROLLER_PORTS, this.dma.first);
    this.mapIo(0xc0, CONTROLLER_PORTS, this.dma.second);
    this.mapIo(0x80, 16, this.dma.pages);
    this.resetDma();
  }

  /** Resets the controllers, further components with them, and cascades them again. */
  resetDma(...components: Component[]): void {
    this.reset(this.dma, ...components);
    this.outb(0xd6, 0xc0);
    this.outb(0xd4, 0x00);
  }

  /** Wires a device's end of a DREQ/DACK# pair to a channel. */
  wireDma(device: DmaRequester, channel: number): void {
    const end = this.dma.channel(channel);
    device.dreq.connect(end.dreq.sink, end.dreq.input);
    end.acknowledges(device.dack);
  }

  /** Programs and unmasks a channel as a driver does. */
  program(channel: number, about: ChannelProgram): void {
    const words = channel >= 4, own = channel & 3;
    const at = (register: number): number => (words ? 0xc0 + 2 * register : register);
    const address = words ? (about.address >> 1) & 0xffff : about.address & 0xffff;
    const count = about.bytes / (words ? 2 : 1) - 1;
    this.outb(at(10), 4 | own);
    this.outb(at(12), 0);
    this.outb(
      at(11),
      own | MODES[about.mode ?? 'single'] | TRANSFERS[about.transfer] |
        (about.autoinit === true ? 0x10 : 0) | (about.decrement === true ? 0x20 : 0),
    );
    for (const [register, value] of [[2 * own, address], [2 * own + 1, count]] as const) {
      this.outb(at(register), value & 0xff);
      this.outb(at(register), (value >> 8) & 0xff);
    }
    this.outb(PAGES[channel], about.address >> 16);
    this.outb(at(10), own);
  }

  /** Transfers that a channel still has to make, as its current count says. */
  remaining(channel: number): number {
    const words = channel >= 4, own = channel & 3;
    this.outb(words ? 0xd8 : 0x0c, 0);
    const port = words ? 0xc2 + 4 * own : 2 * own + 1;
    return ((this.inb(port) | (this.inb(port) << 8)) + 1) & 0xffff;
  }
}
