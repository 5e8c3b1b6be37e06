/**
 * Debian's i686 kernel from the start of a machine to the first line of our /init, here, in v86 and
 * in QEMU. This file is also the program that makes one run of ours, and prints it as JSON:
 * `node dist/bench/boot.js jit`, `node dist/bench/boot.js jit vmlinux quiet`.
 */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { ENGINE_KINDS, type EngineKind } from '../src/jit/engine-kind.ts';
import { PcMachine } from '../src/machine/pc-machine.ts';
import { seconds as simulated, toSeconds } from '../src/sim/time.ts';
import { prepareDebianGuest, type DebianGuest } from '../apps/cli/guests/debian/index.ts';
import { runChild } from './child.ts';
import { figure, ratio, type Column, type Figure } from './measure.ts';
import type { NodeBinary } from './node24.ts';
import { MarkerWatch } from './peers/peer.ts';
import { qemuVersion, runQemu } from './peers/qemu.ts';
import { runV86, v86Version } from './peers/v86.ts';

export const BOOT_MEMORY_MIB = 256;
/** The first line of /init (apps/cli/guests/debian/init.ts), with the end of the line. */
const MARKER = 'nb: init 1\r\n';
/** Simulated seconds after which our boot is given up: it takes some 15. */
const SIMULATED_LIMIT = 120;

/**
 * QEMU's processor with the features that ours says it has (src/arch/x86/cpuid.ts). The kernel's
 * `flags` in /proc/cpuinfo are then the same in both: fpu de pse tsc msr cx8 sep mtrr pge cmov
 * fxsr.
 */
export const QEMU_CPU = 'pentium2,-vme,-pae,-mce,-apic,-mca,-pse36,-mmx,+pat,-hypervisor';
/**
 * Without what our board has not: ACPI, HPET, a display, drives that the command line does not
 * name.
 */
export const QEMU_BOARD = ['-machine', 'acpi=off,hpet=off', '-vga', 'none', '-nodefaults'];

/** How our machine enters the kernel (board option `kernel-entry`). */
const ENTRIES = ['decompressor', 'vmlinux'] as const;

/** A boot of ours. */
interface Way {
  readonly engine: EngineKind;
  readonly entry: (typeof ENTRIES)[number];
  /** The kernel prints nothing but errors, and need not wait for its console. */
  readonly quiet: boolean;
}

/** One boot. */
export interface Boot {
  /** Wall time from the start to the marker. */
  readonly seconds: number;
  /** Processor time of the whole process in that time: user and system, compiler threads too. */
  readonly cpuSeconds: number;
  /**
   * Wall time from the start to the kernel's first character on COM1: it has unpacked itself and
   * set up its console.
   */
  readonly firstSeconds: number;
  readonly peakMiB: number;
  /**
   * Ours only: instructions executed, simulated seconds, wall seconds that building the machine and
   * placing the kernel took.
   */
  readonly instructions?: number;
  readonly simulatedSeconds?: number;
  readonly buildSeconds?: number;
  readonly output: string;
}

/**
 * The Debian guest; its steps are told on stderr if it is not there yet. @throws NoDebianGuestError
 */
export function bootGuest(): Promise<DebianGuest> {
  const cacheDir = process.env['NORTHBRIDGE_CACHE'];
  return prepareDebianGuest({
    ...(cacheDir === undefined ? {} : { cacheDir }),
    log: (line) => process.stderr.write(`debian guest: ${line}\n`),
  });
}

function commandLine(guest: DebianGuest, quiet: boolean): string {
  return `${guest.append}${quiet ? ' quiet' : ''}`;
}

