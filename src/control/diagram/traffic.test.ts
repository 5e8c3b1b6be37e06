import { readFileSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import type { Experiment, Kit } from '../experiments/experiment.ts';
import { EXPERIMENTS } from '../experiments/index.ts';
import { jobOf } from '../experiments/job.ts';
import { Explorer } from '../explore/explorer.ts';
import { TrialSubject } from '../explore/trial-subject.ts';
import { Scout } from './scout.ts';
import { TrafficSums, type Traffic } from './traffic.ts';

const kit: Kit = {
  guestImage: (name) => readFileSync(new URL(`../../../guest/images/${name}.elf`, import.meta.url)),
  linux: null, disk: null,
  sha256: () => {
    const hash = createHash('sha256');
    return { update: (bytes) => void hash.update(bytes), digest: () => hash.digest('hex') };
  },
};

function subject(name: string, method: string, values: Record<string, unknown> = {}): TrialSubject {
  const e = EXPERIMENTS.find((x) => x.name === name) as Experiment;
  return new TrialSubject(e, jobOf(e, { guest: 'bare', methods: [method], values }), method, kit);
}

describe('who moved how much where', () => {
  test('up to any record, from the mark `begin` to `end`, as counted record by record', () => {
    const explorer = new Explorer(subject('paths', 'device-dma', { bytes: 4096, sweep: false }));
    const sums = new TrafficSums(explorer.machine.sim.trace);
    // It came too late for the first records.
    explorer.advance(explorer.now + 100_000);
    sums.take(explorer.store.records(1, 1e6));
    explorer.machine.sim.trace.attach(sums);
    while (!explorer.over) explorer.advance(Infinity);
    const all = explorer.store.records(1, 1e6);
    const counted = (id: number): Map<string, number> => {
      const bytes = new Map<string, number>();
      let over = false;
      for (const r of all) {
        if (r.id > id) break;
        if (r.kind === 'mark' && r.name === 'begin') bytes.clear();
        if (r.kind === 'mark' && r.name === 'end') over = true;
        if (r.kind !== 'transaction' || over) continue;
        const key = `${r.initiator} ${r.target}`;
        bytes.set(key, (bytes.get(key) ?? 0) + r.size);
      }
      return bytes;
    };
    const told = (traffic: Traffic[]): Map<string, number> => {
      const bytes = new Map<string, number>();
      for (const t of traffic) {
        const key = `${t.initiator} ${t.target}`;
        bytes.set(key, (bytes.get(key) ?? 0) + t.bytes);
      }
      return bytes;
    };
    expect(told(sums.upTo(Infinity, () => [])).get('paths.dma ram')).toBe(8192);
    const begin = all.find((r) => r.kind === 'mark' && r.name === 'begin')!.id;
    for (const id of [1, 80, begin, begin + 20, 512, 513, 700, all.length])
      expect(told(sums.upTo(id, (from, count) => explorer.store.records(from, count))), `#${id}`).toEqual(counted(id));
  });

  test.each([
    ['paths', 'mmio-uc', ['cpu0', 'paths']], ['paths', 'device-dma', ['ram', 'pic', 'cpu0', 'paths']],
    ['disk-read', 'dma', ['ram', 'pic', 'ide', 'cpu0']], ['floppy-read', 'dma-8237', ['ram', 'dma', 'fdc']],
  ])('a run ahead tells who takes part in %s, %s', (name, method, parts) => {
    const scout = new Scout(subject(name, method, name === 'paths' ? { sweep: false } : {}));
    while (!scout.over) scout.step();
    const cast = scout.cast()!;
    for (const part of parts) expect(cast).toContain(part);
    for (const part of ['com2', 'rtc', 'i8042']) expect(cast).not.toContain(part);
  });
});
