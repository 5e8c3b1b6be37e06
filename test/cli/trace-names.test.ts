import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { checkFilterNames } from '../../apps/cli/trace-options.ts';
import { parseAddressRange, passes } from '../../src/control/export/trace-filter.ts';
import { ImageDisk, pseudoRandomImage } from '../../src/control/image-disk.ts';
import { traceNames } from '../../src/control/trace-names.ts';
import { DISK_READ_BLOCK, type DiskReadMethod } from '../../src/control/experiments/disk-read/block.ts';
import { POST } from '../../src/control/guests/status.ts';
import { PcMachine } from '../../src/machine/pc-machine.ts';
import { Transaction } from '../../src/mem/transaction.ts';
import type { TransactionRecord } from '../../src/sim/trace.ts';
import { ms } from '../../src/sim/time.ts';

const GUEST = readFileSync(new URL('../../guest/images/disk-read.elf', import.meta.url));

test('every name that a trace contains is taken by the filter options, and lets its record pass', () => {
  const records = new Map<string, TransactionRecord>();
  for (const method of ['pio-irq', 'dma'] as const satisfies DiskReadMethod[]) {
    const disk = new ImageDisk('d', pseudoRandomImage(2 ** 20));
    const machine: PcMachine = new PcMachine({
      ramBytes: 32 * 2 ** 20, disk, ide: 'piix3', onSerial: () => {},
      onPost: (code) => { if (code === POST.done) machine.stop(); },
    });
    machine.loadGuest(GUEST, DISK_READ_BLOCK.encode({ method, byteCount: 8192, skipSha256: true }));
    machine.sim.trace.processorRam = true;
    machine.sim.trace.listen((r) => {
      if (r.kind === 'transaction') records.set(`${r.initiator} ${r.target} ${r.space}`, { ...r });
    });
    expect(machine.run(ms(200))).toBe('stopped');
    for (const space of machine.board.spaces) space.read(2 ** space.bits - 16, 1, new Transaction('cpu0'));
    const known = traceNames(machine.board);
    for (const r of records.values()) {
      const range = parseAddressRange(`${r.space}:0x${r.address.toString(16)}`);
      if (range === null) throw new Error(`${r.space} is no name of a space in a range`);
      const filter = { initiators: [r.initiator], targets: [r.target], ranges: [range] };
      checkFilterNames(filter, known);
      expect(passes(filter, r)).toBe(true);
    }
  }
  const seen = (of: (r: TransactionRecord) => string): Set<string> => new Set([...records.values()].map(of));
  expect([...seen((r) => r.space)].sort()).toEqual(['io', 'memory', 'pci-config']);
  expect(seen((r) => r.target)).toContain('ide.config');
  expect(seen((r) => r.target)).toContain('none');
  expect(seen((r) => r.initiator).size).toBeGreaterThan(1);
});
