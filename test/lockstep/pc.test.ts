/**
 * A whole PC under each engine: the same trace, the same counters, the same state, at the end, on
 * the way and across snapshots.
 */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { DiskOverlay } from '../../src/control/disk-overlay.ts';
import { ndjsonRecord } from '../../src/control/export/ndjson.ts';
import { ImageDisk, pseudoRandomImage } from '../../src/control/image-disk.ts';
import { Session } from '../../src/control/session.ts';
import { stateChecksum, stateDigests } from '../../src/control/state-checksum.ts';
import type { BlockBackend } from '../../src/host/block.ts';
import { ENGINE_KINDS, type EngineKind } from '../../src/jit/engine-kind.ts';
import { DISK_READ_BLOCK } from '../../src/control/experiments/disk-read/block.ts';
import { CPU_LOOP, type CpuLoopKind } from '../../src/control/guests/cpu-loop.ts';
import { FAULTS, type FaultCase } from '../../src/control/guests/faults.ts';
import { POST } from '../../src/control/guests/status.ts';
import { PcMachine, type PcMachineOptions } from '../../src/machine/pc-machine.ts';
import { ms, seconds } from '../../src/sim/time.ts';
import { bzImage } from '../cli/kernels.ts';
import { assemble } from './assemble.ts';

const MiB = 2 ** 20;
const image = (name: string): Uint8Array => readFileSync(new URL(`../../guest/images/${name}.elf`, import.meta.url));
const IMAGES = { 'disk-read': image('disk-read'), 'cpu-loop': image('cpu-loop'), faults: image('faults') };
const pattern = pseudoRandomImage(20 * MiB);
/** Compiles early, so that short runs are hot. */
const EARLY = { hotThreshold: 6, group: 3, regroupThreshold: 40 };

/** Far longer than any run here. */
const LIMIT = seconds(1);

/** A machine that stops when its guest says that it is done. */
function machineFor(engine: EngineKind, options: Partial<PcMachineOptions> = {}): PcMachine {
  const machine: PcMachine = new PcMachine({
    ramBytes: 32 * MiB, disk: new ImageDisk('disk', pattern), ide: 'piix3', engine, jit: EARLY, onSerial: () => {},
    onPost: (code) => {
      if (code === POST.done || code === POST.fail) machine.stop();
    },
    ...options,
  });
  return machine;
}

interface Result {
  reason: string;
  counters: ReturnType<PcMachine['counters']>;
  checksum: string;
  trace: readonly string[];
}

/** Runs to the end, in portions of `slice` ticks, with a trace. */
function record(machine: PcMachine, slice: number): Result {
  const trace: string[] = [];
  machine.sim.trace.listen((r) => trace.push(ndjsonRecord(r)));
  let reason = 'time';
  for (let t = slice; reason === 'time' && t < LIMIT; t += slice) reason = machine.run(t);
  return { reason, counters: machine.counters(), checksum: stateChecksum(machine), trace };
}

/**
 * Loads the same guest into a machine of each engine, runs both (the JIT in odd portions) and
 * expects the same of both.
 */
function compareEngines(
  load: (machine: PcMachine) => void,
  options: Partial<PcMachineOptions> = {},
  processorRam = false,
): PcMachine {
  const [a, b] = ENGINE_KINDS.map((engine) => {
    const machine = machineFor(engine, options);
    machine.sim.trace.processorRam = processorRam;
    load(machine);
    return { machine, ...record(machine, engine === 'jit' ? 1_234_567 : LIMIT - 1) };
  });
  expect(a.machine.cpu.codeStatistics.jit).toBe(null);
  expect(b.machine.cpu.codeStatistics.jit?.functionsCompiled).toBeGreaterThan(0);
  expect([b.reason, b.counters, b.trace.length]).toEqual([a.reason, a.counters, a.trace.length]);
  const at = a.trace.findIndex((line, n) => line !== b.trace[n]);
  expect([a.trace[at], b.trace[at]]).toEqual([undefined, undefined]);
  if (a.checksum !== b.checksum) expect(stateDigests(b.machine)).toEqual(stateDigests(a.machine));
  return b.machine;
}

describe('bare guests', () => {
  test.each(['pio-polled', 'pio-irq', 'dma'] as const)('disk-read, %s', (method) => {
    const machine = compareEngines(
      (m) =>
        void m.loadGuest(
          IMAGES['disk-read'],
          DISK_READ_BLOCK.encode({ method, byteCount: 32 * 1024, skipSha256: method !== 'dma', pollDma: method === 'dma' }),
        ),
    );
    expect(machine.counters().deviceBytes).toBe(method === 'dma' ? 32 * 1024 : 0);
  });

  test.each(['mix', 'registers', 'memory', 'calls'] as const)('cpu-loop, %s', (kind: CpuLoopKind) => {
    const machine = compareEngines(
      (m) => void m.loadGuest(IMAGES['cpu-loop'], CPU_LOOP.encode({ kind, iterations: 150_000 })),
    );
    expect(machine.counters().instructions).toBeGreaterThan(150_000);
  });

  test.each(['triple-fault', 'table-outside', 'zero-count', 'hole-access', 'hole-fetch'] as const)(
    'faults, %s',
    (which: FaultCase) => {
      compareEngines((m) => void m.loadGuest(IMAGES.faults, FAULTS.encode({ which, polls: 20_000 })));
    },
  );

  test('with the processor\'s RAM accesses in the trace', () => {
    compareEngines(
      (m) =>
        void m.loadGuest(
          IMAGES['disk-read'],
          DISK_READ_BLOCK.encode({ method: 'pio-irq', byteCount: 8 * 512, skipSha256: true }),
        ),
      {},
      true,
    );
  });
});

