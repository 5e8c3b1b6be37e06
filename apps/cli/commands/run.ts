import { setImmediate, setTimeout } from 'node:timers/promises';
import { Argument, Command, Option } from 'commander';
import { busyShare, type Counters } from '../../../src/control/counters.ts';
import { DiskOverlay } from '../../../src/control/disk-overlay.ts';
import { TerminalFlow } from '../../../src/control/terminal-flow.ts';
import { traceNames } from '../../../src/control/trace-names.ts';
import { ENGINE_KINDS } from '../../../src/jit/engine-kind.ts';
import { PC_RAM, PcMachine } from '../../../src/machine/pc-machine.ts';
import { ms, TICKS_PER_SECOND, toSeconds } from '../../../src/sim/time.ts';
import { BOARDS } from '../boards.ts';
import { engineOption } from '../engine-option.ts';
import { Console, CONSOLE_HELP } from '../hosts/console.ts';
import { FileDisk } from '../hosts/disk.ts';
import { commitOverlay, openForCommit } from '../hosts/disk-commit.ts';
import { checkTraceWritable, refuseOverwriting, TraceFile } from '../hosts/trace-file.ts';
import { InputError, RunError } from '../input-error.ts';
import { loadRefusal, readInput, readKernel } from '../input-files.ts';
import { VERSION } from '../package-info.ts';
import { Progress } from '../progress.ts';
import { formatCount, formatSeconds, formatSize, parseSeconds, parseSize } from '../quantities.ts';
import { knownWord } from '../suggest.ts';
import { addTraceOptions, checkFilterNames, traceFilter, type TraceOptions } from '../trace-options.ts';

interface RunOptions extends TraceOptions {
  kernel?: string;
  initrd?: string;
  append: string;
  disk?: string;
  memory: string;
  ide: string;
  until?: string;
  engine: string;
  json?: boolean;
  writeDisk?: boolean;
}

const MiB = 2 ** 20;
const MIN_RAM = 16 * MiB;
/** Simulated time between two looks at keyboard, signals and progress. */
const SLICE = ms(5);
/**
 * Simulated time between two characters typed to the guest: a little more than 10 bits take at
 * 115200 baud.
 */
const KEY_TIME = ms(0.1);
/** A guest that halts for good before this simulated time and without a character has given up. */
const EARLY = ms(1);
const SIGNALS = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;

/** `northbridge run pc` */
export function runCommand(): Command {
  const command = new Command('run')
    .description('Run a machine, with its serial console on the terminal')
    .addArgument(new Argument('<board>', 'the machine; `northbridge boards` lists them'))
    .addOption(new Option('--kernel <file>', 'Linux kernel (bzImage, i386)'))
    .addOption(new Option('--initrd <file>', 'initial RAM disk'))
    .addOption(new Option('--append <text>', 'kernel command line').default('console=ttyS0'))
    .addOption(
      new Option('--disk <file>', 'raw disk image, primary master; what the guest writes is forgotten at the end'),
    )
    .addOption(
      new Option(
        '--write-disk',
        'keep what the guest writes: the image is replaced by a changed copy when the run ends well',
      ),
    )
    .addOption(new Option('--memory <size>', 'RAM').default('256MiB'))
    .addOption(new Option('--ide <model>', 'IDE controller: piix3 or piix4').default('piix3'))
    .addOption(new Option('--until <seconds>', 'stop at this simulated time (2.5, 20ms)'))
    .addOption(engineOption())
    .addOption(new Option('--json', 'print one JSON object at the end; the console goes to stderr'))
    .addHelpText(
      'after',
      `\nOn a terminal, keys go to the guest: ${CONSOLE_HELP}.\nInput from a pipe or file is typed to the ` +
        `guest; its end does not stop the run.\n\nExample:\n  northbridge run pc --kernel vmlinuz ` +
          `--initrd initrd --append 'console=ttyS0' --disk disk.img`,
    );
  return addTraceOptions(command).action(run);
}

interface End {
  /** Why the run ended, in a word for JSON. */
  reason: string;
  counters: Counters;
  /** Exit status. */
  status: number;
}

