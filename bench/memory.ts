/**
 * What our machine takes of the host's memory: a whole Debian session, and guest work that makes
 * new code all the time. This file is also the program of one run: `node dist/bench/memory.js
 * session jit`, `node dist/bench/memory.js work jit MINUTES`; the result is JSON.
 */
import { readFileSync } from 'node:fs';
import { setImmediate } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { ImageDisk, pseudoRandomImage } from '../src/control/image-disk.ts';
import { ENGINE_KINDS, type EngineKind } from '../src/jit/engine-kind.ts';
import { PcMachine } from '../src/machine/pc-machine.ts';
import { seconds as simulated, toSeconds, type Ticks } from '../src/sim/time.ts';
import { writeCpio } from '../src/control/experiments/linux/cpio.ts';
import { BOOT_MEMORY_MIB, bootGuest } from './boot.ts';
import { runChild } from './child.ts';
import { figure, type Column, type Figure } from './measure.ts';
import type { NodeBinary } from './node24.ts';

const MiB = 2 ** 20;
/** /init's codes at port 80h: done, and an error. */
const POST_DONE = 0xdd, POST_ERROR = 0xee;
const DISK_BYTES = 16 * MiB;
/**
 * Simulated time between two looks at the clock; between two of them the host's own work (freeing
 * what was compiled) gets its turn, as in `northbridge run`.
 */
const SLICE: Ticks = simulated(0.05);
const SIMULATED_LIMIT = simulated(120);

/** What was in use at one moment. */
export interface Sample {
  readonly wallMinutes: number;
  readonly simulatedMinutes: number;
  /** Copies of busybox that the guest has run so far. */
  readonly rounds: number;
  readonly residentMiB: number;
  /** The processor's own figures (`codeStatistics`). */
  readonly code: Readonly<Record<string, number>>;
}

interface SessionRun {
  readonly peakMiB: number;
  readonly code: Readonly<Record<string, number>>;
}

interface WorkRun {
  readonly peakMiB: number;
  readonly samples: readonly Sample[];
}

/**
 * The guest's work: programs of the shell's trade on copies of busybox, each made anew, so that the
 * same instructions turn up in new pages again and again, and old pages of code become data and
 * other code. A quarter of the RAM holds copies.
 */
const WORK_INIT = `#!/bin/sh
export PATH=/bin
mount -t proc proc /proc
mount -t tmpfs -o size=60% tmpfs /tmp
dmesg -n 4
n=0
while :; do
  n=$((n + 1))
  b=/tmp/busybox$n
  busybox cp /bin/busybox $b || exit
  $b seq 1 1500 | $b awk '{ s += $1 * $1 % 7; print s, $1 }' | $b sort -rn | $b gzip | $b gunzip | $b sha256sum > /tmp/sum
  $b dd if=/bin/busybox bs=64k count=4 status=none | $b bzip2 | $b bunzip2 | $b md5sum >> /tmp/sum
  $b find /bin /modules | $b sort | $b sed 's/b/c/g' | $b grep -n o >> /tmp/sum
  [ $n -gt 28 ] && busybox rm /tmp/busybox$((n - 28))
  echo "nb: round $n $(sha256sum < /tmp/sum)"
done
`;

function codeOf(machine: PcMachine): Record<string, number> {
  const { jit, ...rest } = machine.cpu.codeStatistics;
  return {
    ...rest,
    ...(jit === null
      ? {}
      : {
          modules: jit.modules, functions: jit.functions, wasmBytes: jit.bytes,
          functionsCompiled: jit.functionsCompiled, resets: jit.resets,
        }),
  };
}

const peakMiB = (): number => process.resourceUsage().maxRSS / 1024;

/** From the kernel's entry to /init's last mark: boot, modules, a read of the disk by DMA. */
async function session(engine: EngineKind): Promise<SessionRun> {
  const guest = await bootGuest();
  let post = 0;
  const machine: PcMachine = new PcMachine({
    ramBytes: BOOT_MEMORY_MIB * MiB,
    disk: new ImageDisk('generated', pseudoRandomImage(DISK_BYTES)),
    ide: 'piix3', engine,
    onSerial: () => {},
    onPost: (code) => {
      if (code !== POST_DONE && code !== POST_ERROR) return;
      post = code;
      machine.stop();
    },
  });
  machine.loadLinux({
    kernel: new Uint8Array(readFileSync(guest.kernel)),
    initrd: new Uint8Array(readFileSync(guest.initrd)),
    append: `${guest.append} nb.bytes=${DISK_BYTES}`,
  });
  for (let until = SLICE; until < SIMULATED_LIMIT && machine.run(until) === 'time'; until += SLICE)
    await setImmediate();
  if (post !== POST_DONE) throw new Error(`the session did not end well (POST ${post.toString(16)})`);
  return { peakMiB: peakMiB(), code: codeOf(machine) };
}

