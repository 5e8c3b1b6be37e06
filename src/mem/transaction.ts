import type { Ticks } from '../sim/time.ts';

/** How an access ended. */
export const STATUS = {
  OK: 0,
  /** Nothing decodes the address (PCI: master abort). Reads are all ones, writes are lost. */
  DECODE_ERROR: 1,
  /**
   * The target refused (PCI: target abort), or is itself in the middle of an access (re-entrant
   * DMA).
   */
  TARGET_ERROR: 2,
  IOMMU_FAULT: 3,
} as const;
export const STATUS_NAMES: readonly string[] = ['ok', 'decode-error', 'target-error', 'iommu-fault'];

/**
 * x86 memory types as MTRR and PAT encode them (SDM vol. 3, 11.3): UC 0, WC 1, WT 4, WP 5, WB 6.
 * NONE for I/O space and configuration space.
 */
export const MEMORY_TYPE = { UC: 0, WC: 1, WT: 4, WP: 5, WB: 6, NONE: 8 } as const;
export const MEMORY_TYPE_NAMES: readonly string[] = ['UC', 'WC', '', '', 'WT', 'WP', 'WB', 'UC-', ''];

/**
 * One access, seen by everything on its way. Each initiator owns one object and reuses it, so that
 * nothing is allocated. The initiator sets who and how; the path adds to `ticks` and sets `status`.
 */
export class Transaction {
  /** Name of the initiator. */
  readonly initiator: string;
  /** A device's bus master makes the access, no processor. */
  readonly busMaster: boolean;
  secure = true;
  privileged = true;
  /** A look by a debugger: no effects, no time, no trace. */
  debug = false;
  /** One of MEMORY_TYPE. */
  memoryType: number = MEMORY_TYPE.NONE;
  /** STATUS of the last access. */
  status: number = STATUS.OK;
  /**
   * Time that the last access took, from its start to its completion. Set to 0 by the address
   * space, added to along the way.
   */
  ticks: Ticks = 0;
  /**
   * Linear address of the instruction that makes the access, -1 if none does. For the trace, and
   * maintained by the initiator only while something is traced.
   */
  pc = -1;

  constructor(initiator: string, busMaster = false) {
    this.initiator = initiator;
    this.busMaster = busMaster;
  }
}

/**
 * A guard that is set while a device is being accessed or its DMA is on the bus; one per device,
 * shared by all its regions.
 */
export interface Guard {
  engaged: boolean;
}

/**
 * What answers at an address. Offsets are relative to the region's start; sizes are 1, 2 or 4 bytes
 * and never run past the region. Values are unsigned.
 */
export interface Target {
  readonly name: string;
  /** The device's guard against re-entry, if it has one. */
  readonly guard?: Guard;
  read(offset: number, size: number, tx: Transaction): number;
  write(offset: number, size: number, value: number, tx: Transaction): void;
  /**
   * Moves `length` bytes of a burst between `offset` and `buffer` from `at` on, as one transaction.
   * What has no such method sees a burst as beats of up to 4 bytes.
   */
  block?(offset: number, buffer: Uint8Array, at: number, length: number, write: boolean, tx: Transaction): void;
}