/** Boots our machine in this process. */
function bootOurs(guest: DebianGuest, { engine, entry, quiet }: Way): Boot {
  const read = (path: string): Uint8Array => new Uint8Array(readFileSync(path));
  const kernel = read(guest.kernel), initrd = read(guest.initrd);
  const vmlinux = entry === 'vmlinux' && guest.vmlinux !== null ? { vmlinux: read(guest.vmlinux) } : {};
  const watch = new MarkerWatch({ endMarker: MARKER }, () => {
    const { user, system } = process.cpuUsage();
    return { wall: performance.now() / 1e3, cpu: (user + system) / 1e6 };
  });
  const begun = performance.now();
  const machine: PcMachine = new PcMachine({
    ramBytes: BOOT_MEMORY_MIB * 2 ** 20, disk: null, ide: 'piix3', engine, onPost: () => {},
    options: { kernelEntry: entry },
    onSerial: (byte) => {
      if (watch.push(String.fromCharCode(byte))) machine.stop();
    },
  });
  machine.loadLinux({ kernel, ...vmlinux, initrd, append: commandLine(guest, quiet) });
  const buildSeconds = (performance.now() - begun) / 1e3;
  watch.begin();
  const reason = machine.run(simulated(SIMULATED_LIMIT));
  if (watch.result === null)
    throw new Error(
      `the boot ended without '${MARKER.trim()}' (${reason}): ${JSON.stringify(watch.output.slice(-400))}`,
    );
  const c = machine.counters();
  return {
    ...watch.result, buildSeconds,
    peakMiB: process.resourceUsage().maxRSS / 1024,
    instructions: c.instructions,
    simulatedSeconds: toSeconds(c.ticks),
    output: watch.output,
  };
}

/** Who boots. Each run is a process of its own. */
interface Contender {
  readonly name: string;
  readonly ours: boolean;
  readonly quiet: boolean;
  readonly boot: (node: NodeBinary) => Promise<Boot>;
}

const WAYS: readonly (readonly [name: string, way: Way])[] = [
  ['ours, guest unpacks itself', { engine: 'jit', entry: 'decompressor', quiet: false }],
  ['ours, direct', { engine: 'jit', entry: 'vmlinux', quiet: false }],
  ['ours, direct, interpreter', { engine: 'interpreter', entry: 'vmlinux', quiet: false }],
  ['ours, direct, quiet', { engine: 'jit', entry: 'vmlinux', quiet: true }],
];

/** Ours (direct where the kernel could be unpacked), and the peers that are installed. */
function contenders(guest: DebianGuest): Contender[] {
  const ways = WAYS.filter(([, way]) => way.entry === 'decompressor' || guest.vmlinux !== null);
  const list: Contender[] = ways.map(([name, { engine, entry, quiet }]) => ({
    name, ours: true, quiet,
    boot: (node) => runChild<Boot>(node.path, './boot.js', [engine, entry, ...(quiet ? ['quiet'] : [])]),
  }));
  for (const quiet of [false, true]) {
    const kernel = { bzImage: guest.kernel, initrd: guest.initrd, append: commandLine(guest, quiet) };
    const options = { kernel, memoryMiB: BOOT_MEMORY_MIB, endMarker: MARKER };
    const peer = (name: string, boot: Contender['boot']): void => {
      list.push({ name: `${name}${quiet ? ', quiet' : ''}`, ours: false, quiet, boot });
    };
    if (v86Version() !== undefined) peer('v86', (node) => runV86({ ...options, node: node.path }));
    if (qemuVersion() !== undefined)
      peer('QEMU TCG', () => runQemu({ ...options, cpu: QEMU_CPU, more: QEMU_BOARD }));
  }
  return list;
}

export const BOOT_NOTE = `Debian's i686 kernel and our initramfs, ${BOOT_MEMORY_MIB} MiB, one processor, ` +
  `no disk, no network, from the start to the line '${MARKER.trim()}' of /init on COM1.
Same kernel, initramfs and command line everywhere. Every run is a new process; the contenders take turns. Time begins
- ours: when the machine is built and the kernel placed, at the kernel's 32-bit entry; there is no BIOS ` +
  `(building is its own row);
- v86: when the emulator is loaded and told to run; its option ROM starts the kernel behind SeaBIOS;
- QEMU: when its process is started; SeaBIOS as well.
What the others do that ours does not: SeaBIOS, and, beside 'direct', the kernel's unpacking of itself. 'Direct' enters ` +
  `the kernel's own ELF, which was unpacked beforehand ('guest prepare'): compare it with theirs as what a user ` +
  `waits for, not as speed; for speed there is 'guest unpacks itself'.
What ours does that the others do not: its UART takes the 87 us a character that 115,200 baud are, in simulated time, ` +
  `and the guest executes its polling of them; theirs take a character in no time. 'quiet' (kernel parameter, ` +
  `given to all) leaves most of that away.
QEMU: -cpu ${QEMU_CPU} ${QEMU_BOARD.join(' ')}, so that the kernel sees our processor's features and our board's parts.
v86's processor cannot be chosen: it says that it has MMX, SSE, SSE2 and more, and that it is under ` +
  `VMware; ACPI (and APIC) is off. It has a VGA and a network adapter.
Time in v86 and QEMU is real: where the guest waits, they wait, at no processor time. Ours is simulated: a sleep costs nothing.
Ratios are ours / theirs, run by run: below 1, ours is faster.
`;

