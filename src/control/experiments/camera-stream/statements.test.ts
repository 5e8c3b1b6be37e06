/** What camera-stream's statements say of its table and its trace is so: a check for each. */
import { expect, test } from 'vitest';
import { by, tracedRun, type TracedRun } from '../../../../test/benches/traced-run.ts';
import { CAMERA_REGISTERS } from '../../../hw/camera/spec.ts';
import type { TransactionRecord } from '../../../sim/trace.ts';
import { CAMERA_MEMORY } from './block.ts';
import { CAMERA_STREAM } from './experiment.ts';
import { CAMERA_STREAM_STATEMENTS } from './statements.ts';

const FRAMES = 6, FRAME_BYTES = 64 * 64;
const runs = new Map<string, TracedRun>();
function traced(method: string): TracedRun {
  const values = { frames: FRAMES, width: 64, height: 64, frameRate: 500, busy: 3000 * 500, hiccup: 0 };
  if (!runs.has(method)) runs.set(method, tracedRun(CAMERA_STREAM, method, { values }));
  return runs.get(method) as TracedRun;
}
const camera = (method = 'ring-4'): TransactionRecord[] => traced(method).transactions.filter(by('camera.dma'));
const pixels = (method = 'ring-4'): TransactionRecord[] => camera(method).filter((r) => r.write && r.size === 64);
const { registers } = CAMERA_REGISTERS;
const ofProcessor = (method: string, register?: number, write?: boolean): TransactionRecord[] =>
  traced(method).transactions.filter((r) => r.initiator === 'cpu0' && r.target === 'camera.registers' &&
    (register === undefined || (r.address & 0xfff) === register) && (write === undefined || r.write === write));

const CHECKS: Readonly<Record<string, () => void>> = {
  S7: () => {
    for (const method of ['grab', 'ring-4', 'overwrite']) {
      const { run } = traced(method), processed = Number(run.measures['processed']);
      expect(run.matches).toBe(true);
      expect(Number(run.measures['deviceBytes'])).toBeGreaterThanOrEqual(processed * FRAME_BYTES);
    }
  },
  S27: () => {
    const run = ofProcessor('ring-4', registers.CONTROL.offset, true).filter((r) => (r.value & 1) !== 0);
    expect(run).toHaveLength(1);
    expect(pixels().filter((r) => r.start > run[0].end)).toHaveLength(pixels().length);
    expect(pixels().length).toBeGreaterThanOrEqual((FRAMES * FRAME_BYTES) / 64);
  },
  S30: () => {
    const read = new Set(ofProcessor('ring-4', undefined, false).map((r) => r.address & 0xfff));
    const { INT, CLOCK } = registers;
    expect([...read].sort((a, b) => a - b)).toEqual([INT.offset, CLOCK.offset]);
    expect(traced('ring-4').run.matches).toBe(true);
  },
  S38: () => {
    const lists = camera().filter((r) => !r.write && r.size === 64);
    expect(lists[0].address).toBe(CAMERA_MEMORY + 4096);
    expect(camera()[0]).toMatchObject({ write: false, size: 4, address: CAMERA_MEMORY });
    const { ram } = traced('ring-4').machine;
    const page = new DataView(ram.buffer, ram.byteOffset).getUint32(lists[0].address, true);
    expect(pixels()[0].address).toBe(page);
  },
  S74: () => {
    // Set up before the first mark, of which on records are kept: RUN is the first access after it.
    expect(ofProcessor('ring-4')[0]).toMatchObject({ write: true, value: 0x901 });
    expect(ofProcessor('ring-4', registers.RING.offset)).toEqual([]);
  },
  S75: () => {
    const writes = (method: string): unknown => traced(method).run.measures['writesPerFrame'];
    expect([writes('grab'), writes('overwrite')]).toEqual([1, 0]);
    // Those of a ring give buffers back; none is needed while buffers are free.
    const back = ofProcessor('ring-4', registers.CONSUMER.offset, true);
    expect(back.length).toBe(FRAMES - 1);
    const before = pixels().filter((r) => r.start < back[0].start);
    expect(before.length).toBeGreaterThan(FRAME_BYTES / 64);
    expect(ofProcessor('ring-4', undefined, true)).toHaveLength(1 + back.length);
  },
  S100: () => {
    const clocks = ofProcessor('ring-4', registers.CLOCK.offset).map((r) => r.end);
    const back = ofProcessor('ring-4', registers.CONSUMER.offset, true).map((r) => r.start);
    for (const [k, end] of back.slice(0, 4).entries())
      expect(pixels().some((r) => r.start > clocks[k] && r.end < end)).toBe(true);
  },
  S128: () => {
    expect(traced('ring-4').run.measures['interrupts']).toBe(FRAMES);
  },
};

test('there is a check for each statement', () => {
  expect(Object.keys(CHECKS)).toEqual(CAMERA_STREAM_STATEMENTS.map((s) => s.id));
});

test.each(CAMERA_STREAM_STATEMENTS.map(({ id, where }) => [id, where]))('%s: %s', (id) => CHECKS[id]());