async function run(boardName: string, options: RunOptions): Promise<void> {
  const board = knownWord(boardName, BOARDS.map((b) => b.name), 'board');
  const ide = knownWord(options.ide, ['piix3', 'piix4'] as const, 'IDE controller');
  const engine = knownWord(options.engine, ENGINE_KINDS, 'engine');
  const ramBytes = memorySize(options.memory);
  const until =
    options.until === undefined ? Infinity : Math.round(parseSeconds(options.until, '--until') * TICKS_PER_SECOND);
  if (until !== Infinity && !Number.isSafeInteger(until))
    throw new InputError(`--until '${options.until}' is more than the 34 days that simulated time can count`);
  const filter = traceFilter(options);
  if (options.writeDisk === true && options.disk === undefined)
    throw new InputError('--write-disk without a disk: give --disk FILE too');
  if (options.kernel === undefined)
    throw new InputError(`board ${board} has no firmware to start from a disk; give a Linux kernel with --kernel FILE`);
  const kernel = readKernel(options.kernel);
  const initrd = options.initrd === undefined ? null : readInput(options.initrd, 'initrd');
  const file = options.disk === undefined ? null : new FileDisk(options.disk);
  if (options.trace !== undefined) {
    refuseOverwriting(options.trace, [
      { path: options.kernel, what: 'kernel' },
      ...(options.initrd === undefined ? [] : [{ path: options.initrd, what: 'initrd' }]),
      ...(options.disk === undefined ? [] : [{ path: options.disk, what: 'disk' }]),
    ]);
    checkTraceWritable(options.trace);
  }
  const lock = file !== null && options.writeDisk === true ? openForCommit(file) : null;

  const overlay = file === null ? null : new DiskOverlay(file);
  const terminal = new Console(process.stdin, options.json === true ? process.stderr : process.stdout);
  const machine = new PcMachine({
    ramBytes, disk: overlay, ide, engine,
    onPost: () => {},
    onSerial: (byte) => terminal.transmit(byte),
  });
  machine.sim.trace.processorRam = options.traceProcessorRam === true;
  try {
    machine.loadLinux({ kernel, ...(initrd === null ? {} : { initrd }), append: options.append });
  } catch (error) {
    throw loadRefusal(error, `the machine has ${formatSize(ramBytes)} (--memory)`);
  }
  let trace: TraceFile | null = null;
  if (options.trace !== undefined) {
    checkFilterNames(filter, traceNames(machine.board));
    trace = new TraceFile(options.trace, filter, { generator: `northbridge ${VERSION}`, board });
    machine.sim.trace.listen(trace.record);
  }

  let end: End;
  try {
    end = await runWithConsole(machine, terminal, until, options.json === true);
    trace?.close();
  } catch (error) {
    trace?.abandon();
    throw error;
  }
  // Only an end that was asked for, or that the guest chose, keeps what it wrote.
  const changed =
    file !== null && overlay !== null && options.writeDisk === true && end.status === 0
      ? commitOverlay(file, overlay)
      : 0;
  lock?.release();
  if (options.json === true) process.stdout.write(endReport(board, end, changed));
  else
    process.stderr.write(
      `northbridge: ${describeEnd(end.reason)} after ${formatSeconds(toSeconds(end.counters.ticks))} of ` +
        `simulated time, ${formatCount(end.counters.instructions)} ` +
          `instructions${changed > 0 ? `; ${formatCount(changed)} bytes of the disk were rewritten` : ''}\n`,
    );
  if (overlay !== null && options.writeDisk === true && end.status !== 0 && overlay.changedPages > 0)
    process.stderr.write(`northbridge: the disk '${options.disk}' is as it was; what the guest wrote is gone\n`);
  if (terminal.untaken > 0)
    process.stderr.write(
      `northbridge: ${formatCount(terminal.untaken)} characters of the input were never typed: ` +
        `the guest did not take them\n`,
    );
  if (end.reason === 'shutdown') {
    const lacking = machine.cpu.lastRefusal;
    throw new RunError(
      'the guest ended in a triple fault (an exception while it could not handle one)' +
        (lacking === null ? '' : `; ${lacking}`),
    );
  }
  if (end.reason === 'halted' && end.status !== 0)
    throw new RunError(
      'the guest gave up at once, without a character on COM1: it may want another processor or other firmware',
    );
  process.exitCode = end.status;
}

