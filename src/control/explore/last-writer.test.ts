/** Who wrote a byte last, recorded or not. */
import { expect, test } from 'vitest';
import { TEST_KIT } from '../../../test/benches/experiment-bench.ts';
import type { JobOf } from '../experiments/experiment.ts';
import { jobOf } from '../experiments/job.ts';
import { CARD_BYTES, DATA_AT } from '../experiments/paths/block.ts';
import { PATHS } from '../experiments/paths/experiment.ts';
import type { Ticks } from '../../sim/time.ts';
import { Explorer } from './explorer.ts';
import type { LastWrite, SearchedBytes } from './last-writer.ts';

const BYTES = 512;

function run(method: string): Explorer {
  const job: JobOf = jobOf(PATHS, { values: { bytes: BYTES, sweep: false }, methods: [method] });
  const x = Explorer.trial(PATHS, job, method, TEST_KIT, { engine: 'interpreter' });
  while (!x.over) x.advance(Infinity);
  return x;
}

function writer(x: Explorer, bytes: SearchedBytes, ticks: Ticks): LastWrite | null {
  const search = x.lastWriter(bytes, { ticks });
  for (;;) {
    const step = search.next();
    if (step.done === true) return step.value;
  }
}

const target = { space: 'memory', address: DATA_AT + CARD_BYTES + 37, size: 1 } as const;

test('what a device wrote to memory has the record of its burst', () => {
  const x = run('device-dma'), write = writer(x, target, x.now);
  expect(write).toMatchObject({ initiator: 'paths.dma', pc: -1, size: 64, before: 0 });
  expect(write?.after).toBe(x.machine.ram[target.address]);
  const record = x.store.record(write?.record ?? 0);
  expect(record).toMatchObject({ kind: 'transaction', initiator: 'paths.dma', address: write?.address, write: true });
  // Before that burst: nobody.
  expect(writer(x, target, (write as LastWrite).start)).toBe(null);
});

test('a store of the processor to RAM is found with its instruction, though it is not recorded', () => {
  const x = run('port-pio'), write = writer(x, target, x.now);
  expect(write).toMatchObject({ initiator: 'cpu0', record: 0, before: 0, after: x.machine.ram[target.address] });
  expect(write?.pc).toBeGreaterThan(0x100000);
});

test('a register is written by the record that says so', () => {
  const x = run('device-dma'), post = { space: 'io', address: 0x80, size: 1 } as const;
  const write = writer(x, post, x.now);
  expect(x.store.record(write?.record ?? 0)).toMatchObject({ space: 'io', address: 0x80, value: 0xdd, write: true });
});
