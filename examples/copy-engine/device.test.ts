import { describeContract, DeviceBench, PciBench } from 'northbridge/testing';
import { beforeEach, describe, expect, test } from 'vitest';
import CopyEngine from './device.ts';

const SOURCE = 0x00, TARGET = 0x04, LENGTH = 0x08, CONTROL = 0x0c, STATUS = 0x10;
const GO_WITH_INTERRUPT = 3, DONE = 2, ERROR = 4;
const options = { buffer: 4096 };

// Every row keeps what its kinds promise, all state is declared, reset and snapshot are complete.
describeContract('CopyEngine', () => new CopyEngine('copy', new DeviceBench(), options), {
  except: { 'registers.CONTROL': 'GO clears itself' },
});

describe('a copy of 256 bytes', () => {
  let bench: PciBench, base: number, copy: ReturnType<typeof plug>;
  const plug = () => bench.plug((sim) => new CopyEngine('copy', sim, options));

  beforeEach(() => {
    bench = new PciBench();
    copy = plug();
    base = copy.at['BAR0'];
    bench.ram.set(Array.from({ length: 256 }, (_, k) => k), 0x1000);
  });

  function start(source: number, target: number, bytes: number): void {
    bench.writeMemory(base + SOURCE, source);
    bench.writeMemory(base + TARGET, target);
    bench.writeMemory(base + LENGTH, bytes);
    bench.writeMemory(base + CONTROL, GO_WITH_INTERRUPT);
  }

  test('moves the bytes, then raises INTA# until DONE is cleared', () => {
    const recording = bench.record();
    start(0x1000, 0x2000, 256);
    bench.run(1e6);
    expect(bench.ram.slice(0x2000, 0x2100)).toEqual(bench.ram.slice(0x1000, 0x1100));
    expect(recording).toHaveTransaction({ initiator: 'copy.dma', write: false, size: 64 }, 4);
    expect(recording).toHaveTransaction({ initiator: 'copy.dma', write: true, size: 64 }, 4);
    expect(recording.first({ initiator: 'copy.dma', write: true })).toComeBefore(recording.first({ level: true }));
    expect(copy.intx.get(1)).toHaveRaisedIrq(1);
    bench.writeMemory(base + STATUS, DONE);
    expect(copy.intx.get(1)!.level).toBe(false);
  });

  test('is this sequence on the bus', () => {
    start(0x1000, 0x2000, 64);
    const recording = bench.record();
    bench.run(1e6);
    expect(recording).toMatchTrace(`
      copy.dma reads 64 bytes at 00001000 of ram
      copy.dma writes 64 bytes at 00002000 of ram
      copy.INTA# rises
    `);
  });

  test('from where nothing is: ERROR, nothing written', () => {
    const recording = bench.record();
    start(0xf0000000, 0x2000, 64);
    bench.run(1e6);
    expect(bench.readMemory(base + STATUS)).toBe(ERROR);
    expect(recording).not.toHaveTransaction({ initiator: 'copy.dma', write: true });
  });
});
