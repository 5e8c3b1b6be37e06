import { AddressSpace } from '../../mem/address-space.ts';
import { Bus } from '../../mem/bus.ts';
import { STATUS, type Transaction } from '../../mem/transaction.ts';
import { Clock } from '../../sim/clock.ts';
import type { Simulation } from '../../sim/component.ts';
import type { Ticks } from '../../sim/time.ts';
import type { DmaBinding } from '../dma-port.ts';
import type { PciFunction } from './pci-function.ts';

/** The usual PCI clock: 33⅓ MHz, 30 ns. */
export const PCI_CLOCK = new Clock('pci', 100e6, 3);

/**
 * Timing of the 32-bit bus in its clocks: 2 of arbitration, first data 8 clocks after the
 * grant, then one per beat. PCI 2.1 §3.5.1.1 allows a target 16 clocks to the first data; 8 is the
 * usual figure.
 */
export function pciTiming(name = 'pci', clock: Clock = PCI_CLOCK): Bus {
  return new Bus(name, clock, { arbitration: 2, firstData: 8, perBeat: 1, width: 4 });
}

/** Address bits of configuration space: bus 23:16, device 15:11, function 10:8, register 7:0. */
export const CONFIG_BITS = 24;

export interface PciBusOptions {
  memory: AddressSpace;
  io: AddressSpace;
  /** Configuration space, of 24 address bits; one of the bus's own if absent. */
  config?: AddressSpace;
  /** Occupancy and time of the bus. */
  bus: Bus;
  /**
   * Latency of system memory behind the host bridge, added to each burst of a bus master (ticks).
   */
  memoryLatency?: Ticks;
  /** Masters obey their latency timers (PCI 2.1 §3.5.4); by default their bursts run to the end. */
  latencyTimer?: boolean;
}

/** A function in its slot. */
export interface PciSlot {
  device: number;
  function: number;
  pci: PciFunction;
}

/**
 * PCI bus 0: the slots, the configuration space and what bus masters see. Configuration space is an
 * address space: bus 23:16, device 15:11, function 10:8, register 7:0; an empty slot is a master
 * abort, which reads as ones.
 */
export class PciBus {
  readonly config: AddressSpace;
  readonly bus: Bus;
  readonly slots: PciSlot[] = [];
  private readonly options: PciBusOptions;

  constructor(sim: Simulation, options: PciBusOptions) {
    this.options = options;
    this.bus = options.bus;
    this.config = options.config ?? new AddressSpace('pci-config', CONFIG_BITS, sim);
  }

  /** Puts a function at a device number 0-31 and a function number 0-7. */
  slot(device: number, fn: number, pci: PciFunction): void {
    if (!(device >= 0 && device < 32 && fn >= 0 && fn < 8))
      throw new Error(`${pci.name}: there is no PCI slot ${device}.${fn}`);
    if (this.slots.some((s) => s.device === device && s.function === fn))
      throw new Error(`PCI slot ${device}.${fn} is taken twice`);
    this.slots.push({ device, function: fn, pci });
    this.config.map((device << 11) | (fn << 8), 256, pci.config, { name: `${pci.name}.config` });
    pci.attach({ memory: this.options.memory, io: this.options.io, bus: this.bus });
  }

  /**
   * What a DMA port of `pci` is bound to: system memory across this bus, if Bus Master Enable is
   * set.
   */
  upstream(pci: PciFunction): DmaBinding {
    return {
      space: this.options.memory, bus: this.bus,
      latency: this.options.memoryLatency ?? 0,
      enabled: () => pci.mayMaster,
      ...(this.options.latencyTimer === true ? { latencyTimer: () => this.bus.clock.duration(pci.latencyTimer) } : {}),
    };
  }

  /**
   * Input 0-3 of the interrupt router that pin 1-4 (INTA#-INTD#) of a device drives: device and pin
   * modulo 4, rotated so that device 1's INTA# is PIRQ 0. Boards are free in this; PCI 2.2 §2.2.6
   * recommends that neighbours do not share.
   */
  router(device: number, pin: number): number {
    return (device - 1 + pin - 1) & 3;
  }

  /**
   * Reads configuration space as part of another access by `tx`, whose time is kept; an empty slot
   * gives ones and no error.
   */
  readConfig(address: number, size: number, tx: Transaction): number {
    const ticks = tx.ticks;
    const value = this.config.read(address, size, tx);
    tx.ticks += ticks;
    tx.status = STATUS.OK;
    return value;
  }

  /** Writes configuration space as `readConfig` reads it. */
  writeConfig(address: number, size: number, value: number, tx: Transaction): void {
    const ticks = tx.ticks;
    this.config.write(address, size, value, tx);
    tx.ticks += ticks;
    tx.status = STATUS.OK;
  }
}
