import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { runExperiment, TEST_KIT } from '../../../../test/benches/experiment-bench.ts';
import { Camera } from '../../../hw/camera/camera.ts';
import { CAMERA_REGISTERS } from '../../../hw/camera/spec.ts';
import { pc } from '../../../machine/boards/pc/pc.ts';
import { GUEST_BLOCK_ADDRESS } from '../../../machine/loader/guest-program.ts';
import { Machine } from '../../../machine/machine.ts';
import { ms, us } from '../../../sim/time.ts';
import { POST } from '../../guests/status.ts';
import { jobOf } from '../job.ts';
import { CAMERA_MEMORY, CAMERA_STREAM_BLOCK } from './block.ts';
import { CAMERA_STREAM } from './experiment.ts';

const SMALL = { frames: 30, width: 64, height: 48, frameRate: 500, busy: us(600), hiccup: ms(8), every: 10 };

describe('a ring against hiccups of four frames', () => {
  const { runs, judgement } = runExperiment(CAMERA_STREAM, { values: SMALL });
  const by = (method: string) => runs.find((r) => r.method === method)!.measures;

  test('bytes are right; who asks for each frame loses most, a long ring none', () => {
    expect(judgement.verdict).toBe('right');
    const gone = ['grab', 'ring-2', 'ring-4', 'ring-8'].map((m) => by(m)['gone'] as number);
    expect([...gone].sort((a, b) => b - a)).toEqual(gone);
    expect([by('ring-8')['gone'], by('overwrite')['dropped']]).toEqual([0, 0]);
    expect(by('ring-2')['gone']).toBeGreaterThan(by('ring-4')['gone'] as number);
    expect(by('overwrite')['overwritten']).toBeGreaterThan(0);
    expect(judgement.sentence).toContain('ring-8 was long enough');
  });

  test('twice the same, and the interpreter the same', () => {
    const methods = ['ring-4', 'overwrite'];
    const other = runExperiment(CAMERA_STREAM, { values: SMALL, methods }, { engine: 'interpreter' });
    expect(other.runs).toEqual(runs.filter((r) => methods.includes(r.method)));
  });
});

describe('parameters', () => {
  test('a FIFO that is too short for the latency of memory loses lines, and says so', () => {
    const wish = { values: { ...SMALL, width: 640, hiccup: 0, fifo: 128 }, boardOptions: { memoryLatency: us(4) } };
    const { runs, judgement } = runExperiment(CAMERA_STREAM, { ...wish, methods: ['ring-8'] });
    const [{ measures }] = runs;
    expect([judgement.verdict, measures['dropped']]).toEqual(['right', 0]);
    expect(measures['lostLines']).toBeGreaterThan(0);
    expect(measures['damaged']).toBeGreaterThan(0);
  });

  test('without hiccups any ring is long enough; buffers given back together cost fewer writes', () => {
    const { runs, judgement } = runExperiment(CAMERA_STREAM, {
      values: { ...SMALL, hiccup: 0, batch: 2 }, methods: ['ring-4', 'ring-8'],
    });
    expect(runs.map((r) => r.measures['gone'])).toEqual([0, 0]);
    expect(runs.map((r) => r.measures['writesPerFrame'])).toEqual([14 / 30, 14 / 30]);
    expect(judgement.sentence).toContain('No ring ran empty');
  });

  test('frames that do not fit into memory are refused in words', () => {
    const job = (values: object, boardOptions: object = {}) =>
      jobOf(CAMERA_STREAM, { values: { ...values }, boardOptions: { ...boardOptions } });
    expect(() => CAMERA_STREAM.settle?.(job({ width: 2048, height: 2048 }, { ram: 32 << 20 }), TEST_KIT))
      .toThrow(/^width: eight frames of this size need 49MiB of memory/);
  });
});

test('in mid-frame a machine goes on from a snapshot, with the other engine, as without', () => {
  const machine = (engine: 'jit' | 'interpreter'): Machine => {
    const m: Machine = new Machine(pc, {
      options: { ram: 32 << 20 }, engine,
      hosts: { onPost: (code) => { if (code === POST.done || code === POST.fail) m.stop(); } },
      devices: [{ use: Camera, at: 'pci 3', name: 'camera', options: { width: 64, height: 48, frameRate: 500 } }],
    });
    return m;
  };
  const first = machine('jit');
  first.boot({
    kind: 'guest', image: TEST_KIT.guestImage('camera-stream'),
    block: CAMERA_STREAM_BLOCK.encode({
      permission: 'none-while-free', entries: 4, frames: 5, memory: CAMERA_MEMORY, busyCycles: 100_000,
      hiccupCycles: 0, every: 1, batch: 1,
    }),
  });
  const ended = (m: Machine): unknown => {
    m.run(m.sim.scheduler.now + ms(100));
    const bytes = m.ram.slice(GUEST_BLOCK_ADDRESS, GUEST_BLOCK_ADDRESS + CAMERA_STREAM_BLOCK.size);
    return [m.sim.scheduler.now, CAMERA_STREAM_BLOCK.decode(bytes), m.counters()];
  };
  first.run(ms(5));
  const second = machine('interpreter');
  second.load(first.save());
  const whole = ended(first);
  expect(ended(second)).toEqual(whole);
  expect(whole).toMatchObject([expect.any(Number), { status: 1, processed: 5 }, {}]);
});

test('the driver\'s header has the registers of the rows', () => {
  const header = readFileSync(new URL('../../../../guest/drivers/camera.h', import.meta.url), 'utf8');
  const lines = [...header.matchAll(/^#define CAMERA_REG_(\w+) (0x[0-9a-f]+)u/gm)];
  expect(Object.fromEntries(lines.map((m) => [m[1], Number(m[2])]))).toEqual(
    Object.fromEntries(Object.entries(CAMERA_REGISTERS.registers).map(([name, r]) => [name, r.offset])),
  );
});
