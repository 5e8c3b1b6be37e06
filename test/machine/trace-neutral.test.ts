/** Who looks changes nothing: counters, memory and state are the same with and without a trace. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { ImageDisk, pseudoRandomImage } from '../../src/control/image-disk.ts';
import { stateChecksum, stateDigests } from '../../src/control/state-checksum.ts';
import { DISK_READ_BLOCK } from '../../src/control/experiments/disk-read/block.ts';
import { POST } from '../../src/control/guests/status.ts';
import { PcMachine } from '../../src/machine/pc-machine.ts';
import { ENGINE_KINDS, type EngineKind } from '../../src/jit/engine-kind.ts';
import { ms, seconds } from '../../src/sim/time.ts';

const image = readFileSync(new URL('../../guest/images/disk-read.elf', import.meta.url));
const disk = pseudoRandomImage(2 ** 20);
const METHODS = ['pio-polled', 'pio-irq', 'dma'] as const;

/** `watch`: nothing, everything but RAM, or the processor's RAM accesses too. */
function run(method: (typeof METHODS)[number], engine: EngineKind, watch: '' | 'trace' | 'ram') {
  const machine: PcMachine = new PcMachine({
    ramBytes: 32 * 2 ** 20, disk: new ImageDisk('disk', disk), ide: 'piix3', engine, onSerial: () => {},
    onPost: (code) => {
      if (code === POST.done || code === POST.fail) machine.stop();
    },
  });
  machine.loadGuest(image, DISK_READ_BLOCK.encode({ method, byteCount: 8192, skipSha256: true }));
  let records = 0;
  machine.sim.trace.processorRam = watch === 'ram';
  if (watch !== '') machine.sim.trace.listen(() => void records++);
  // In the midst of the transfer, and at the end.
  machine.run(ms(1.45));
  const middle = [stateChecksum(machine), machine.counters()];
  machine.run(seconds(1));
  return { middle, end: machine.counters(), checksum: stateChecksum(machine), digests: stateDigests(machine), records };
}

describe.each(METHODS)('%s', (method) => {
  test.each(ENGINE_KINDS)('with %s', (engine) => {
    const { records: _, ...alone } = run(method, engine, '');
    const { records: some, ...traced } = run(method, engine, 'trace');
    const { records: most, ...withRam } = run(method, engine, 'ram');
    expect(some).toBeGreaterThan(500);
    expect(most).toBeGreaterThan(some + 1000);
    expect(traced).toEqual(alone);
    expect(withRam).toEqual(alone);
  });
});
