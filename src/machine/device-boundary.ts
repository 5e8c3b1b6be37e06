import { Device } from '../hw/device.ts';
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
 * accesses to their targets and bursts, their outputs, events and DMA completions, resets, saving
 * and restoring, being put into a slot, counters, and what they say of themselves.
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
        ? (Reflect.construct(make, [name, inside, options], boundary.classFor(make)) as PciFunction)
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
        value: (name: string, action: () => void, priority?: number, recorded?: boolean) => {
          const hook = `event ${name}`;
          return scheduler.event(name, () => this.run(hook, action), priority, recorded);
        },
      },
    }) as Simulation['scheduler'];
    const { trace, forgiven } = sim;
    return { scheduler: own, trace, ...(forgiven === undefined ? {} : { forgiven }) };
  }

  /**
   * The class with its `outputs` behind the boundary: register banks keep them while they are made,
   * so it would be too late afterwards.
   */
  classFor(make: new (...args: never[]) => PciFunction): new (...args: never[]) => PciFunction {
    const { watch, device } = this, outputs = Reflect.get(make.prototype as object, 'outputs') as () => void;
    if (outputs === Reflect.get(Device.prototype, 'outputs')) return make;
    const fault = (error: unknown): DeviceFault => this.fault(error, 'outputs');
    const inside = function (this: PciFunction): void {
      watch.enter(device);
      try {
        outputs.call(this);
      } catch (error) {
        throw fault(error);
      } finally {
        watch.leave();
      }
    };
    const made = function (): void {} as unknown as new (...args: never[]) => PciFunction;
    made.prototype = Object.create(make.prototype as object, { outputs: { value: inside } });
    return made;
  }

  surround(device: PciFunction): void {
    for (const target of new Set([...device.targets, ...device.decoded])) this.target(target);
    for (const hook of ['resetEnter', 'resetHold', 'resetExit', 'restored', 'save', 'describe'] as const) {
      const original = device[hook].bind(device) as () => unknown;
      Object.assign(device, { [hook]: () => this.run(hook, original) });
    }
    for (const hook of ['load', 'mismatch', 'attach'] as const) {
      const original = device[hook].bind(device) as (argument: unknown) => unknown;
      Object.assign(device, { [hook]: (argument: unknown) => this.run(hook, () => original(argument)) });
    }
    const above = Object.getPrototypeOf(device) as object;
    const pending = (): boolean => Reflect.get(above, 'outputPending', device) as boolean;
    Object.defineProperty(device, 'outputPending', { get: () => this.run('outputPending', pending) });
    for (const counter of device.counterRows) {
      const original = counter.value, hook = `counter ${counter.name}`;
      Object.assign(counter, { value: () => this.run(hook, original) });
    }
  }

  /** Accesses are many: nothing is allocated unless one throws. */
  private target(target: Target): void {
    const { watch, device } = this;
    const read = target.read.bind(target), write = target.write.bind(target), block = target.block?.bind(target);
    target.read = (offset: number, size: number, tx: Transaction): number => {
      watch.enter(device);
      try {
        return read(offset, size, tx);
      } catch (error) {
        throw this.fault(error, `read of ${target.name} at 0x${offset.toString(16)}`);
      } finally {
        watch.leave();
      }
    };
    target.write = (offset: number, size: number, value: number, tx: Transaction): void => {
      watch.enter(device);
      try {
        write(offset, size, value, tx);
      } catch (error) {
        throw this.fault(error, `write of ${target.name} at 0x${offset.toString(16)}`);
      } finally {
        watch.leave();
      }
    };
    if (block === undefined) return;
    target.block = (offset, buffer, at, length, isWrite, tx): void => {
      watch.enter(device);
      try {
        block(offset, buffer, at, length, isWrite, tx);
      } catch (error) {
        throw this.fault(error, `burst ${isWrite ? 'into' : 'from'} ${target.name} at 0x${offset.toString(16)}`);
      } finally {
        watch.leave();
      }
    };
  }

  private run<T>(hook: string, action: () => T): T {
    this.watch.enter(this.device);
    try {
      return action();
    } catch (error) {
      throw this.fault(error, hook);
    } finally {
      this.watch.leave();
    }
  }

  /** A device that reached another one by its DMA: the inner one is named. */
  private fault(error: unknown, hook: string): DeviceFault {
    return error instanceof DeviceFault ? error : new DeviceFault(this.device, hook, error);
  }
}
