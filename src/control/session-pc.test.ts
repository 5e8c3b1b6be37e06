import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { DISK_READ_BLOCK, type DiskReadMethod } from './experiments/disk-read/block.ts';
import { POST } from './guests/status.ts';
import { PcMachine } from '../machine/pc-machine.ts';
import { ms, us, type Ticks } from '../sim/time.ts';
import type { TraceRecord } from '../sim/trace.ts';
import { DiskOverlay } from './disk-overlay.ts';
import { ndjsonRecord } from './export/ndjson.ts';
import { ImageDisk, pseudoRandomImage } from './image-disk.ts';
import { Session } from './session.ts';

const GUEST = readFileSync(new URL('../../guest/images/disk-read.elf', import.meta.url));
const IMAGE = pseudoRandomImage(2 ** 20);
const BYTES = 16 * 1024;

interface Running {
  session: Session<PcMachine>;
  machine: PcMachine;
  trace: TraceRecord[];
  done: () => boolean;
}

/** A machine with the bare guest, 16 KiB to read, and its trace from now on. */
function start(method: DiskReadMethod, slice: Ticks, ramBytes = 32 * 2 ** 20): Running {
  const disk = new DiskOverlay(new ImageDisk('d', IMAGE));
  let done = false;
  const machine = new PcMachine({
    ramBytes, disk, ide: 'piix3', onSerial: () => {},
    onPost: (code) => {
      if (code !== POST.done) return;
      done = true;
      machine.stop();
    },
  });
  const input = { method, byteCount: BYTES, sectorsPerCommand: 8, skipSha256: true };
  machine.loadGuest(GUEST, DISK_READ_BLOCK.encode(input));
  const trace: TraceRecord[] = [];
  machine.sim.trace.listen((r) => { trace.push(r); });
  return { session: new Session(machine, { attachments: { disk }, slice }), machine, trace, done: () => done };
}

/** As lines; ids count from the record after `from`, and what lies before it is unknown (0). */
function lines(trace: readonly TraceRecord[], from = 0): string {
  const since = (id: number): number => Math.max(0, id - from);
  return trace
    .map((r) => {
      const moved = { ...r, id: since(r.id), parent: since(r.parent) };
      return ndjsonRecord(moved.kind === 'request' ? { ...moved, after: since(moved.after) } : moved);
    })
    .join('');
}

describe.each(['pio-polled', 'pio-irq', 'dma'] as const)('a PC that reads by %s', (method) => {
  const whole = start(method, ms(10));
  whole.session.run(ms(1000));

  test('reads what the disk has', () => {
    expect(whole.done()).toBe(true);
    expect(Buffer.compare(whole.machine.ram.subarray(0x100_0000, 0x100_0000 + BYTES), IMAGE.subarray(0, BYTES))).toBe(
      0,
    );
  });

  test('gives the same trace in slices of any length', () => {
    const sliced = start(method, us(3.7));
    sliced.session.run(ms(1000));
    expect(lines(sliced.trace) === lines(whole.trace)).toBe(true);
    expect(sliced.machine.counters()).toEqual(whole.machine.counters());
  });

  // Moments all over the run: commands, data blocks, halts, bursts in flight.
  test.each([[1], [3], [4], [7]])('goes on from a snapshot at %i eighths as if nothing had happened', (n) => {
    const at = Math.floor(whole.session.now * n / 8);
    const first = start(method, ms(10));
    first.session.run(at);
    const file = first.session.snapshot();
    const second = start(method, ms(10));
    second.session.restore(file);
    expect(Buffer.compare(second.session.snapshot(), file)).toBe(0);
    second.session.run(ms(1000));
    const before = first.trace.length;
    expect(lines(first.trace) === lines(whole.trace.slice(0, before))).toBe(true);
    expect(lines(second.trace) === lines(whole.trace.slice(before), before)).toBe(true);
    expect(second.machine.counters()).toEqual(whole.machine.counters());
    expect(second.done()).toBe(true);
  });
});

test('a snapshot of another machine is refused and changes nothing', () => {
  const a = start('dma', ms(10));
  a.session.run(ms(1));
  const file = a.session.snapshot();
  const b = start('dma', ms(10), 48 * 2 ** 20);
  b.session.run(us(100));
  const before = b.session.snapshot();
  expect(() => b.session.restore(file)).toThrow(
    /^snapshot: it was made with ram [^,]+, this machine has ram [^,]+$/,
  );
  expect(Buffer.compare(b.session.snapshot(), before)).toBe(0);
});
