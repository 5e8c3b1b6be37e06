import type { DmaBinding, DmaPort } from '../hw/dma-port.ts';
import type { DmaChannel, DmaRequester } from '../hw/dma/isa-dma.ts';
import { Device } from '../hw/device.ts';
import type { PciBus } from '../hw/pci/pci-bus.ts';
import type { PciFunction } from '../hw/pci/pci-function.ts';
import { OrGate, type InputPin, type IrqLine, type IrqSink } from '../irq/line.ts';
import { AddressSpace } from '../mem/address-space.ts';
import type { Region, RegionOptions } from '../mem/region.ts';
import { Bus } from '../mem/bus.ts';
import type { Target } from '../mem/transaction.ts';
import type { Clock } from '../sim/clock.ts';
import { Component, type Simulation } from '../sim/component.ts';
import type { RuleName } from '../sim/forgive.ts';
import { Scheduler } from '../sim/scheduler.ts';
import { Trace } from '../sim/trace.ts';
import { Faults } from './faults/faults.ts';
import type { LineFault } from './faults/line-units.ts';
import type { Fault } from './faults/rows.ts';
import { LoadError } from './loader/load-error.ts';
import type { InitiatorEdge, LineEdge, PciBridgeEdge, ProcessorEdge, RelationEdge } from './graph.ts';

/**
 * A board as a recorded graph: address spaces, buses, components, and the edges between them.
 * Snapshots walk it; the memory map, the e820 map and the description of the board are read from
 * it; `check` refuses what cannot work or is not recorded.
 */
export class Board implements Simulation {
  readonly name: string;
  readonly trace = new Trace();
  readonly scheduler = new Scheduler(this.trace);
  readonly spaces: AddressSpace[] = [];
  readonly buses: Bus[] = [];
  readonly clocks: Clock[] = [];
  readonly components: Component[] = [];
  readonly gates: OrGate[] = [];
  readonly wires: LineEdge[] = [];
  readonly initiators: InitiatorEdge[] = [];
  readonly processors: ProcessorEdge[] = [];
  readonly bridges: PciBridgeEdge[] = [];
  readonly relations: RelationEdge[] = [];
  /** By bus: the bridge that leads to it from the processors' side. */
  readonly bridged = new Map<Bus, Component>();
  /** What is faulty on the board, or null. */
  faults: Faults | null = null;
  /** Gates in front of inputs of interrupt controllers. */
  private readonly requesting = new Set<OrGate>();
  /** Names of parts that pass interrupts on. */
  private readonly routers: string[] = [];
  private readonly owners = new Map<Target, Component>();
  /** Lines that are left open on purpose, with the reason. */
  private readonly open = new Map<IrqLine, string>();

  /** Rules of devices that are not kept on this board. */
  readonly forgiven: ReadonlySet<RuleName>;

  constructor(name: string, forgiven: ReadonlySet<RuleName> = new Set()) {
    this.name = name;
    this.forgiven = forgiven;
  }

  space(name: string, options: { bits: number }): AddressSpace {
    const space = new AddressSpace(name, options.bits, this);
    this.spaces.push(space);
    return space;
  }

  clock(clock: Clock): Clock {
    if (!this.clocks.includes(clock)) this.clocks.push(clock);
    return clock;
  }

  bus(bus: Bus): Bus {
    if (!this.buses.includes(bus)) this.buses.push(bus);
    this.clock(bus.clock);
    return bus;
  }

  /** Records a component. Reset and snapshots go through components in this order. */
  add<C extends Component>(component: C): C {
    if (this.components.some((c) => c.name === component.name))
      throw new Error(`two components are named ${component.name}`);
    this.components.push(component);
    if (component.clock !== null) this.clock(component.clock);
    return component;
  }

