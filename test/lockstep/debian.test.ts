/**
 * A Debian kernel's boot under each engine, with the state compared twenty times on the way: entered
 * unpacked until its init has begun, and its decompressor for a while. Runs the built program, where
 * CI is set or NORTHBRIDGE_TEST_DEBIAN=1.
 */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type * as Library from '../../src/index.ts';
import { prepareDebianGuest } from '../../apps/cli/guests/debian/index.ts';

const wanted = process.env['CI'] !== undefined || process.env['NORTHBRIDGE_TEST_DEBIAN'] === '1';
const CHECKPOINTS = 20;

describe.skipIf(!wanted)(`Debian's kernel${wanted ? '' : ' (skipped: set NORTHBRIDGE_TEST_DEBIAN=1)'}`, () => {
  test.each([
    ['vmlinux', 30e6, 'nb: init 1'], ['decompressor', 20e6, ''],
  ] as const)('the same state at every checkpoint of the boot under both engines: %s', async (entry, steps, says) => {
    const { ENGINE_KINDS, ImageDisk, PcMachine, pseudoRandomImage, stateChecksum } = (await import(
      new URL('../../dist/src/index.js', import.meta.url).href
    )) as typeof Library;
    const cacheDir = process.env['NORTHBRIDGE_CACHE'];
    const guest = await prepareDebianGuest(cacheDir === undefined ? {} : { cacheDir });
    const vmlinux = guest.vmlinux === null ? null : readFileSync(guest.vmlinux);
    const disk = pseudoRandomImage(2 ** 20);
    const boot = (engine: Library.EngineKind): { states: string[]; serial: string; compiled: number } => {
      let serial = '';
      const machine = new PcMachine({
        ramBytes: 128 * 2 ** 20,
        disk: new ImageDisk('disk', disk),
        ide: 'piix3', engine, options: { kernelEntry: entry },
        onPost: () => {},
        onSerial: (byte) => (serial += String.fromCharCode(byte)),
      });
      machine.loadLinux({
        kernel: readFileSync(guest.kernel), ...(vmlinux === null ? {} : { vmlinux }),
        initrd: readFileSync(guest.initrd),
        append: guest.append,
      });
      const states: string[] = [];
      for (let n = 0; n < CHECKPOINTS; n++) {
        const reason = machine.cpu.step(steps);
        const { ticks, instructions } = machine.counters();
        states.push(`${reason} at ${instructions} instructions, ${ticks} ticks: ${stateChecksum(machine)}`);
      }
      return { states, serial, compiled: machine.cpu.codeStatistics.jit?.functionsCompiled ?? 0 };
    };
    const [interpreter, jit] = ENGINE_KINDS.map(boot);
    expect(jit.compiled).toBeGreaterThan(entry === 'vmlinux' ? 100 : 5);
    expect(jit.states).toEqual(interpreter.states);
    expect(jit.serial).toBe(interpreter.serial);
    expect(jit.serial).toContain(says);
  });
});
