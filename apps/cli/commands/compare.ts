import { createHash } from 'node:crypto';
import { Argument, Command, Option } from 'commander';
import { DiskOverlay } from '../../../src/control/disk-overlay.ts';
import {
  DISK_READ, ramFor, runDiskRead, type DiskReadGuest, type DiskReadRun, type DiskReadSoftware,
} from '../../../src/control/experiments/disk-read.ts';
import { EXPERIMENTS } from '../../../src/control/experiments/index.ts';
import { modeFor, TRANSFER_MODES, type TransferMode } from '../../../src/control/experiments/transfer-mode.ts';
import { ImageDisk, pseudoRandomImage } from '../../../src/control/image-disk.ts';
import { traceNames } from '../../../src/control/trace-names.ts';
import type { BlockBackend } from '../../../src/host/block.ts';
import type { Board } from '../../../src/machine/board.ts';
import { ENGINE_KINDS } from '../../../src/jit/engine-kind.ts';
import { PC_RAM, PcMachine } from '../../../src/machine/pc-machine.ts';
import { toSeconds } from '../../../src/sim/time.ts';
import { engineOption } from '../engine-option.ts';
import { FileDisk } from '../hosts/disk.ts';
import { checkTraceWritable, refuseOverwriting, TraceFile } from '../hosts/trace-file.ts';
import { InputError, RunError } from '../input-error.ts';
import { loadRefusal, readInput, readKernel } from '../input-files.ts';
import { guestImage, VERSION } from '../package-info.ts';
import { Progress } from '../progress.ts';
import { formatSize, parseSize } from '../quantities.ts';
import { compareJson, compareTable, type TimedRun } from '../reports/disk-read.ts';
import { knownWord } from '../suggest.ts';
import { addTraceOptions, checkFilterNames, traceFilter, type TraceOptions } from '../trace-options.ts';
import { KERNEL_OPTIONS } from '../guests/debian/index.ts';
import { debianGuest } from './guest.ts';

interface CompareOptions extends TraceOptions {
  guest: string;
  methods?: string;
  bytes?: string;
  disk?: string;
  mode?: string;
  ide: string;
  kernel?: string;
  initrd?: string;
  engine: string;
  json?: boolean;
}

type IdeModel = 'piix3' | 'piix4';

const DEFAULT_BYTES = 16 * 2 ** 20;
/**
 * Used by the bare guest where --mode does not say otherwise: the fastest that the controller and
 * the drive have.
 */
const BARE_MODES: Record<IdeModel, readonly string[]> = { piix3: ['pio4', 'mwdma2'], piix4: ['pio4', 'udma2'] };

/** `northbridge compare disk-read` */
export function compareCommand(): Command {
  const command = new Command('compare')
    .description('Do one job by several methods and compare what it cost')
    .addArgument(new Argument('<experiment>', 'the job; `northbridge experiments` lists them'))
    .addOption(
      new Option(
        '--guest <guest>',
        "who drives the disk: bare (our own small program) or debian (Debian's kernel)",
      ).default('bare'),
    )
    .addOption(
      new Option(
        '--methods <list>',
        'methods to compare, with commas (default: all; bare: pio-polled,pio-irq,dma; debian: pio,dma)',
      ),
    )
    .addOption(
      new Option('--bytes <size>', 'how much to read, a multiple of 512, e.g. 16MiB or 64KiB (default: 16MiB)'),
    )
    .addOption(
      new Option('--disk <file>', 'raw disk image to read; never written (default: generated, the same every time)'),
    )
    .addOption(
      new Option(
        '--mode <list>',
        'ATA transfer modes: pio0-pio4, mwdma0-mwdma2, udma0-udma2; with commas for PIO and DMA (default: the fastest)',
      ),
    )
    .addOption(new Option('--ide <model>', 'IDE controller: piix3 or piix4').default('piix3'))
    .addOption(new Option('--kernel <file>', 'with --guest debian: a bzImage in place of the prepared one'))
    .addOption(new Option('--initrd <file>', 'with --guest debian: an initramfs in place of the prepared one'))
    .addOption(engineOption())
    .addOption(new Option('--json', 'print one JSON object in place of the table'));
  return addTraceOptions(command).action(compare);
}

