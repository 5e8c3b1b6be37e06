import { readFileSync } from 'node:fs';
import { ENGINE_KINDS, type EngineKind } from '../src/jit/engine-kind.ts';
import { CPU_LOOP, type CpuLoopKind } from '../src/control/guests/cpu-loop.ts';
import { POST } from '../src/control/guests/status.ts';
import { PcMachine } from '../src/machine/pc-machine.ts';
import { seconds as simulated } from '../src/sim/time.ts';
import { measure, seconds, type Figure } from './measure.ts';

const IMAGE = new URL('../../guest/images/cpu-loop.elf', import.meta.url);

/**
 * Million guest instructions a second (wall time) of one kind of CPU-bound loop, machine building
 * not counted.
 */
function guestMips(image: Uint8Array, engine: EngineKind, kind: CpuLoopKind, iterations: number): number {
  const machine: PcMachine = new PcMachine({
    ramBytes: 32 * 2 ** 20, disk: null, ide: 'piix3', engine, onSerial: () => {},
    onPost: (code) => {
      if (code === POST.done || code === POST.fail) machine.stop();
    },
  });
  const block = machine.loadGuest(image, CPU_LOOP.encode({ kind, iterations }));
  const time = seconds(() => void machine.run(simulated(100)));
  const result = CPU_LOOP.decode(machine.ram.subarray(block, block + CPU_LOOP.size));
  if (result.status !== 1) throw new Error(`cpu-loop ${kind}: status ${result.status}`);
  return machine.counters().instructions / time / 1e6;
}

export function guestFigures(runs: number): Figure[] {
  const image = new Uint8Array(readFileSync(IMAGE));
  const jobs: [CpuLoopKind, number][] = [
    ['mix', 6_000_000], ['registers', 30_000_000], ['memory', 30_000_000], ['calls', 10_000_000],
  ];
  return ENGINE_KINDS.flatMap((engine) =>
    jobs.map(([kind, iterations]) =>
      measure(`guest loop '${kind}', ${engine}`, 'M instructions/s', runs, () =>
        guestMips(image, engine, kind, iterations),
      ),
    ),
  );
}