/** Ports of the IDE channel and its bus master; MOV DX, port and OUT. */
const dx = (port: number): string => `66 ba =w:${port}`;
const out = (port: number, value: string): string => `${dx(port)} b0 ${value} ee  out`;

test('a bus master reads new code over a hot routine, again and again', () => {
  const ROUTINE = 0x200000, PRD = 0x8000, SECTORS = 40;
  const routine = (n: number): Uint8Array =>
    assemble(ROUTINE, [
      `b8 =${n * 1000}  mov eax,n`,
      'ba 05 00 00 00  mov edx,5',
      `inner: 8d 84 40 =${n}  lea eax,[eax+eax*2+n]`,
      '4a  dec edx', '75 >inner  jnz inner',
      `05 =${n * n}  add eax,n`,
      `e8 >>far  call far`,
      'c3  ret', '@256',
      `far: 35 =${n * 77}  xor eax,n`,
      'c3  ret',
    ]).bytes;
  const disk = new Uint8Array(MiB);
  for (let n = 0; n < SECTORS; n++) disk.set(routine(n + 2), n * 512);
  const { bytes } = assemble(0x100000, [
    `c7 05 =${PRD} =${ROUTINE}  mov dword [prd],routine`,
    `c7 05 =${PRD + 4} =0x80000200  mov dword [prd+4],end|512`,
    'be =first  mov esi,first',
    `bf =${ROUTINE}  mov edi,routine`,
    'b9 =300  mov ecx,300', 'fc f3 a4  rep movsb', '31 ed  xor ebp,ebp',
    `${dx(0x1f7)}  mov dx,status`,
    'busy: ec  in al,dx', 'a8 80  test al,80h', '75 >busy  jnz busy',
    `next: ${out(0x1f6, 'e0')}`,
    out(0x1f2, '01'),
    `${dx(0x1f3)} 89 e8 ee  mov eax,ebp; out`,
    out(0x1f4, '00'), out(0x1f5, '00'),
    `${dx(0xc004)} b8 =${PRD} ef  out`,
    out(0xc000, '08'), out(0xc002, '06'), out(0x1f7, 'c8'), out(0xc000, '09'),
    `wait: e8 >>${ROUTINE}  call routine`,
    '01 c3  add ebx,eax', '69 db =1664525  imul ebx,ebx',
    `${dx(0xc002)} ec  in al,dx`,
    'a8 04  test al,4', '74 >wait  jz wait', out(0xc000, '08'),
    `${dx(0x1f7)} ec  in al,dx`,
    'b9 28 00 00 00  mov ecx,40',
    `again: e8 >>${ROUTINE}  call routine`,
    '01 c3  add ebx,eax', 'e2 >again  loop again', '45  inc ebp',
    `83 fd ${SECTORS.toString(16)}  cmp ebp,sectors`,
    '0f 82 >>next  jb next', 'b0 dd e6 80  out 80h,done', 'f4  hlt', 'first:',
  ]);
  const code = new Uint8Array(bytes.length + 300);
  code.set(bytes);
  code.set(routine(1), bytes.length);
  const machine = compareEngines((m) => m.loadLinux({ kernel: bzImage([...code]), append: '' }), {
    disk: new ImageDisk('disk', disk),
  });
  expect(machine.counters().deviceBytes).toBe(SECTORS * 512);
  expect(machine.cpu.codeStatistics.jit?.modulesRetired).toBeGreaterThan(SECTORS);
});

describe('snapshots', () => {
  const load = (engine: EngineKind, method: 'pio-irq' | 'dma') => {
    const overlay = new DiskOverlay(new ImageDisk('disk', pattern) satisfies BlockBackend);
    const machine = machineFor(engine, { disk: overlay });
    const block = machine.loadGuest(
      IMAGES['disk-read'],
      DISK_READ_BLOCK.encode({ method, byteCount: 64 * 1024, skipSha256: true }),
    );
    return {
      machine,
      session: new Session(machine, { attachments: { disk: overlay } }),
      result: () => DISK_READ_BLOCK.decode(machine.ram.subarray(block, block + DISK_READ_BLOCK.size)),
    };
  };

  test.each(['pio-irq', 'dma'] as const)(
    '%s: begun under one engine and continued under the other, in turn',
    (method) => {
      const whole = load('interpreter', method);
      expect(whole.session.run(seconds(10))).toBe('stopped');
      const end = stateChecksum(whole.machine);
      for (const first of [0, 1]) {
        let current = load(ENGINE_KINDS[first], method);
        const half = load(ENGINE_KINDS[1 - first], method);
        let reason = 'time';
        for (let leg = 1; leg <= 4 && reason === 'time'; leg++) {
          reason = current.session.run(leg * ms(1.2) + leg);
          if (reason !== 'time') break;
          half.session.run(leg * ms(1.2) + leg);
          const file = current.session.snapshot();
          // The file says nothing of the engine.
          expect(Buffer.compare(file, half.session.snapshot())).toBe(0);
          const next = load(ENGINE_KINDS[(first + leg) % 2], method);
          next.session.restore(file);
          expect(stateChecksum(next.machine)).toBe(stateChecksum(current.machine));
          current = next;
        }
        if (reason === 'time') reason = current.session.run(seconds(10));
        expect([reason, current.result().status]).toEqual(['stopped', 1]);
        expect(current.machine.counters()).toEqual(whole.machine.counters());
        expect(stateChecksum(current.machine)).toBe(end);
      }
    },
  );
});
