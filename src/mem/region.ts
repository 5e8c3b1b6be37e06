import type { Ticks } from '../sim/time.ts';
import type { Bus } from './bus.ts';
import type { Target } from './transaction.ts';

/** How a region is mapped. */
export interface RegionOptions {
  /** Name in the memory map and the trace; the target's name by default. */
  name?: string;
  /** Where regions overlap, the higher priority decodes (default 0). */
  priority?: number;
  /** Wait states of the target, added to each access (ticks). */
  latency?: Ticks;
  /** The bus that an access occupies, and whose protocol time it takes. */
  bus?: Bus;
  /** Offset of the region's first byte in the target (an alias), default 0. */
  offset?: number;
  /** Starts disabled. */
  disabled?: boolean;
}

/** A mapped range of an address space. It can be moved and switched, as BARs are. */
export class Region {
  readonly target: Target;
  readonly name: string;
  readonly priority: number;
  readonly latency: Ticks;
  readonly bus: Bus | null;
  readonly offset: number;
  private readonly space: { changed(): void };
  base: number;
  size: number;
  enabled: boolean;
  /** @internal order of mapping, decides between equal priorities: the earlier wins. */
  readonly order: number;

  /** @internal */
  constructor(
    space: { changed(): void }, base: number, size: number, target: Target, options: RegionOptions, order: number,
  ) {
    this.space = space;
    this.base = base;
    this.size = size;
    this.target = target;
    this.name = options.name ?? target.name;
    this.priority = options.priority ?? 0;
    this.latency = options.latency ?? 0;
    this.bus = options.bus ?? null;
    this.offset = options.offset ?? 0;
    this.enabled = !(options.disabled ?? false);
    this.order = order;
  }

  /** Moves and switches the region; the address space's view is rebuilt at the next access. */
  set(base: number, enabled: boolean): void {
    if (base === this.base && enabled === this.enabled) return;
    this.base = base;
    this.enabled = enabled;
    this.space.changed();
  }
}
