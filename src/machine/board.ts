import type { DmaBinding, DmaPort } from '../hw/dma-port.ts';
import { Device } from '../hw/device.ts';
import { OrGate, type InputPin, type IrqLine } from '../irq/line.ts';
import { AddressSpace, type Region, type RegionOptions } from '../mem/address-space.ts';
import { Bus } from '../mem/bus.ts';
import type { Target } from '../mem/transaction.ts';
import type { Clock } from '../sim/clock.ts';
import { Component, type Simulation } from '../sim/component.ts';
import { Scheduler } from '../sim/scheduler.ts';
import { Trace } from '../sim/trace.ts';

/**
 * A board as a recorded graph: address spaces, buses, components, mappings, wires and initiators.
 * The memory map, the e820 map, the list of devices and the block diagram are read from it, and
 * `check` refuses what cannot work.
 */
export class Board implements Simulation {
  readonly name: string;
  readonly scheduler = new Scheduler();
  readonly trace = new Trace();
  readonly spaces: AddressSpace[] = [];
  readonly buses: Bus[] = [];
  readonly clocks: Clock[] = [];
  readonly components: Component[] = [];
  readonly gates: OrGate[] = [];
  readonly wires: { line: IrqLine; to: string }[] = [];
  readonly initiators: { port: DmaPort; binding: DmaBinding }[] = [];
  /** Lines that are left open on purpose, with the reason. */
  private readonly open = new Map<IrqLine, string>();

  constructor(name: string) {
    this.name = name;
  }

  space(name: string, options: { bits: number }): AddressSpace {
    const space = new AddressSpace(name, options.bits, this);
    this.spaces.push(space);
    return space;
  }

  clock(clock: Clock): Clock {
    this.clocks.push(clock);
    return clock;
  }

  bus(bus: Bus): Bus {
    if (!this.buses.includes(bus)) this.buses.push(bus);
    return bus;
  }

  /** Records a component. Reset and snapshots go through components in this order. */
  add<C extends Component>(component: C): C {
    if (this.components.some((c) => c.name === component.name))
      throw new Error(`two components are named ${component.name}`);
    this.components.push(component);
    return component;
  }

  map(space: AddressSpace, base: number, size: number, target: Target, options: RegionOptions = {}): Region {
    return space.map(base, size, target, options);
  }

  wire(line: IrqLine, pin: InputPin, to: string): void {
    line.connect(pin.sink, pin.input);
    this.wires.push({ line, to });
  }

  /** An OR of several lines on one pin. */
  gate(name: string, lines: readonly IrqLine[], pin: InputPin, to: string): OrGate {
    const gate = new OrGate(name);
    for (const line of lines) {
      gate.add(line);
      this.wires.push({ line, to: name });
    }
    this.gates.push(gate);
    this.wire(gate.out, pin, to);
    return gate;
  }

  /** Says that a line is not connected on this board, and why. */
  leaveOpen(line: IrqLine, reason: string): void {
    this.open.set(line, reason);
  }

  initiator(port: DmaPort, binding: DmaBinding): void {
    port.bind(binding);
    this.initiators.push({ port, binding });
  }

  /**
   * What is wrong with the board: overlapping regions of equal priority, open lines, unbound DMA
   * ports. Empty if all is well.
   */
  check(): string[] {
    const wrong: string[] = [];
    for (const space of this.spaces) {
      const live = space.mapped.filter((r) => r.enabled);
      live.forEach((a, i) => {
        for (const b of live.slice(i + 1)) {
          if (a.priority === b.priority && a.base < b.base + b.size && b.base < a.base + a.size) {
            wrong.push(`${space.name}: ${a.name} and ${b.name} overlap at 0x${Math.max(a.base, b.base).toString(16)}`);
          }
        }
      });
    }
    for (const c of this.components) {
      if (!(c instanceof Device)) continue;
      for (const line of c.irqLines)
        if (!line.wired && !this.open.has(line)) wrong.push(`line ${line.name} is not wired`);
      for (const port of c.dmaPorts) if (!port.bound) wrong.push(`DMA port ${port.name} is not bound`);
    }
    return wrong;
  }

  /** Three-phase reset of the whole board. */
  reset(): void {
    for (const bus of this.buses) bus.busyUntil = 0;
    for (const c of this.components) c.resetEnter();
    for (const c of this.components) c.resetHold();
    for (const c of this.components) c.resetExit();
  }
}