/**
 * Runs all contenders in turns, one column for each Node. QEMU is the same under each, but is run
 * again: the two of a ratio are to be run close to each other.
 */
export async function bootColumns(
  runs: number,
  nodes: readonly NodeBinary[],
  progress: (line: string) => void,
): Promise<Column[]> {
  const list = contenders(await bootGuest());
  const done = new Map<string, Boot[]>();
  const references = new Map<string, Boot>();
  const key = (c: Contender, node: NodeBinary): string => `${c.name} (${node.title})`;
  for (let run = 1; run <= runs; run++) {
    for (const node of nodes) {
      for (const c of list) {
        const boot = await c.boot(node);
        sameSimulation(key(c, node), boot, references.get(c.name) ?? boot);
        references.set(c.name, references.get(c.name) ?? boot);
        progress(
          `boot ${run}/${runs}: ${key(c, node)} ${boot.seconds.toFixed(2)} s, processor ` +
            `${boot.cpuSeconds.toFixed(2)} s`,
        );
        done.set(key(c, node), [...(done.get(key(c, node)) ?? []), boot]);
      }
    }
  }
  return nodes.map((node) => ({ title: node.title, figures: bootFigures(list, (c) => done.get(key(c, node))!) }));
}

/** @throws Error if two runs of one way of ours did not simulate the same */
function sameSimulation(name: string, boot: Boot, first: Boot): void {
  if (boot.instructions === first.instructions && boot.simulatedSeconds === first.simulatedSeconds) return;
  throw new Error(
    `${name}: ${boot.instructions} instructions in ${boot.simulatedSeconds} simulated seconds, but ` +
      `${first.instructions} in ${first.simulatedSeconds} before: the simulation must be the same in every run`,
  );
}

function bootFigures(list: readonly Contender[], of: (c: Contender) => readonly Boot[]): Figure[] {
  const figures: Figure[] = [];
  for (const c of list) {
    const all = of(c);
    figures.push(figure(`${c.name}: wall time`, 's', all.map((b) => b.seconds)));
    figures.push(figure(`${c.name}: of that, until the kernel's first output`, 's', all.map((b) => b.firstSeconds)));
    figures.push(figure(`${c.name}: processor time, all threads`, 's', all.map((b) => b.cpuSeconds)));
    figures.push(figure(`${c.name}: peak resident set`, 'MiB', all.map((b) => b.peakMiB)));
    if (all[0].instructions === undefined) continue;
    figures.push(
      figure(
        `${c.name}: speed`,
        'M guest instructions/s',
        all.map((b) => b.instructions! / b.seconds / 1e6),
      ),
    );
    figures.push(figure(`${c.name}: building the machine, before the start`, 's', all.map((b) => b.buildSeconds!)));
  }
  const walls = (c: Contender): number[] => of(c).map((b) => b.seconds);
  for (const ours of list.filter((c) => c.ours)) {
    for (const peer of list.filter((c) => !c.ours && c.quiet === ours.quiet))
      figures.push(ratio(`${ours.name} / ${peer.name}: wall time`, walls(ours), walls(peer)));
  }
  return figures;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [kind, place = 'decompressor', more] = process.argv.slice(2);
  const engine = ENGINE_KINDS.find((k) => k === kind), entry = ENTRIES.find((e) => e === place);
  if (engine === undefined || entry === undefined || (more !== undefined && more !== 'quiet'))
    throw new Error(`usage: node dist/bench/boot.js ${ENGINE_KINDS.join('|')} [${ENTRIES.join('|')} [quiet]]`);
  console.log(JSON.stringify(bootOurs(await bootGuest(), { engine, entry, quiet: more === 'quiet' })));
}
