/** Causes in the trace of our bare guest's disk reads: from the command to the handler's return. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { ImageDisk, pseudoRandomImage } from '../../src/control/image-disk.ts';
import { ENGINE_KINDS, type EngineKind } from '../../src/jit/engine-kind.ts';
import { DISK_READ_BLOCK, type DiskReadInput } from '../../src/control/experiments/disk-read/block.ts';
import { POST } from '../../src/control/guests/status.ts';
import { PcMachine } from '../../src/machine/pc-machine.ts';
import { seconds } from '../../src/sim/time.ts';
import type { TraceRecord } from '../../src/sim/trace.ts';

const image = readFileSync(new URL('../../guest/images/disk-read.elf', import.meta.url));

/** The records of a run, in the order of their ids. */
function trace(method: DiskReadInput['method'], byteCount: number, engine: EngineKind = 'jit'): TraceRecord[] {
  const machine: PcMachine = new PcMachine({
    ramBytes: 32 * 2 ** 20, disk: new ImageDisk('disk', pseudoRandomImage(2 ** 20)), ide: 'piix3', engine,
    onSerial: () => {},
    onPost: (code) => {
      if (code === POST.done || code === POST.fail) machine.stop();
    },
  });
  machine.loadGuest(image, DISK_READ_BLOCK.encode({ method, byteCount, skipSha256: true }));
  const records: TraceRecord[] = [];
  machine.sim.trace.listen((r) => records.push(r));
  expect(machine.run(seconds(1))).toBe('stopped');
  return records.sort((a, b) => a.id - b.id);
}

/** What a record is, without its numbers. */
function what(r: TraceRecord): string {
  switch (r.kind) {
    case 'transaction': {
      const at = r.space === 'memory' ? r.target : r.address.toString(16);
      return `${r.initiator} ${r.write ? 'writes' : 'reads'} ${at}`;
    }
    case 'request': return `request ${r.write ? 'write' : 'read'} ${r.size}`;
    case 'completion': return `completion ${r.bytes} ${r.status}`;
    case 'event': case 'mark': return `event ${r.name}`;
    case 'edge': return `${r.line} ${r.level ? 'rises' : 'falls'}`;
    case 'acknowledge': case 'handler': return `${r.kind} ${r.vector.toString(16)}`;
    default: return r.kind;
  }
}

/** A record with all its causes, the first cause first. */
function causes(records: readonly TraceRecord[], of: TraceRecord): string[] {
  const path: string[] = [];
  for (let r: TraceRecord | undefined = of; r !== undefined; r = records[r.parent - 1]) path.unshift(what(r));
  return path;
}

describe('bus-master DMA, two sectors in bursts of 64 bytes', () => {
  const records = trace('dma', 1024);
  const requests = records.flatMap((r) => (r.kind === 'request' ? [r] : []));

  test('the descriptor was asked for by the start bit', () => {
    expect(causes(records, records.find((r) => r.parent === requests[0].id)!)).toEqual([
      'cpu0 writes c000', 'request read 8', 'ide.primary reads ram',
    ]);
    expect(requests[0].after).toBe(0);
  });

  test('each chunk goes back to the command, and to the descriptor by the order of the port', () => {
    expect(requests.map((r) => r.size)).toEqual([8, ...Array<number>(16).fill(64)]);
    expect(requests.slice(1).map((r) => r.after)).toEqual(requests.slice(0, -1).map((r) => r.id));
    for (const [n, r] of requests.slice(1).entries()) {
      const cables = Array<string>(n + 1).fill('event ide.primary.cable');
      expect(causes(records, r)).toEqual([
        'cpu0 writes 1f7', 'event ide.primary.master.timer', ...cables, 'request write 64',
      ]);
      const below = records.filter((x) => x.parent === r.id);
      expect(below.map(what)).toEqual(['ide.primary writes ram', 'completion 64 ok']);
    }
  });

  test('the return of the handler goes back to the command', () => {
    const last = records.find((r) => r.kind === 'return')!;
    const chain = causes(records, last);
    expect([chain[0], ...chain.slice(-7)]).toEqual([
      'cpu0 writes 1f7', 'event ide.primary.cable', 'event ide.primary.master.timer', 'ide.irq14 rises', 'irq14 rises',
      'acknowledge 2e', 'handler 2e', 'return',
    ]);
  });

  test('what the handler does has the handler as its cause: status, end of interrupt', () => {
    const handler = records.find((r) => r.kind === 'handler')!;
    expect(records.filter((r) => r.parent === handler.id).map(what)).toEqual([
      'cpu0 reads c002', 'cpu0 reads c002', 'cpu0 writes c000', 'cpu0 writes c002', 'cpu0 reads 1f7',
      'cpu0 writes a0', 'cpu0 writes 20', 'return',
    ]);
  });
});

test('PIO with interrupts: the handler reads the status, the program reads the words', () => {
  const records = trace('pio-irq', 16384);
  const handlers = records.filter((r) => r.kind === 'handler');
  // Two blocks of 16 sectors.
  expect(handlers.length).toBe(2);
  for (const handler of handlers) {
    const inside = records.filter((r) => r.parent === handler.id);
    expect(inside.map(what)).toEqual([
      'cpu0 reads 3f6', 'cpu0 reads 1f7', 'cpu0 writes a0', 'cpu0 writes 20', 'return',
    ]);
    expect(causes(records, inside[1]).slice(-5)).toEqual([
      'ide.irq14 rises', 'irq14 rises', 'acknowledge 2e', 'handler 2e', 'cpu0 reads 1f7',
    ]);
    // The status register is what lowers the line.
    expect(records.filter((r) => r.parent === inside[1].id).map(what)).toEqual(['ide.irq14 falls']);
  }
  expect(causes(records, handlers[0]).slice(0, 2)).toEqual(['cpu0 writes 1f7', 'event ide.primary.master.timer']);
  // The second block came because the first one was read away.
  expect(causes(records, handlers[1])[0]).toBe('cpu0 reads 1f0');
  const words = records.filter((r) => what(r) === 'cpu0 reads 1f0' && r.id > handlers[0].id);
  expect([words.length, new Set(words.map((r) => r.parent))]).toEqual([8192, new Set([0])]);
});

test.each(['pio-polled', 'pio-irq', 'dma'] as const)('%s: the same causes with either engine', (method) => {
  const [a, b] = ENGINE_KINDS.map((engine) => trace(method, 2048, engine));
  const different = a.findIndex((r, n) => JSON.stringify(r) !== JSON.stringify(b[n]));
  expect([a[different], b[different], a.length]).toEqual([undefined, undefined, b.length]);
});