async function compare(experiment: string, options: CompareOptions): Promise<void> {
  const info = EXPERIMENTS.find((e) => e.name === knownWord(experiment, EXPERIMENTS.map((k) => k.name), 'experiment'))!;
  const guest = knownWord(options.guest, Object.keys(DISK_READ.guests) as DiskReadGuest[], 'guest');
  const methods = methodList(options.methods, guest);
  const ide = knownWord(options.ide, ['piix3', 'piix4'] as const, 'IDE controller');
  const engine = knownWord(options.engine, ENGINE_KINDS, 'engine');
  const wanted = [
    ...modeList(options.mode, methods, ide),
    ...(guest === 'bare' ? BARE_MODES[ide].map(modeByName) : []),
  ];
  const filter = traceFilter(options);
  if (guest === 'bare' && (options.kernel !== undefined || options.initrd !== undefined))
    throw new InputError('--kernel and --initrd are for --guest debian');

  const file = options.disk === undefined ? null : new FileDisk(options.disk);
  const bytes = byteCount(options.bytes, guest, file);
  if (options.trace !== undefined) {
    refuseOverwriting(options.trace, [
      ...(options.disk === undefined ? [] : [{ path: options.disk, what: 'disk' }]),
      ...(options.kernel === undefined ? [] : [{ path: options.kernel, what: 'kernel' }]),
      ...(options.initrd === undefined ? [] : [{ path: options.initrd, what: 'initrd' }]),
    ]);
    checkTraceWritable(options.trace);
  }
  const software = await softwareFor(guest, options);
  const base: BlockBackend =
    file ?? new ImageDisk('generated', pseudoRandomImage(Math.ceil(bytes / 2 ** 20) * 2 ** 20));
  const diskSha256 = hashOfDisk(base, bytes);

  const progress = new Progress();
  let trace: TraceFile | null = null;
  let board: Board | null = null;
  const runs: TimedRun[] = [];
  try {
    for (const method of methods) {
      const begun = performance.now();
      const run = runDiskRead(
        { software, method, bytes, disk: new DiskOverlay(base), diskSha256, mode: modeFor(method, wanted) },
        {
          createMachine: (o) => {
            const machine = new PcMachine({ ...o, ide, engine });
            machine.sim.trace.processorRam = options.traceProcessorRam === true;
            board = machine.board;
            return machine;
          },
          hash: sha256,
          started: (machine) => {
            if (options.trace === undefined) return;
            if (trace === null) {
              checkFilterNames(filter, traceNames(board!));
              trace = new TraceFile(options.trace, filter, { generator: `northbridge ${VERSION}`, board: info.board });
            }
            trace.beginRun(method);
            machine.sim.trace.listen(trace.record);
          },
          progress: (phase, machine) => {
            const c = machine.counters();
            progress.phase = phase;
            progress.update(toSeconds(c.ticks), c.instructions);
          },
        },
      );
      runs.push({ ...run, wallSeconds: (performance.now() - begun) / 1e3 });
    }
    (trace as TraceFile | null)?.close();
  } catch (error) {
    progress.clear();
    (trace as TraceFile | null)?.abandon();
    throw loadRefusal(error, guest === 'debian' ? 'choose fewer bytes, or another kernel' : 'choose fewer bytes');
  }
  progress.clear();

  const report = {
    experiment: info.name, board: info.board, guest, bytes,
    diskName: file === null ? 'the generated disk' : `'${options.disk}'`,
    diskSha256, engine, runs,
  };
  process.stdout.write(options.json === true ? compareJson(report) : compareTable(report));
  refuseWrongData(runs, bytes);
}

function refuseWrongData(runs: readonly DiskReadRun[], bytes: number): void {
  const wrong = runs.filter((r) => !r.matches).map((r) => r.method);
  if (wrong.length > 0)
    throw new RunError(`the ${bytes} bytes that arrived by ${wrong.join(', ')} are not those of the disk`);
}

