import { STATUS } from '../../../mem/transaction.ts';
import type { DmaCompletion, DmaPort } from '../../dma-port.ts';
import type { DescriptorRing } from './descriptor-ring.ts';

/** What every engine does beside its own phases, which begin behind these. */
export const RING_PHASE = { idle: 0, fetch: 1 } as const;

/** What an engine needs of the chip. */
export interface RingControl {
  readonly enabled: boolean;
  /** Memory refused. */
  failed(): void;
}

/**
 * What both engines of the chip are alike in: they fetch descriptors of a ring, work on the one at
 * its head, and stop where memory refuses until software writes the ring's registers.
 */
export abstract class RingEngine {
  private readonly state: { phase: number };
  protected readonly ring: DescriptorRing;
  protected readonly port: DmaPort;
  private readonly chip: RingControl;
  /** Set by the chip, which declares them. */
  abstract done: { readonly fetched: DmaCompletion } | null;

  /** @param state cells with the engine's phase */
  constructor(state: { phase: number }, ring: DescriptorRing, port: DmaPort, chip: RingControl) {
    this.state = state;
    this.ring = ring;
    this.port = port;
    this.chip = chip;
  }

  /** Goes on with what is there, if it may. */
  abstract next(): void;
  /** What was begun is over, by a reset. */
  protected abstract cleared(): void;
  /** What was begun is lost, as memory refused. */
  protected abstract lost(): void;

  reset(): void {
    this.port.abort();
    this.state.phase = RING_PHASE.idle;
    this.cleared();
    this.ring.forget();
    this.ring.c.stopped = false;
  }

  /** Software wrote base, length or head. */
  ringWritten(): void {
    this.ring.changed(this.state.phase !== RING_PHASE.idle);
    this.next();
  }

  /** Software wrote the tail. */
  tailWritten(): void {
    this.ring.c.stopped = false;
    this.next();
  }

  /** Whether it may begin something. */
  protected get ready(): boolean {
    return this.state.phase === RING_PHASE.idle && this.chip.enabled && !this.ring.c.stopped && this.done !== null;
  }

  /** Whether the descriptor at the head is here; if not, those that there are are fetched. */
  protected atHand(): boolean {
    const { ring } = this;
    if (ring.c.fetched > 0) return true;
    if (ring.available === 0 || this.done === null) return false;
    this.state.phase = RING_PHASE.fetch;
    ring.fetch(this.port, this.done.fetched);
    return false;
  }

  fetchedDone(status: number): void {
    this.state.phase = RING_PHASE.idle;
    if (status !== STATUS.OK) {
      this.stop();
      return;
    }
    this.ring.arrived(this.port);
    this.next();
  }

  /** Memory refused: what was begun is lost, and the ring waits for software. */
  protected stop(): void {
    this.state.phase = RING_PHASE.idle;
    this.lost();
    this.ring.forget();
    this.ring.c.stopped = true;
    this.chip.failed();
  }
}
