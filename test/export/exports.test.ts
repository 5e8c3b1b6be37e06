import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { northbridge, scratch } from '../cli/northbridge.ts';
import { readPerfetto } from './perfetto-reader.ts';
import { readVcd, valueAt } from './vcd-reader.ts';

const PROTO = fileURLToPath(new URL('.', import.meta.url));
const files = scratch();
afterAll(() => files.remove());

const has = (program: string): boolean => spawnSync('which', [program]).status === 0;
const run = (...args: string[]): ReturnType<typeof northbridge> => northbridge(args, { cwd: files.folder });

interface Line {
  readonly [key: string]: unknown;
  readonly kind: string;
  readonly id: number;
  readonly parent: number;
  readonly start: number;
  readonly end: number;
}

function lines(trace: string, ...more: string[]): Line[] {
  const { stdout } = run('trace', trace, '--to', 'ndjson', ...more);
  return stdout.trimEnd().split('\n').map((l) => JSON.parse(l) as Line);
}

beforeAll(() => {
  const record = (name: string, ...args: string[]): void =>
    expect(run('compare', ...args, '--trace', name)).toMatchObject({ status: 0, stderr: '' });
  record('disk', 'disk-read', '--bytes', '8KiB', '--methods', 'pio-irq,dma');
  record('rings', 'ring-receive', '--frames', '8', '--methods', 'e1000-rings');
});