async function runWithConsole(machine: PcMachine, terminal: Console, until: number, quiet: boolean): Promise<End> {
  const progress = new Progress(process.stderr, !quiet && process.stdout.isTTY !== true);
  progress.phase = 'running';
  let signal: keyof typeof SIGNALS | null = null;
  const onSignal = (name: NodeJS.Signals): void => { signal = name as keyof typeof SIGNALS; };
  for (const name of Object.keys(SIGNALS)) process.on(name, onSignal);
  const flow = new TerminalFlow(machine);
  terminal.open();
  // Only now: whoever reads it may type at once, and the keys are raw.
  if (terminal.interactive) process.stderr.write(`[${CONSOLE_HELP}]\n`);
  let origin = performance.now();
  try {
    for (;;) {
      const now = machine.sim.scheduler.now;
      if (now >= until) return { reason: 'until', status: 0, counters: machine.counters() };
      // Looked at even if nothing waits: it must know how long the port has been as it is.
      const typing = flow.ready() && terminal.waiting;
      if (typing) machine.serialInput(terminal.take());
      const reason = machine.run(Math.min(until, now + (typing ? KEY_TIME : SLICE)));
      if (reason !== 'time') return endOf(reason, machine, terminal.received);
      terminal.flush();
      progress.update(toSeconds(machine.sim.scheduler.now), machine.counters().instructions);
      // A guest that sleeps must not make the clock race before somebody who types; time lost to a
      // slow stretch is not made up for.
      let ahead = toSeconds(machine.sim.scheduler.now) * 1e3 - (performance.now() - origin);
      if (ahead < 0) {
        origin -= ahead;
        ahead = 0;
      }
      if (terminal.interactive && ahead > 5) await setTimeout(Math.min(ahead, 50));
      else await setImmediate();
      if (terminal.left) return { reason: 'left', status: 0, counters: machine.counters() };
      if (terminal.hungUp) signal ??= 'SIGHUP';
      if (signal !== null) return { reason: signal, status: SIGNALS[signal], counters: machine.counters() };
    }
  } finally {
    progress.clear();
    terminal.close();
    if (terminal.interactive) process.stderr.write('\n');
    for (const name of Object.keys(SIGNALS)) process.off(name, onSignal);
  }
}

function endOf(reason: string, machine: PcMachine, characters: number): End {
  const counters = machine.counters();
  const gaveUp = reason === 'halted' && counters.ticks < EARLY && characters === 0;
  return { reason, status: reason === 'shutdown' || gaveUp ? 1 : 0, counters };
}

function describeEnd(reason: string): string {
  switch (reason) {
    case 'until': return 'stopped at the time asked for';
    case 'left': return 'left';
    case 'halted': return 'the processor halted with interrupts off';
    case 'reset': return 'the guest reset the machine';
    case 'poweroff': return 'the guest switched the machine off';
    case 'SIGINT': case 'SIGTERM': case 'SIGHUP': return `interrupted (${reason})`;
    default: return `stopped (${reason})`;
  }
}

function endReport(board: string, end: End, changed: number): string {
  const c = end.counters;
  return `${JSON.stringify(
    {
      board, reason: end.reason,
      seconds: toSeconds(c.ticks),
      instructions: c.instructions,
      cpuBusy: busyShare(c),
      cpuPortAccesses: c.cpuPortAccesses, cpuMmioAccesses: c.cpuMmioAccesses, deviceBytes: c.deviceBytes,
      deviceTransfers: c.deviceTransfers, interrupts: c.interrupts, diskBytesRewritten: changed,
    },
    null, 2,
  )}\n`;
}

function memorySize(text: string): number {
  const bytes = parseSize(text, '--memory');
  if (bytes % MiB !== 0) throw new InputError(`--memory ${text} is no whole number of MiB`);
  if (bytes < MIN_RAM)
    throw new InputError(`--memory ${text} is too little: the machine has at least ${formatSize(MIN_RAM)}`);
  if (bytes > PC_RAM.maximum)
    throw new InputError(`--memory ${text} does not fit: the machine has at most ${formatSize(PC_RAM.maximum)}`);
  return bytes;
}
