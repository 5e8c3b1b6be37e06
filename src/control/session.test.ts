import { describe, expect, test } from 'vitest';
import { Board } from '../machine/board.ts';
import { loadBoard, saveBoard, type MachineState } from '../machine/snapshot.ts';
import { Component } from '../sim/component.ts';
import { ms, type Ticks } from '../sim/time.ts';
import type { Counters } from './counters.ts';
import { DiskOverlay } from './disk-overlay.ts';
import { ImageDisk } from './image-disk.ts';
import { Session, type SessionMachine } from './session.ts';

/** Counts every millisecond. */
class Ticker extends Component {
  readonly s = this.cells('state', { count: 0, log: new Uint8Array(64) });
  readonly tick = this.event('tick', () => {
    this.s.log[this.s.count++ % 64] = this.s.count;
    this.tick.after(ms(1));
    this.ticked(this.s.count);
  });
  ticked: (count: number) => void = () => {};
}

class Machine implements SessionMachine {
  readonly sim = new Board('fake');
  readonly boardName = 'fake';
  readonly config: string;
  readonly ticker = this.sim.add(new Ticker('ticker', this.sim));
  private stopped = false;

  constructor(config = 'x') {
    this.config = config;
    this.ticker.tick.at(ms(1));
  }
  run(until: Ticks): string {
    this.stopped = false;
    while (!this.stopped && this.sim.scheduler.nextTime <= until)
      this.sim.scheduler.runUntil(this.sim.scheduler.nextTime);
    if (this.stopped) return 'stopped';
    this.sim.scheduler.runUntil(until);
    return 'time';
  }
  drain(): void {}
  stop(): void {
    this.stopped = true;
  }
  counters(): Counters {
    return {
      ticks: this.sim.scheduler.now,
      instructions: this.ticker.s.count * 10,
      cpuPortAccesses: 0, dataPortAccesses: 0, cpuMmioAccesses: 0, busyTicks: 0, haltedTicks: 0,
      interrupts: 0, deviceBytes: 0, deviceTransfers: 0,
    };
  }
  save(): MachineState {
    return saveBoard(this.sim, this.config);
  }
  load(state: MachineState): void {
    loadBoard(this.sim, this.config, state);
  }
}

describe('a session', () => {
  test('runs in slices that change nothing, and ends when it is told', () => {
    const slices: number[] = [];
    const m = new Machine();
    const session: Session = new Session(m, { slice: ms(2), onSlice: () => { slices.push(session.now); } });
    expect(session.run(ms(7))).toBe('time');
    expect(slices).toEqual([ms(2), ms(4), ms(6), ms(7)]);
    expect(m.ticker.s.count).toBe(7);
    m.ticker.ticked = (count) => { if (count === 9) m.stop(); };
    expect(session.run(ms(100))).toBe('stopped');
    expect(session.now).toBe(ms(9));
    expect(new Session(new Machine(), { onSlice: () => false }).run(ms(100))).toBe('interrupted');
  });

  test('gives the difference of the counters between two marks', () => {
    const session = new Session(new Machine());
    session.run(ms(2));
    session.mark('begin');
    session.run(ms(5));
    expect(session.between('begin', 'end')).toBe(null);
    session.mark('end');
    expect(session.between('begin', 'end')).toMatchObject({ ticks: ms(3), instructions: 30 });
  });

  test('run(N + M) equals run(N), snapshot, restore elsewhere, run(M)', () => {
    const whole = new Session(new Machine());
    whole.run(ms(9));
    const first = new Session(new Machine());
    first.run(ms(4));
    const file = first.snapshot();
    const second = new Session(new Machine());
    second.run(ms(1));
    second.restore(file);
    second.run(ms(9));
    expect(second.snapshot()).toEqual(whole.snapshot());
    second.restore(file); // a second time from the same file
    expect(second.snapshot()).toEqual(file);
  });

  test('restores the disk\'s overlay with the machine, or nothing', () => {
    const disk = (): DiskOverlay => new DiskOverlay(new ImageDisk('d', new Uint8Array(8192)));
    const a = disk(), b = disk();
    a.write(5, new Uint8Array([1, 2]), 0, 2);
    const file = new Session(new Machine(), { attachments: { disk: a } }).snapshot();
    new Session(new Machine(), { attachments: { disk: b } }).restore(file);
    const bytes = new Uint8Array(2);
    b.read(5, bytes, 0, 2);
    expect([...bytes]).toEqual([1, 2]);

    const m = new Machine();
    const other = new Session(m);
    other.run(ms(3));
    expect(() => other.restore(file)).toThrow('snapshot: it has disk, which this machine has not');
    expect(m.ticker.s.count).toBe(3);
    expect(() => new Session(new Machine('y'), { attachments: { disk: b } }).restore(file)).toThrow(
      'snapshot: it was made with x, this machine has y',
    );
    const small = new DiskOverlay(new ImageDisk('d', new Uint8Array(512)));
    expect(() => new Session(m, { attachments: { disk: small } }).restore(file)).toThrow(
      'a disk of 8192 bytes, this one has 512',
    );
    expect(m.ticker.s.count).toBe(3);
  });
});
