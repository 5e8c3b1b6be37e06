import type { DmaBinding, DmaPort } from '../hw/dma-port.ts';
import type { PciBus } from '../hw/pci/pci-bus.ts';
import type { InputPin, IrqLine, OrGate } from '../irq/line.ts';
import type { AddressSpace } from '../mem/address-space.ts';
import type { Component } from '../sim/component.ts';

/** The typed edges of a board. Regions are edges too: they stand in their address spaces. */

/** From an output to an input of a chip or of a gate. */
export interface LineEdge {
  readonly line: IrqLine;
  readonly pin: InputPin;
  /** The input's name: `pic.4`, or the name of a gate. */
  readonly to: string;
}

/** A processor as an initiator on its address spaces, first the one that it fetches from. */
export interface ProcessorEdge {
  readonly processor: Component;
  readonly spaces: readonly AddressSpace[];
}

/**
 * Two parts that work together without a wire or a bus between them: `vectors`: a processor that
 * asks a controller for the vector of an interrupt; `forwards`: accesses that one target does not
 * claim go on to another; `acknowledges`: the DACK# of a DMA channel selects a device; `holds`: a
 * controller that takes a processor's bus (HOLD/HLDA); `includes`: a part hangs on another alone,
 * e.g. the wire that a card is at, or the keyboard on its controller.
 */
export interface RelationEdge {
  readonly kind: 'vectors' | 'forwards' | 'acknowledges' | 'holds' | 'includes';
  readonly from: string;
  readonly to: string;
}

/** A DMA port as an initiator: what it sees, on which bus, and when it may. */
export interface InitiatorEdge {
  readonly port: DmaPort;
  readonly binding: DmaBinding;
}

/** A bridge to a PCI bus: the bus with its slots, and its configuration space. */
export interface PciBridgeEdge {
  readonly component: Component;
  readonly pci: PciBus;
  /** The gates of PIRQA# to PIRQD#, on which the functions' INTx lines come together. */
  readonly pirq: readonly OrGate[];
}