  /** Maps a target; `owner` says whose it is where it is no register bank of a device. */
  map(
    space: AddressSpace, base: number, size: number, target: Target,
    options: RegionOptions & { owner?: Component } = {},
  ): Region {
    if (options.owner !== undefined) this.owners.set(target, options.owner);
    return space.map(base, size, target, options);
  }

  /** Says whose a target is that somebody else has mapped. */
  own(target: Target, owner: Component): void {
    this.owners.set(target, owner);
  }

  /** The component that a target belongs to, or null. */
  ownerOf(target: Target): Component | null {
    const recorded = this.owners.get(target);
    if (recorded !== undefined) return recorded;
    return this.components.find((c) => c instanceof Device && c.targets.has(target)) ?? null;
  }

  /** Makes the board faulty, before anything is wired on it. */
  inject(faults: readonly Fault[]): void {
    if (this.components.length > 0) throw new Error(`board ${this.name}: faults come before parts`);
    if (faults.length > 0) this.faults = new Faults(faults, this, (unit) => this.add(unit));
  }

  /** Faults that are of nothing on this board, in words. */
  misplacedFaults(): string[] {
    return this.faults?.misplaced() ?? [];
  }

  wire(line: IrqLine, pin: InputPin, to: string): void {
    const end = pin.requests === true ? this.throughFaults(line) : line;
    end.connect(pin.sink, pin.input);
    pin.drivenBy?.(() => this.driversOf(end));
    this.wires.push({ line: end, pin, to });
  }

  /** The end of an interrupt line behind the faulty places that it goes through. */
  private throughFaults(line: IrqLine): IrqLine {
    // What a router or a gate passes on was faulty before it came there.
    const passed = this.gates.some((g) => g.out === line) || this.routers.some((r) => line.name.startsWith(`${r}.`));
    if (this.faults === null || passed) return line;
    return this.through(this.faults.onLine(line.name), line);
  }

  private through(places: readonly LineFault[], line: IrqLine): IrqLine {
    return places.reduce((before, unit) => {
      const { pin, out } = unit.insert(before);
      this.wire(before, pin, unit.name);
      return out;
    }, line);
  }

  /** An OR of several lines on one pin. */
  gate(name: string, lines: readonly IrqLine[], pin: InputPin, to: string): OrGate {
    const gate = new OrGate(name, this);
    if (pin.requests === true) this.requesting.add(gate);
    this.gates.push(gate);
    for (const line of lines) this.join(gate, line);
    this.wire(gate.out, pin, to);
    return gate;
  }

  /** Names of the lines of devices that keep `line` high, through gates and routers. */
  private driversOf(line: IrqLine): readonly string[] {
    if (!line.level) return [];
    const gate = this.gates.find((g) => g.out === line)?.out.name;
    const before = gate !== undefined
      ? this.wires.filter((w) => w.to === gate)
      // What a router passes on comes from the interrupts of the slots.
      : this.routers.some((r) => line.name.startsWith(`${r}.`))
        ? this.bridges.flatMap((b) => b.pirq.map((g) => ({ line: g.out })))
        : [];
    return before.length === 0 ? [line.name] : before.flatMap((w) => this.driversOf(w.line));
  }

  /** Wires a further line to a gate. */
  join(gate: OrGate, line: IrqLine): void {
    const end = this.requesting.has(gate) ? this.throughFaults(line) : line;
    this.wires.push({ line: end, pin: gate.add(end), to: gate.out.name });
  }

  /**
   * Wires a device to a channel of a DMA controller: DREQ to it, DACK# from it.
   * @throws LoadError if another device has the channel
   */
  isaDma(device: DmaRequester, channel: DmaChannel): void {
    const other = this.relations.find((r) => r.kind === 'acknowledges' && r.from === channel.name);
    if (other !== undefined)
      throw new LoadError(`device ${device.dack.name}`, -1, `${other.to} has the DMA channel ${channel.name} already`);
    this.wire(this.through(this.faults?.onRequest(channel.name) ?? [], device.dreq), channel.dreq, channel.name);
    channel.acknowledges(device.dack);
    channel.through?.(this.faults?.path(channel.name) ?? null);
    this.relate('acknowledges', channel.name, device.dack.name);
  }

