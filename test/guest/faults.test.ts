/**
 * Guests that do something wrong: each ends in what the hardware would do and a note in the trace,
 * never in an exception of ours.
 */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { ImageDisk, pseudoRandomImage } from '../../src/control/image-disk.ts';
import { FAULTS, type FaultCase } from '../../src/control/guests/faults.ts';
import { POST } from '../../src/control/guests/status.ts';
import { PcMachine } from '../../src/machine/pc-machine.ts';
import { seconds } from '../../src/sim/time.ts';

const image = readFileSync(new URL('../../guest/images/faults.elf', import.meta.url));
const disk = pseudoRandomImage(20 * 2 ** 20);
/** Bus master status (BMIDE 1.0 §2.2). */
const ACTIVE = 1, ERROR = 2, INTERRUPT = 4;
/** PCI status: received master abort. */
const MASTER_ABORT = 0x2000;
const NOTHING_CHANGED = 0xffffffff;

function run(which: FaultCase, more: { address?: number; polls?: number } = {}) {
  const machine: PcMachine = new PcMachine({
    ramBytes: 32 * 2 ** 20, disk: new ImageDisk('disk', disk), ide: 'piix3', onSerial: () => {},
    onPost: (code) => {
      if (code === POST.done || code === POST.fail) machine.stop();
    },
  });
  const block = machine.loadGuest(image, FAULTS.encode({ which, polls: 20_000, ...more }));
  const reason = machine.run(seconds(5));
  return {
    reason, machine,
    notes: (what: string) =>
      machine.sim.trace.noteCount('ide.primary', what) + machine.sim.trace.noteCount('ide', what),
    ...FAULTS.decode(machine.ram.subarray(block, block + FAULTS.size)),
  };
}

test('a triple fault shuts the processor down, and the trace says so', () => {
  const r = run('triple-fault');
  expect(r.reason).toBe('shutdown');
  expect(r.machine.sim.trace.noteCount('cpu0', 'shutdown')).toBe(1);
});

describe('bus-master IDE, every bad table', () => {
  test('PRD table outside RAM: master abort, error, nothing moved, and the channel works again', () => {
    const r = run('table-outside');
    expect(r).toMatchObject({ bmStatus: ERROR, firstChanged: NOTHING_CHANGED, recovered: true });
    expect(r.pciStatus & MASTER_ABORT).toBe(MASTER_ABORT);
    expect(r.notes('dma-decode-error')).toBe(1);
  });

  test('PRD table at the very end of the address space', () => {
    expect(run('table-outside', { address: 0xfffffff8 })).toMatchObject({
      bmStatus: ERROR, firstChanged: NOTHING_CHANGED, recovered: true,
    });
  });

  test('a PRD of count zero moves 64 KiB', () => {
    expect(run('zero-count', { polls: 200_000 })).toMatchObject({
      bmStatus: INTERRUPT, firstChanged: 0, changedEnd: 0x10000, recovered: true,
    });
  });

  test('a table without end mark ends when the drive is done', () => {
    const r = run('no-end', { polls: 8_000_000 });
    expect(r.reason).toBe('stopped');
    expect(r.bmStatus & INTERRUPT).toBe(INTERRUPT);
    expect(r.recovered).toBe(true);
  });

  test('DMA to an address that nothing decodes: master abort, error', () => {
    const r = run('target-outside');
    expect(r).toMatchObject({ bmStatus: ERROR, firstChanged: NOTHING_CHANGED, recovered: true });
    expect(r.pciStatus & MASTER_ABORT).toBe(MASTER_ABORT);
  });

  test('a table shorter than the transfer: not active, no interrupt (BMIDE 1.0 §3.1)', () => {
    expect(run('short-table')).toMatchObject({ bmStatus: 0, changedEnd: 512, recovered: true });
  });

  test('a table longer than the transfer: interrupt, still active', () => {
    expect(run('long-table')).toMatchObject({ bmStatus: ACTIVE | INTERRUPT, changedEnd: 512, recovered: true });
  });

  test('Bus Master Enable off: no bus cycle at all', () => {
    const r = run('master-off');
    expect(r).toMatchObject({ bmStatus: ACTIVE, firstChanged: NOTHING_CHANGED, recovered: true });
    expect(r.notes('bus-master-off')).toBe(1);
  });
});

describe('the processor at addresses that nothing decodes', () => {
  test('reads are ones', () => {
    expect(run('hole-access')).toMatchObject({ status: 1, value: 0xffffffff });
  });

  test('a jump there is the invalid instruction FF FF', () => {
    expect(run('hole-fetch')).toMatchObject({ reason: 'stopped', status: 0x8a, detail: 6 });
  });
});