function methodList(text: string | undefined, guest: DiskReadGuest): string[] {
  const known: readonly string[] = DISK_READ.guests[guest];
  if (text === undefined) return [...known];
  const list = [...new Set(text.split(',').map((m) => m.trim()).filter((m) => m !== ''))];
  if (list.length === 0) throw new InputError(`--methods is empty; known: ${known.join(', ')}`);
  return list.map((m) => knownWord(m, known, 'method', `with --guest ${guest}`));
}

function modeByName(name: string): TransferMode {
  return TRANSFER_MODES.find((m) => m.name === name)!;
}

function modeList(text: string | undefined, methods: readonly string[], ide: IdeModel): TransferMode[] {
  const all = TRANSFER_MODES.map((m) => m.name);
  const asked = (text ?? '')
    .split(',')
    .map((m) => m.trim())
    .filter((m) => m !== '')
    .map((m) => modeByName(knownWord(m, all, 'transfer mode')));
  if (text !== undefined && asked.length === 0) throw new InputError(`--mode is empty; known: ${all.join(', ')}`);
  for (const mode of asked) {
    if (!methods.some((m) => modeFor(m, [mode]) !== null))
      throw new InputError(
        `--mode ${mode.name} fits none of the methods ${methods.join(', ')}; PIO methods take pio0-pio4, ` +
          `dma takes mwdma0-mwdma2 and udma0-udma2`,
      );
    if (mode.kind === 'udma' && ide === 'piix3')
      throw new InputError(`--mode ${mode.name}: a PIIX3 has no Ultra DMA; give --ide piix4 too`);
  }
  for (const kind of ['PIO', 'DMA'] as const) {
    const same = asked.filter((m) => (m.kind === 'pio') === (kind === 'PIO'));
    if (same.length > 1)
      throw new InputError(`--mode: ${same.map((m) => m.name).join(' and ')} are two ${kind} modes; give one`);
  }
  return asked;
}

function byteCount(text: string | undefined, guest: DiskReadGuest, disk: FileDisk | null): number {
  if (text === undefined) return Math.min(DEFAULT_BYTES, disk?.size ?? DEFAULT_BYTES);
  const bytes = parseSize(text, '--bytes');
  if (bytes === 0) throw new InputError('--bytes is 0; give a positive multiple of 512');
  if (bytes % 512 !== 0)
    throw new InputError(
      `--bytes ${text}: ${bytes} is no multiple of 512, the size of a sector; next below is ${bytes - (bytes % 512)}`,
    );
  if (disk !== null && bytes > disk.size)
    throw new InputError(`--bytes ${text}: the disk has only ${disk.size} bytes (${formatSize(disk.size)})`);
  if (ramFor(guest, bytes) > PC_RAM.maximum)
    throw new InputError(
      `--bytes ${text}: the data do not fit into the machine's memory, which is ${formatSize(PC_RAM.maximum)} at most`,
    );
  return bytes;
}

async function softwareFor(guest: DiskReadGuest, options: CompareOptions): Promise<DiskReadSoftware> {
  if (guest === 'bare') return { guest, image: guestImage('disk-read') };
  const kernel = options.kernel === undefined ? null : readKernel(options.kernel);
  const initrd = options.initrd === undefined ? null : readInput(options.initrd, 'initrd');
  if (kernel !== null && initrd !== null) return { guest, kernel, initrd, append: KERNEL_OPTIONS };
  const prepared = await debianGuest({ quiet: process.stderr.isTTY !== true });
  return {
    guest,
    kernel: kernel ?? readKernel(prepared.kernel),
    initrd: initrd ?? readInput(prepared.initrd, 'initrd'),
    append: prepared.append,
  };
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

function hashOfDisk(disk: BlockBackend, bytes: number): string {
  const hash = createHash('sha256');
  const part = new Uint8Array(Math.min(bytes, 2 ** 20));
  for (let at = 0; at < bytes; at += part.length) {
    const n = Math.min(part.length, bytes - at);
    disk.read(at, part, 0, n);
    hash.update(part.subarray(0, n));
  }
  return hash.digest('hex');
}