  /** Says that a line is not connected on this board, and why. */
  leaveOpen(line: IrqLine, reason: string): void {
    this.open.set(line, reason);
  }

  /** Why a line is open, or '' if it is not, or by mistake. */
  openReason(line: IrqLine): string {
    return this.open.get(line) ?? '';
  }

  initiator(port: DmaPort, binding: DmaBinding): void {
    port.bind(binding, this.faults?.path(port.name) ?? null);
    if (binding.bus !== null) this.bus(binding.bus);
    this.initiators.push({ port, binding });
  }

  /** Records a processor with the spaces that it reaches, first the one that it fetches from. */
  processor<C extends Component>(processor: C, spaces: readonly AddressSpace[]): C {
    this.processors.push({ processor, spaces });
    return this.add(processor);
  }

  /** Records that two parts, by their names, work together otherwise (see `RelationEdge`). */
  relate(kind: RelationEdge['kind'], from: string, to: string): void {
    this.relations.push({ kind, from, to });
  }

  /**
   * Records a bridge to a PCI bus whose functions drive the four inputs of an interrupt router:
   * PIRQA# is input 0 of `router`. `to` is the router's name.
   */
  pciBridge(component: Component, pci: PciBus, router: IrqSink, to: string): PciBridgeEdge {
    this.routers.push(to);
    const pirq = ['a', 'b', 'c', 'd'].map((letter, input) =>
      this.gate(`pirq${letter}`, [], { sink: router, input, requests: true }, `${to}.pirq${letter}`),
    );
    const edge: PciBridgeEdge = { component, pci, pirq };
    this.bridges.push(edge);
    this.bus(pci.bus);
    this.bridged.set(pci.bus, component);
    return edge;
  }

  /**
   * Records a component that is a function of a PCI bus: it gets its slot, its DMA ports see what
   * the bus shows them, its INTx lines go to the router. Its private parts come with it.
   */
  pciFunction<F extends PciFunction>(bridge: PciBridgeEdge, device: number, fn: number, f: F): F {
    this.add(f);
    for (const part of f.parts) {
      this.add(part);
      this.relate('includes', f.name, part.name);
    }
    for (const { line, pin, to } of f.partWires) this.wire(line, pin, to);
    bridge.pci.slot(device, fn, f);
    for (const port of f.dmaPorts) this.initiator(port, bridge.pci.upstream(f));
    for (const [pin, line] of f.intx) this.join(bridge.pirq[bridge.pci.router(device, pin)], line);
    return f;
  }

  /** Every line of the board: outputs of its components, then outputs of gates. */
  get lines(): readonly IrqLine[] {
    const outputs = this.components.flatMap((c) => (c instanceof Device ? c.irqLines : []));
    return [...outputs, ...this.gates.map((g) => g.out)];
  }

  /**
   * What is wrong with the board: overlapping regions of equal priority, open lines, unbound DMA
   * ports, connections that are not recorded. Empty if all is well.
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
    const names = new Set<string>();
    const recorded = new Set(this.wires.map((w) => w.line));
    for (const line of this.lines) {
      if (names.has(line.name)) wrong.push(`two lines are named ${line.name}`);
      names.add(line.name);
      if (!line.wired && !this.open.has(line)) wrong.push(`line ${line.name} is not wired`);
      if (line.wired && !recorded.has(line)) wrong.push(`line ${line.name} was wired past the board`);
    }
    for (const c of this.components) {
      if (!(c instanceof Device)) continue;
      for (const port of c.dmaPorts) {
        if (!port.bound) wrong.push(`DMA port ${port.name} is not bound`);
        else if (!this.initiators.some((i) => i.port === port))
          wrong.push(`DMA port ${port.name} was bound past the board`);
      }
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
