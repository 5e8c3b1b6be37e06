/** The kernel's console and a program of Debian's draw on /dev/fb0. Runs where debian.test.ts runs. */
import { beforeAll, describe, expect, test } from 'vitest';
import { FB_DRAW } from '../../src/control/experiments/fb-draw/experiment.ts';
import { BTERM } from '../../src/control/experiments/fb-draw/linux.ts';
import { FB_DRAW_STATEMENTS } from '../../src/control/experiments/fb-draw/statements.ts';
import type { RunResult } from '../../src/control/experiments/experiment.ts';
import { jobOf } from '../../src/control/experiments/job.ts';
import { runMethod } from '../../src/control/experiments/runner.ts';
import { houseCard } from '../../src/machine/cards.ts';
import { PcMachine } from '../../src/machine/pc-machine.ts';
import { DEBIAN_WANTED, linuxKit } from '../benches/linux-bench.ts';

const BYTES = (640 * 480 * 16) / 8;
let mmap: RunResult, console: RunResult;

const CHECKS: Readonly<Record<string, () => void>> = {
  S119: () => {
    for (const run of [mmap, console]) expect(run).toMatchObject({ matches: true, measures: { wrong: 0 } });
  },
  S146: () => {
    const { board } = new PcMachine({
      ramBytes: 2 ** 22, disk: null, onSerial: () => {}, onPost: () => {}, devices: [houseCard('vga', 'pci')],
    });
    const has = (name: string): boolean => board.spaces.find((s) => s.name === name)!.mapped
      .some((r) => r.enabled && r.name.startsWith('vga.'));
    expect([has('io'), has('memory')]).toEqual([true, true]);
  },
  S148: () => {
    expect(mmap.measures).toMatchObject({ mapping: '/dev/fb0', special: 'VM_IO, VM_PFNMAP', memoryType: 'WC' });
    // An interrupt in the middle of a cell's row makes two of one transfer.
    expect(Number(mmap.measures['pciBytes']) / BYTES).toBeCloseTo(1, 2);
    // It draws cell by cell, 16 bytes of a line: half a write-combining buffer, which leaves by 8 bytes.
    expect(Number(mmap.measures['pciTransfers']) / (BYTES / 8)).toBeCloseTo(1, 2);
  },
};

test('there is a check for each statement', () => {
  expect(Object.keys(CHECKS)).toEqual(FB_DRAW_STATEMENTS.map((s) => s.id));
});

describe.skipIf(!DEBIAN_WANTED)('fb-draw by Debian', () => {
  beforeAll(async () => {
    const kit = await linuxKit(BTERM);
    const base = jobOf(FB_DRAW, { values: { mode: '640x480x16' } });
    const job = { ...base, boardOptions: { ...base.boardOptions, kernelEntry: 'vmlinux' } };
    const run = (method: string): RunResult => {
      const steps = runMethod(FB_DRAW, job, method, kit, {});
      for (;;) {
        const step = steps.next();
        if (step.done === true) return step.value;
      }
    };
    mmap = run('mmap');
    console = run('console');
  });
  test.each(FB_DRAW_STATEMENTS.map(({ id, where }) => [id, where]))('%s: %s', (id) => CHECKS[id]());
});
