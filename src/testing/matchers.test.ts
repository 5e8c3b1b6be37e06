import { beforeEach, describe, expect, test } from 'vitest';
import { Device } from '../hw/device.ts';
import { reg, regs, rw } from '../reg/layout.ts';
import type { Simulation } from '../sim/component.ts';
import { DeviceBench, type Recording } from './index.ts';

/** Reads 16 bytes at ADDRESS, writes them 32 further on, raises its line. */
class Mover extends Device {
  readonly irq = this.irqOut('irq');
  readonly dma = this.dmaPort('dma', { burst: 16, buffer: 16 });
  private readonly s = this.cells('mover', { done: false });
  readonly ports = this.regs('regs', regs(32, { ADDRESS: reg(0, { VALUE: rw(31, 0) }) }), {
    ADDRESS: {
      write: (w) => {
        this.s.done = false;
        this.dma.read(w.value, 16, this.haveRead);
      },
    },
  });
  private readonly haveRead = this.completion(this.dma, 'read', () => {
    this.dma.write(this.ports.r.ADDRESS.value + 32, 16, this.haveWritten);
  });
  private readonly haveWritten = this.completion(this.dma, 'written', () => {
    this.s.done = true;
  });

  constructor(name: string, sim: Simulation) {
    super(name, sim);
  }
  protected override outputs(): void {
    this.irq.set(this.s.done);
  }
}

let bench: DeviceBench, recording: Recording;
let probe: ReturnType<DeviceBench['probe']>;

beforeEach(() => {
  bench = new DeviceBench();
  const mover = new Mover('mover', bench);
  const ram = bench.addRam(0x1000, 0x1000);
  ram.set([1, 2, 3], 0x100);
  bench.mapMemory(0x8000, 4, mover.ports);
  mover.dma.bind({ space: bench.memory, bus: null, latency: 30, enabled: () => true });
  probe = bench.probe(mover.irq);
  bench.reset(mover);
  recording = bench.record();
  bench.writeMemory(0x8000, 0x1100);
  bench.run(1000);
});

/** What a failed expectation says. */
function complaint(expectation: () => void): string {
  try {
    expectation();
  } catch (e) {
    return (e as Error).message;
  }
  return '';
}

describe('matchers', () => {
  test('toHaveTransaction looks at the fields that are named', () => {
    expect(recording).toHaveTransaction({ initiator: 'mover.dma', write: false, address: 0x1100, size: 16 });
    expect(recording).toHaveTransaction({ initiator: 'mover.dma' }, 2);
    expect(recording).not.toHaveTransaction({ initiator: 'mover.dma' }, 1);
    expect(recording).not.toHaveTransaction({ status: 'decode-error' });
    expect(complaint(() => expect(recording).toHaveTransaction({ address: 4 }))).toBe(
      '0 transactions like {"address":4}, of:\n  bench writes 00008000 of mover.regs: 00001100\n' +
        '  mover.dma reads 16 bytes at 00001100 of ram\n  mover.dma writes 16 bytes at 00001120 of ram',
    );
    expect(complaint(() => expect([]).toHaveTransaction({}))).toContain('looks at a recording');
  });

  test('toHaveTransaction refuses a field that no transaction has, also with not', () => {
    const typo = { adress: 3 } as object;
    const message = "there is no 'adress' in a transaction (did you mean address?)";
    expect(complaint(() => expect(recording).toHaveTransaction(typo))).toBe(message);
    expect(complaint(() => expect(recording).not.toHaveTransaction(typo))).toBe(message);
  });

  test('toHaveRaisedIrq counts rising edges', () => {
    expect(probe).toHaveRaisedIrq();
    expect(probe).toHaveRaisedIrq(1);
    expect(probe).not.toHaveRaisedIrq(2);
    expect(complaint(() => expect(probe).toHaveRaisedIrq(3))).toBe('mover.irq rose once, not 3 times and is high');
    expect(recording.rises('mover.irq')).toBe(1);
  });

  test('toComeBefore: the one had ended when the other began', () => {
    const read = recording.first({ kind: 'transaction', write: false });
    const written = recording.first({ initiator: 'mover.dma', write: true });
    const raised = recording.first({ line: 'mover.irq', level: true });
    expect(read).toComeBefore(written);
    expect(written).toComeBefore(raised);
    expect(raised).not.toComeBefore(read);
    expect(complaint(() => expect(raised).toComeBefore(read))).toContain('mover.irq rises (60 to 60 ticks)');
    expect(() => recording.first({ line: 'nobody' })).toThrow(/nothing like .* among:\nbench writes/);
  });

  test('toComeBefore, of one time: nothing comes before itself, and the cause comes first', () => {
    const asked = recording.first({ initiator: 'bench', write: true });
    expect(asked).not.toComeBefore(asked);
    const again = bench.record();
    bench.writeMemory(0x8000, 0x1200);
    const wrote = again.first({ initiator: 'bench' }), fell = again.first({ line: 'mover.irq' });
    expect([wrote, fell]).toMatchObject([{ start: 1000, end: 1000 }, { level: false, time: 1000 }]);
    expect(wrote).toComeBefore(fell);
    expect(fell).not.toComeBefore(wrote);
    expect(again).toMatchTrace('bench writes *\nmover.irq falls');
  });

  test('each recording begins when it is asked for', () => {
    const again = bench.record();
    expect(again.records).toEqual([]);
    bench.writeMemory(0x8000, 0x1200);
    bench.run(1000);
    expect(again.rises('mover.irq')).toBe(1);
    expect(recording.rises('mover.irq')).toBe(2);
    expect(recording.all({ line: 'mover.irq', level: false })).toHaveLength(1);
  });

  test('toMatchTrace compares all lines, with * and ... for what does not matter', () => {
    expect(recording).toMatchTrace(`
      bench writes 00008000 of mover.regs: 00001100
      mover.dma reads 16 bytes at 00001100 of ram
      mover.dma writes 16 bytes at 00001120 of ram
      mover.irq rises
    `);
    expect(recording).toMatchTrace('bench writes *\n...\nmover.irq rises\n...');
    expect(recording).not.toMatchTrace('bench writes *\nmover.irq rises');
    expect(recording).not.toMatchTrace('mover.irq rises');
    expect(complaint(() => expect(recording).toMatchTrace('other'))).toContain('wanted:\n  other\nrecorded:\n  bench');
  });
});