/** Runs the work for some minutes of wall time, after the boot. */
async function work(engine: EngineKind, minutes: number): Promise<WorkRun> {
  const guest = await bootGuest();
  // The kernel unpacks one archive after the other: the second one's /init replaces the first
  // one's.
  const init = writeCpio([{ path: 'init', kind: 'file', bytes: new TextEncoder().encode(WORK_INIT), mode: 0o755 }]);
  let line = '', rounds = 0, result = '', wrong = '';
  const machine = new PcMachine({
    ramBytes: BOOT_MEMORY_MIB * MiB, disk: null, ide: 'piix3', engine, onPost: () => {},
    onSerial: (byte) => {
      if (byte !== 10) {
        line += String.fromCharCode(byte);
        return;
      }
      const round = /^nb: round (\d+) ([0-9a-f]+)/.exec(line);
      line = '';
      if (round === null) return;
      rounds = Number(round[1]);
      result ||= round[2];
      if (round[2] !== result) wrong = `round ${rounds} gave ${round[2]}, those before gave ${result}`;
    },
  });
  machine.loadLinux({
    kernel: new Uint8Array(readFileSync(guest.kernel)),
    initrd: Buffer.concat([readFileSync(guest.initrd), init]),
    append: guest.append,
  });
  const samples: Sample[] = [];
  const begun = performance.now();
  const interval = minutes / 12;
  for (let until = SLICE; ; until += SLICE) {
    const reason = machine.run(until);
    if (reason !== 'time') throw new Error(`the guest's work ended (${reason}): ${line}`);
    if (wrong !== '') throw new Error(wrong);
    const { haltedTicks, ticks } = machine.counters();
    if (haltedTicks > ticks / 4)
      throw new Error(`the guest sleeps in place of working, after round ${rounds}: ${line}`);
    await setImmediate();
    const wallMinutes = (performance.now() - begun) / 60e3;
    if (wallMinutes < samples.length * interval && wallMinutes < minutes) continue;
    const sample = {
      wallMinutes,
      simulatedMinutes: toSeconds(ticks) / 60,
      rounds,
      residentMiB: process.memoryUsage.rss() / MiB,
      code: codeOf(machine),
    };
    samples.push(sample);
    process.stderr.write(`  ${sampleLine(sample)}\n`);
    if (wallMinutes >= minutes) return { peakMiB: peakMiB(), samples };
  }
}

function sampleLine(s: Sample): string {
  const code = Object.entries(s.code).map(([name, value]) => `${name} ${value}`).join(', ');
  return `${s.wallMinutes.toFixed(2)} min wall, ${s.simulatedMinutes.toFixed(2)} min simulated, round ` +
    `${s.rounds}: resident ${s.residentMiB.toFixed(0)} MiB; ${code}`;
}

export const MEMORY_NOTE = `Resident set of our process, ${BOOT_MEMORY_MIB} MiB of guest RAM; each run is a new process.
- session: Debian from the kernel's entry through boot and a read of ${DISK_BYTES / MiB} MiB by DMA to /init's last mark;
- work: Debian running shell pipelines on copies of busybox, each made anew, so that there is new code all the time; old copies are removed. Each
  copy must give the same result. Guest RAM fills in the first minutes, which the resident set shows too. What the engine keeps is in the rows 'code':
  irBytes is translated code in bytes, translated and retired are blocks so far, flushes how often all of it was dropped. The lines below the table are the run as it went.
`;

/** One session and one stretch of work under each Node. */
export async function memoryColumns(
  minutes: number,
  nodes: readonly NodeBinary[],
  progress: (line: string) => void,
): Promise<Column[]> {
  const columns: Column[] = [];
  for (const node of nodes) {
    const figures: Figure[] = [];
    for (const engine of ENGINE_KINDS.toReversed()) {
      const run = await runChild<SessionRun>(node.path, './memory.js', ['session', engine]);
      progress(`memory: session, ${engine} (${node.title}), peak ${run.peakMiB.toFixed(0)} MiB`);
      figures.push(figure(`session, ${engine}: peak resident set`, 'MiB', [run.peakMiB]));
      for (const [name, value] of Object.entries(run.code))
        figures.push(figure(`session, ${engine}: code, ${name}`, '', [value]));
    }
    progress(`memory: ${minutes} min of work, jit (${node.title})`);
    const run = await runChild<WorkRun>(node.path, './memory.js', ['work', 'jit', String(minutes)]);
    const last = run.samples[run.samples.length - 1],
      half = run.samples[run.samples.length >> 1];
    figures.push(figure('work: peak resident set', 'MiB', [run.peakMiB]));
    figures.push(
      figure('work: resident at half time', 'MiB', [half.residentMiB]),
      figure('work: resident at the end', 'MiB', [last.residentMiB]),
    );
    figures.push(
      figure('work: simulated time', 'min', [last.simulatedMinutes]),
      figure('work: copies of busybox run', '', [last.rounds]),
    );
    for (const name of Object.keys(last.code)) {
      figures.push(
        figure(`work: code, ${name}, at half time`, '', [half.code[name]]),
        figure(`work: code, ${name}, at the end`, '', [last.code[name]]),
      );
    }
    columns.push({
      title: node.title, figures,
      log: [`Work under ${node.title}:`, ...run.samples.map((s) => `  ${sampleLine(s)}`)],
    });
  }
  return columns;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [what, kind, minutes] = process.argv.slice(2);
  const engine = ENGINE_KINDS.find((k) => k === kind);
  if (engine === undefined || (what !== 'session' && what !== 'work'))
    throw new Error(
      `usage: node dist/bench/memory.js session ${ENGINE_KINDS.join('|')}, or work ${ENGINE_KINDS.join('|')} MINUTES`,
    );
  console.log(JSON.stringify(what === 'session' ? await session(engine) : await work(engine, Number(minutes ?? 1))));
}
