import { PciFunction } from '../hw/pci/pci-function.ts';
import type { Target, Transaction } from '../mem/transaction.ts';
import type { Simulation } from '../sim/component.ts';
import type { DeviceMaker } from './user-devices.ts';

/** A device from outside threw in one of its hooks: a fault of its author, not of the guest. */
export class DeviceFault extends Error {
  /** Its name on the board. */
  readonly device: string;
  /** What it was asked for: `read of copy.registers at 0x10`, `event copy.tick`. */
  readonly hook: string;

  constructor(device: string, hook: string, cause: unknown) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    super(`device ${device} threw in its ${hook}: ${reason}`, { cause });
    this.name = 'DeviceFault';
    this.device = device;
    this.hook = hook;
  }
}

/** Is told when a device is entered and left, so that one that never returns can be named. */
export interface HookWatch {
  enter(device: string): void;
  leave(): void;
}

/**
 * A maker whose devices stand behind a boundary: whatever they throw becomes a `DeviceFault` with
 * their name, and `watch` knows when one is at work. What crosses the boundary is the constructor,
 * accesses to their targets, their events and DMA completions, resets, and counters.
 */
export function guarded(use: DeviceMaker, watch: HookWatch): DeviceMaker {
  const make = use as new (name: string, sim: Simulation, options: unknown) => PciFunction;
  const isClass = (use as { prototype?: unknown }).prototype instanceof PciFunction;
  return (name: string, sim: Simulation, options: unknown): PciFunction => {
    const boundary = new Boundary(name, watch);
    watch.enter(name);
    try {
      const inside = boundary.simulation(sim);
      const device = isClass
        ? new make(name, inside, options)
        : (use as (name: string, sim: Simulation, options: unknown) => PciFunction)(name, inside, options);
      if (device instanceof PciFunction) boundary.surround(device);
      return device;
    } finally {
      watch.leave();
    }
  };
}

class Boundary {
  private readonly device: string;
  private readonly watch: HookWatch;

  constructor(device: string, watch: HookWatch) {
    this.device = device;
    this.watch = watch;
  }

  /** The simulation as the device sees it: its events run behind the boundary. */
  simulation(sim: Simulation): Simulation {
    const { scheduler } = sim;
    const own = Object.create(scheduler, {
      event: {
        value: (name: string, action: () => void, priority?: number, recorded?: boolean) =>
          scheduler.event(name, () => this.run(() => `event ${name}`, action), priority, recorded),
      },
    }) as Simulation['scheduler'];
    return { scheduler: own, trace: sim.trace };
  }

  surround(device: PciFunction): void {
    for (const target of device.targets) this.target(target);
    for (const hook of ['resetEnter', 'resetHold', 'resetExit', 'restored'] as const) {
      const original = device[hook].bind(device);
      device[hook] = () => this.run(() => hook, original);
    }
    for (const counter of device.counterRows) {
      const original = counter.value;
      Object.assign(counter, { value: () => this.run(() => `counter ${counter.name}`, original) });
    }
  }

  private target(target: Target): void {
    const read = target.read.bind(target), write = target.write.bind(target);
    const hook = (verb: string, offset: number) => () => `${verb} of ${target.name} at 0x${offset.toString(16)}`;
    target.read = (offset: number, size: number, tx: Transaction) =>
      this.run(hook('read', offset), () => read(offset, size, tx));
    target.write = (offset: number, size: number, value: number, tx: Transaction) =>
      this.run(hook('write', offset), () => write(offset, size, value, tx));
  }

  private run<T>(hook: () => string, action: () => T): T {
    this.watch.enter(this.device);
    try {
      return action();
    } catch (error) {
      // A device that reached another one by its DMA: the inner one is named.
      throw error instanceof DeviceFault ? error : new DeviceFault(this.device, hook(), error);
    } finally {
      this.watch.leave();
    }
  }
}