describe('trace --to perfetto', () => {
  const convert = (trace: string, ...more: string[]): Buffer => {
    expect(run('trace', trace, '--to', 'perfetto', '--out', 'out.pftrace', ...more)).toEqual({
      status: 0, stdout: '', stderr: '',
    });
    return readFileSync(files.path('out.pftrace'));
  };

  test('has each record of each run once, with its time, on the track of who it is about', () => {
    const { tracks, events } = readPerfetto(convert('disk'));
    expect(tracks.filter((t) => t.process).map((t) => t.name)).toEqual(['pio-irq', 'dma']);
    const ns = (ticks: number): number => Math.floor(ticks / 3);
    for (const method of ['pio-irq', 'dma']) {
      const all = lines('disk', '--method', method).slice(2);
      const own = events.filter((e) => e.track.parent?.parent?.name === method);
      const shown = new Map(own.filter((e) => 'id' in e.annotations).map((e) => [e.annotations['id'], e]));
      for (const r of all) {
        if (r.kind === 'return' || (r.kind === 'edge' && r['level'] === false)) continue;
        const e = shown.get(r.id);
        expect(e, JSON.stringify(r)).toBeDefined();
        if (e === undefined) continue;
        expect(e.start).toBe(ns((r.start ?? r['time']) as number));
        if (r.kind === 'transaction') expect([e.end, e.track.name]).toEqual([ns(r.end), r['initiator']]);
      }
      const transactions = all.filter((r) => r.kind === 'transaction');
      const targets = own.filter((e) => e.track.parent?.name === 'targets');
      expect(targets.length).toBe(transactions.length);
      const data = transactions.find((r) => r['value'] !== null) as Line;
      expect(shown.get(data.id)?.annotations).toMatchObject({
        address: data['address'], size: data['size'], value: data['value'], pc: data['pc'],
      });
    }
  });

  test('causes and effects share a flow, and a request spans its bursts', () => {
    const { events } = readPerfetto(convert('disk', '--method', 'dma'));
    const byId = new Map(events.map((e) => [e.annotations['id'], e]));
    const records = lines('disk', '--method', 'dma').slice(2);
    for (const r of records) {
      const e = byId.get(r.id), cause = byId.get(r.parent);
      if (e === undefined || cause === undefined) continue;
      expect(e.flows).toEqual([r.parent, r.id]);
      expect(cause.flows.at(-1)).toBe(r.parent);
    }
    const completion = records.find((r) => r.kind === 'completion') as Line;
    const request = byId.get(completion.parent);
    // The first one fetches an entry of the PRD table.
    expect(request).toMatchObject({ type: 'slice', name: 'read request', end: byId.get(completion.id)?.start });
    const counted = events.filter((e) => e.type === 'counter');
    const moved = records.filter((r) => r.kind === 'completion').reduce((n, r) => n + (r['bytes'] as number), 0);
    expect(counted.at(-1)).toMatchObject({ value: moved, track: { counter: true } });
    expect(events.filter((e) => e.track.name === 'ide.irq14')).not.toEqual([]);
    expect(events.find((e) => e.track.parent?.name === 'handlers' && e.type === 'slice')?.end).toBeLessThan(Infinity);
  });

  test('flows of one run are not those of another; the same trace gives the same bytes', () => {
    const bytes = convert('disk'), { events } = readPerfetto(bytes);
    const of = (run: string): Set<number> =>
      new Set(events.filter((e) => e.track.parent?.parent?.name === run).flatMap((e) => e.flows));
    const others = of('pio-irq');
    expect([...of('dma')].filter((flow) => others.has(flow))).toEqual([]);
    expect(Buffer.compare(convert('disk'), bytes)).toBe(0);
  });

  test.skipIf(!has('protoc'))('protoc reads it, and knows every field', () => {
    const input = convert('rings');
    const r = spawnSync('protoc', ['--decode=Trace', `--proto_path=${PROTO}`, 'perfetto.proto'], {
      input, encoding: 'utf8', maxBuffer: 2 ** 28,
    });
    expect(r).toMatchObject({ status: 0, stderr: '' });
    // A field that the messages have not is printed by its number.
    expect(r.stdout).not.toMatch(/^\s*\d+[:{ ]/m);
    const { events } = readPerfetto(input), count = (of: RegExp): number => r.stdout.match(of)?.length ?? 0;
    const slices = events.filter((e) => e.type === 'slice'), open = slices.filter((e) => e.end === Infinity);
    expect(count(/type: TYPE_SLICE_BEGIN/g)).toBe(slices.length);
    expect(count(/type: TYPE_SLICE_END/g)).toBe(slices.length - open.length);
    // What is up at the end stays open.
    expect(new Set(open.map((e) => e.track.parent?.name))).toEqual(new Set(['lines']));
    expect(r.stdout).toContain('process_name: "e1000-rings"');
  });
});

describe('trace --to vcd', () => {
  const convert = (trace: string, method: string): string => {
    const args = ['trace', trace, '--to', 'vcd', '--out', 'out.vcd', '--method', method];
    expect(run(...args)).toEqual({ status: 0, stdout: '', stderr: '' });
    return readFileSync(files.path('out.vcd'), 'utf8');
  };
  const ps = (ticks: number): number => Math.round((ticks * 1000) / 3);

  test('each transaction begins once, at its time, with address, data and who', () => {
    const { signals, timescale, end } = readVcd(convert('disk', 'pio-irq'));
    expect(timescale).toBe('1 ps');
    const records = lines('disk', '--method', 'pio-irq').slice(2);
    const io = records.filter((r) => r.kind === 'transaction' && r['space'] === 'io');
    const of = (name: string) => signals.get(`buses/io/${name}`)!;
    expect(of('begins').changes.map((c) => c.time)).toEqual(io.map((r) => ps(r.start)));
    expect([of('address').width, of('data').width]).toEqual([16, 32]);
    for (const r of [...io.slice(0, 300), ...io.slice(-300)]) {
      const at = (name: string): string | undefined => valueAt(of(name), ps(r.start));
      expect([at('busy'), at('initiator'), at('target')]).toEqual(['1', r['initiator'], r['target']]);
      expect(parseInt(at('address')!, 2)).toBe(r['address']);
      expect(parseInt(at('data')!, 2)).toBe(r['value']);
      expect(at('write')).toBe(r['write'] === true ? '1' : '0');
    }
    expect(valueAt(of('busy'), end)).toBe('0');
    expect(end).toBe(ps(Math.max(...records.map((r) => r.end ?? r['time']))));
  });

  test('lines change as they did, and what was up before the first edge begins up', () => {
    const { signals } = readVcd(convert('disk', 'pio-irq'));
    const edges = lines('disk', '--method', 'pio-irq').filter((r) => r['line'] === 'ide.irq14');
    expect(signals.get('lines/ide_irq14')?.changes).toEqual([
      { time: 0, value: edges[0]['level'] === true ? '0' : '1' },
      ...edges.map((r) => ({ time: ps(r['time'] as number), value: r['level'] === true ? '1' : '0' })),
    ]);
    const depth = signals.get('handlers/cpu0/depth')!;
    expect(new Set(depth.changes.map((c) => c.value))).toEqual(new Set(['0', '1']));
  });

  test('DMA ports show what is pending; bursts have no value', () => {
    const { signals } = readVcd(convert('disk', 'dma'));
    const pending = signals.get('ports/ide_primary/pending')!, data = signals.get('initiators/ide_primary/data')!;
    expect(pending.changes.at(-1)?.value).toBe('0');
    expect(pending.changes.some((c) => c.value === '1')).toBe(true);
    expect(new Set(data.changes.map((c) => c.value))).toEqual(new Set(['z', 'x']));
  });

  test('several runs have no one time: choose', () => {
    expect(run('trace', 'disk', '--to', 'vcd', '--out', 'none.vcd')).toMatchObject({
      status: 2, stdout: '', stderr: "northbridge: 'disk' has several runs, and VCD has one time: choose one with " +
        '--method (--method pio-irq, --method dma …)\n',
    });
  });

  test.skipIf(!has('vcd2fst'))('GTKWave’s converter takes it', () => {
    for (const [trace, method] of [['disk', 'dma'], ['rings', 'e1000-rings']]) {
      writeFileSync(files.path('in.vcd'), convert(trace, method));
      expect(spawnSync('vcd2fst', [files.path('in.vcd'), files.path('out.fst')]).status).toBe(0);
      const back = spawnSync('fst2vcd', [files.path('out.fst')], { encoding: 'utf8', maxBuffer: 2 ** 28 });
      expect(back.status).toBe(0);
      expect(back.stdout.match(/\$var /g)?.length).toBe(convert(trace, method).match(/\$var /g)?.length);
    }
  });
});
