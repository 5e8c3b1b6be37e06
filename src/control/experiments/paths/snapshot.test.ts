/** A machine with both cards: stopped in the midst of its work, saved, gone on with elsewhere. */
import { expect, test } from 'vitest';
import { TEST_KIT } from '../../../../test/benches/experiment-bench.ts';
import { SystemDma } from '../../../hw/dma/system-dma/system-dma.ts';
import { PathsCard } from '../../../hw/paths/paths.ts';
import { pc } from '../../../machine/boards/pc/pc.ts';
import { GUEST_BLOCK_ADDRESS } from '../../../machine/loader/guest-program.ts';
import { Machine } from '../../../machine/machine.ts';
import { ms, us, type Ticks } from '../../../sim/time.ts';
import { POST } from '../../guests/status.ts';
import { DATA_AT, PATHS_BLOCK, PATHS_METHODS, type PathsMethod } from './block.ts';

const BYTES = 4096, TARGET = DATA_AT + 0x10000;

function machine(): Machine {
  const m: Machine = new Machine(pc, {
    options: { ram: 32 << 20 },
    hosts: { onPost: (code) => { if (code === POST.done || code === POST.fail) m.stop(); } },
    devices: [{ use: PathsCard, at: 'pci 3', name: 'paths' }, { use: SystemDma, at: 'pci 4', name: 'sysdma' }],
  });
  return m;
}

function started(method: PathsMethod): Machine {
  const m = machine();
  m.boot({
    kind: 'guest', image: TEST_KIT.guestImage('paths'),
    block: PATHS_BLOCK.encode({
      method, direction: 'both', completion: 'interrupt', registers: 'memory', byteCount: BYTES, width: 32,
      source: DATA_AT, target: TARGET, sweep: 0,
    }),
  });
  for (let k = 0; k < BYTES; k++) m.ram[DATA_AT + k] = k * 7 + (k >> 8);
  return m;
}

/** Runs to the end and says what came of it. */
function ended(m: Machine): { at: Ticks; status: number; copied: boolean } {
  m.run(m.sim.scheduler.now + ms(100));
  const { status } = PATHS_BLOCK.decode(m.ram.slice(GUEST_BLOCK_ADDRESS, GUEST_BLOCK_ADDRESS + PATHS_BLOCK.size));
  const copied = Buffer.compare(m.ram.subarray(DATA_AT, DATA_AT + BYTES), m.ram.subarray(TARGET, TARGET + BYTES)) === 0;
  return { at: m.sim.scheduler.now, status, copied };
}

test.each(PATHS_METHODS)('%s goes on from a snapshot as it would have gone on without', (method) => {
  const whole = ended(started(method));
  expect(whole).toMatchObject({ status: 1, copied: true });
  for (const part of [us(60), us(75), us(101)]) {
    const first = started(method);
    first.run(part);
    const second = machine();
    second.load(first.save());
    expect(ended(second)).toEqual(whole);
    expect(ended(first)).toEqual(whole);
    expect(second.counters()).toEqual(first.counters());
  }
});
