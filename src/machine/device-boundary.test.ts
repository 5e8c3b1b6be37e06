import { describe, expect, test } from 'vitest';
import { PciFunction } from '../hw/pci/pci-function.ts';
import { commandRow, identityRows, memoryBar, statusRow } from '../hw/pci/spec.ts';
import { Bus } from '../mem/bus.ts';
import { Transaction, type Target } from '../mem/transaction.ts';
import { reg, regs, rw } from '../reg/layout.ts';
import { Clock } from '../sim/clock.ts';
import type { Identity, Simulation } from '../sim/component.ts';
import type { SavedState } from '../sim/state.ts';
import { Board } from './board.ts';
import { DeviceFault, guarded, type HookWatch } from './device-boundary.ts';

const CONFIG = regs(8, {
  ...identityRows({ vendor: 0x1234, device: 1, revision: 0, classCode: 0xff0000 }),
  COMMAND: commandRow(), STATUS: statusRow(), BAR0: memoryBar(0x10, 4096),
  BAR1: memoryBar(0x14, 32),
});

/** Throws in whatever it is asked for while `faulty`. */
class Broken extends PciFunction {
  faulty = false;
  private readonly registers = this.regs('registers', regs(32, { DATA: reg(0, { VALUE: rw(31, 0) }) }), {
    DATA: { value: () => this.work(), write: () => void this.work() },
  });
  private readonly window: Target = {
    name: 'broken.window', read: () => 0, write: () => {}, block: () => void this.work(),
  };
  private readonly legacy: Target = {
    name: 'broken.legacy', read: () => this.work(), write: () => void this.work(),
  };
  readonly config = this.configSpace(CONFIG);
  readonly alarm = this.event('alarm', () => void this.work());

  constructor(name: string, sim: Simulation) {
    super(name, sim);
    this.bar('BAR0', this.window);
    this.bar('BAR1', this.registers);
    this.fixedRange('io', 0x300, 4, this.legacy, () => this.work() === 0);
    this.counter('things', '', 'counted', () => this.work());
  }

  override get outputPending(): boolean {
    return this.work() > 0;
  }
  override describe(): Identity | null {
    return this.work() === 0 ? null : super.describe();
  }
  override save(): SavedState {
    this.work();
    return super.save();
  }
  override mismatch(saved: SavedState): string {
    this.work();
    return super.mismatch(saved);
  }
  override load(saved: SavedState): void {
    this.work();
    super.load(saved);
  }
  override restored(): void {
    super.restored();
    this.work();
  }
  breaksRule(): boolean {
    return this.broken('uart-interrupt-without-out2', 'asked');
  }
  private work(): number {
    if (this.faulty) throw new Error('out of order');
    return 0;
  }
}

class Watch implements HookWatch {
  inside: string[] = [];
  entered = 0;
  enter(device: string): void {
    this.inside.push(device);
    this.entered++;
  }
  leave(): void {
    this.inside.pop();
  }
}

function broken(board = new Board('bench')) {
  const watch = new Watch();
  const make = guarded(Broken, watch) as unknown as (name: string, sim: Simulation) => Broken;
  const device = make('card', board);
  const memory = board.space('memory', { bits: 32 }), io = board.space('io', { bits: 16 });
  const bus = new Bus('pci', new Clock('pci', 33_333_333), { arbitration: 1, firstData: 1, perBeat: 1, width: 4 });
  return { board, watch, device, memory, io, bus };
}

describe('what a device from outside throws has its name and the hook, and the watch knew', () => {
  const tx = new Transaction('t');
  const { watch, device, board, memory, io, bus } = broken();
  device.attach({ memory, io, bus });
  const { COMMAND, BAR0, BAR1 } = device.config.r;
  for (const [row, value] of [[BAR0!, 0x10000], [BAR1!, 0x20000], [COMMAND!, 3]] as const) row.value = value;
  device.restored();
  const saved = device.save();

  test.each<[string, () => unknown]>([
    ['read of card.registers at 0x0', () => memory.read(0x20000, 4, tx)],
    ['write of card.registers at 0x0', () => memory.write(0x20000, 4, 1, tx)],
    ['burst into broken.window at 0x40', () => memory.burst(0x10040, new Uint8Array(64), 0, 64, true, tx)],
    ['burst from broken.window at 0x40', () => memory.burst(0x10040, new Uint8Array(64), 0, 64, false, tx)],
    ['read of broken.legacy at 0x1', () => io.read(0x301, 1, tx)],
    ['event card.alarm', () => { device.alarm.after(1); board.scheduler.runUntil(board.scheduler.now + 1); }],
    ['counter things', () => device.counterRows.find((c) => c.name === 'things')!.value()],
    ['outputPending', () => device.outputPending],
    ['describe', () => device.describe()],
    ['save', () => device.save()],
    ['mismatch', () => device.mismatch(saved)],
    ['load', () => device.load(saved)],
    ['restored', () => device.restored()],
    ['resetHold', () => device.resetHold()],
    ['attach', () => device.attach({ memory, io, bus })],
  ])('%s', (hook, act) => {
    const before = watch.entered;
    device.faulty = true;
    let thrown: unknown;
    try {
      act();
    } catch (error) {
      thrown = error;
    }
    device.faulty = false;
    device.guard.engaged = false;
    expect(thrown).toBeInstanceOf(DeviceFault);
    expect((thrown as Error).message).toBe(`device card threw in its ${hook}: out of order`);
    expect([watch.entered > before, watch.inside]).toEqual([true, []]);
  });
});

test('a device behind the boundary knows what the machine forgives', () => {
  const { device } = broken(new Board('bench', new Set(['uart-interrupt-without-out2'])));
  expect(device.breaksRule()).toBe(true);
  expect(broken().device.breaksRule()).toBe(false);
});

/** Its outputs throw from the write of a register on. */
class BadOutputs extends PciFunction {
  readonly registers = this.regs('registers', regs(32, { DATA: reg(0, { VALUE: rw(31, 0) }) }), {});
  readonly config = this.configSpace(CONFIG);

  protected override outputs(): void {
    if (this.registers.r['DATA']?.value === 1) throw new Error('no level');
  }
}

test('outputs are named as such, also after an access, and the class is still its own', () => {
  const watch = new Watch();
  const make = guarded(BadOutputs, watch) as unknown as (name: string, sim: Simulation) => BadOutputs;
  const device = make('card', new Board('bench'));
  expect([device instanceof BadOutputs, device.constructor]).toEqual([true, BadOutputs]);
  const message = 'device card threw in its outputs: no level';
  expect(() => device.registers.write(0, 4, 1, new Transaction('t'))).toThrow(message);
  expect(() => device.resetHold()).toThrow(message);
  expect(watch.inside).toEqual([]);
});
