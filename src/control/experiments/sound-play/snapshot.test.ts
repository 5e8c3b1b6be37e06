/** A machine that plays: stopped in the midst of it, gone on with elsewhere, by another engine. */
import { expect, test } from 'vitest';
import { TEST_KIT } from '../../../../test/benches/experiment-bench.ts';
import type { EngineKind } from '../../../jit/engine-kind.ts';
import { pc } from '../../../machine/boards/pc/pc.ts';
import { Machine } from '../../../machine/machine.ts';
import { ms } from '../../../sim/time.ts';
import { POST } from '../../guests/status.ts';
import { SAMPLES_AT, SOUND_PLAY_BLOCK, SOUND_PLAY_METHODS } from './block.ts';
import { clockOf } from './experiment.ts';
import { scaleSamples } from './samples.ts';

const BYTES = 512, { rate, divisor } = clockOf(8000);

/** A machine that notes every frame with its time, and stops when its program is done. */
function machine(engine: EngineKind) {
  const heard: string[] = [];
  const m: Machine = new Machine(pc, {
    options: { ram: 32 << 20, sound: 'sb16' }, engine,
    hosts: {
      onPost: (code) => { if (code === POST.done || code === POST.fail) m.stop(); },
      audio: { frame: (time, _format, frame) => heard.push(`${time} ${frame.join(' ')}`) },
    },
  });
  return { m, heard };
}

test.each(SOUND_PLAY_METHODS)('%s goes on from a snapshot as it would have gone on without', (method) => {
  const first = machine('jit'), { m } = first;
  m.boot({
    kind: 'guest', image: TEST_KIT.guestImage('sound-play'),
    block: SOUND_PLAY_BLOCK.encode({
      method, byteCount: BYTES, blockBytes: 128, bits: 8, rate, divisor, drainLoops: 1_000_000,
    }),
  });
  m.ram.set(scaleSamples(BYTES, 8, rate), SAMPLES_AT);
  for (const part of [ms(3), ms(24.3), ms(50)]) {
    m.run(part);
    const second = machine('interpreter');
    second.m.load(m.save());
    const before = first.heard.length;
    if (part !== ms(50)) {
      // On to the next place; the copy goes the same way.
      m.run(part + ms(1));
      second.m.run(part + ms(1));
    } else {
      m.run(ms(300));
      second.m.run(ms(300));
      expect(first.heard).toHaveLength(BYTES);
    }
    expect(second.heard).toEqual(first.heard.slice(before));
    expect(second.m.counters()).toEqual(m.counters());
  }
});
