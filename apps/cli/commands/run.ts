import { basename } from 'node:path';
import { setImmediate, setTimeout } from 'node:timers/promises';
import { Argument, Command, Option } from 'commander';
import { DiskOverlay } from '../../../src/control/disk-overlay.ts';
import { TerminalFlow } from '../../../src/control/terminal-flow.ts';
import { traceNames } from '../../../src/control/trace-names.ts';
import { ENGINE_KINDS } from '../../../src/jit/engine-kind.ts';
import { qemuExitStatus } from '../../../src/hw/misc/debug-exit/debug-exit.ts';
import { PcMachine } from '../../../src/machine/pc-machine.ts';
import { ms, TICKS_PER_SECOND, toSeconds } from '../../../src/sim/time.ts';
import { addBoardOptions, boardOptionValues } from '../board-options.ts';
import { BOARDS } from '../boards.ts';
import { engineOption } from '../engine-option.ts';
import { addDeviceOption, AttachedDevices, inputFiles, type DeviceOptions } from '../devices/index.ts';
import { Console, CONSOLE_HELP } from '../hosts/console.ts';
import { forgivenRules, forgiveOption } from '../forgive-option.ts';
import { FileDisk } from '../hosts/disk.ts';
import { commitOverlay, openForCommit } from '../hosts/disk-commit.ts';
import { refuseOverwriting } from '../hosts/output-file.ts';
import { checkTraceWritable, TraceFile } from '../hosts/trace-file.ts';
import { InputError, RunError } from '../input-error.ts';
import { loadRefusal, programAdvice, readBootable, readInput } from '../input-files.ts';
import { chooseKernelEntry, type KernelEntry } from '../kernel-entry.ts';
import { addMemoryOption, memorySize, type MemoryOption } from '../memory-size.ts';
import { VERSION } from '../package-info.ts';
import { Progress } from '../progress.ts';
import { formatCount, formatSeconds, formatSize, parseSeconds } from '../quantities.ts';
import { notesSummary } from '../reports/notes.ts';
import { describeEnd, endReport, type End } from '../reports/run.ts';
import { knownWord } from '../suggest.ts';
import {
  addTraceOptions, checkFilterNames, checkMarks, reportStream, traceFilter, type TraceOptions,
} from '../trace-options.ts';

interface RunOptions extends TraceOptions, DeviceOptions, MemoryOption {
  kernel?: string;
  initrd?: string;
  append?: string;
  disk?: string;
  until?: string;
  engine: string;
  json?: boolean;
  quiet?: boolean;
  forgive?: string;
  writeDisk?: boolean;
  kernelEntry?: string;
}

const DEFAULT_MEMORY = '256MiB';
const LINUX_OPTIONS = 'console=ttyS0,115200';
/** Simulated time between two looks at keyboard, signals and progress. */
const SLICE = ms(5);
/**
 * Simulated time between two characters typed to the guest: a little more than 10 bits take at
 * 115200 baud.
 */
const KEY_TIME = ms(0.1);
/** A kernel that halts for good before this simulated time and without a character has given up. */
const EARLY = ms(1);
const SIGNALS = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;

/** `northbridge run pc` */
export function runCommand(): Command {
  const command = new Command('run')
    .description('Run a machine, with its serial console on the terminal')
    .addArgument(new Argument('<board>', 'the machine; `northbridge boards` lists them'))
    .addOption(
      new Option('--kernel <file>', 'Linux kernel (bzImage, i386), or a bare-metal program (32-bit ELF or multiboot)'),
    )
    .addOption(new Option('--initrd <file>', 'initial RAM disk'))
    .addOption(new Option('--append <text>', `kernel command line (default: ${LINUX_OPTIONS} for Linux)`))
    .addOption(
      new Option('--disk <file>', 'raw disk image, primary master; what the guest writes is forgotten at the end'),
    )
    .addOption(
      new Option(
        '--write-disk',
        'keep what the guest writes: the image is replaced by a changed copy when the run ends well',
      ),
    )
    .addOption(new Option('--until <seconds>', 'stop at this simulated time (2.5, 20ms)'))
    .addOption(forgiveOption())
    .addOption(engineOption())
    .addOption(new Option('--json', 'print one JSON object at the end; the console goes to stderr'))
    .addOption(new Option('--quiet', 'no words of ours on stderr but errors'))
    .addHelpText(
      'after',
      `\nOn a terminal, keys go to the guest: ${CONSOLE_HELP}.\nInput from a pipe or file is typed to the ` +
        `guest; its end does not stop the run.\n\nExample:\n  northbridge run pc --kernel vmlinuz ` +
          `--initrd initrd --append 'console=ttyS0,115200' --disk disk.img`,
    );
  addMemoryOption(command, DEFAULT_MEMORY);
  return addDeviceOption(addTraceOptions(addBoardOptions(command))).action(run);
}

async function run(boardName: string, options: RunOptions): Promise<void> {
  const board = knownWord(boardName, BOARDS.map((b) => b.name), 'board');
  const boardOptions = boardOptionValues(board, options);
  const engine = knownWord(options.engine, ENGINE_KINDS, 'engine');
  const ramBytes = memorySize(options, DEFAULT_MEMORY);
  const until =
    options.until === undefined ? Infinity : Math.round(parseSeconds(options.until, '--until') * TICKS_PER_SECOND);
  if (until !== Infinity && !Number.isSafeInteger(until))
    throw new InputError(`--until '${options.until}' is more than the 34 days that simulated time can count`);
  const filter = traceFilter(options);
  if (options.writeDisk === true && options.disk === undefined)
    throw new InputError('--write-disk without a disk: give --disk FILE too');
  if (options.kernel === undefined)
    throw new InputError(`board ${board} has no firmware to start from a disk; give a Linux kernel with --kernel FILE`);
  const attached = await AttachedDevices.load(options);
  const forgive = forgivenRules(options.forgive);
  const { kind, image } = readBootable(options.kernel);
  if (kind === 'program' && options.initrd !== undefined)
    throw new InputError(`--initrd is for Linux; '${options.kernel}' is a program`);
  if (kind === 'program' && options.kernelEntry !== undefined)
    throw new InputError(`--kernel-entry is for Linux; '${options.kernel}' is a program`);
  const append = options.append ?? LINUX_OPTIONS;
  const { kernelEntry, ...unpacked }: KernelEntry = kind === 'program'
    ? { kernelEntry: 'decompressor' }
    : await chooseKernelEntry({
        path: options.kernel, kernel: image, append, given: options.kernelEntry, quiet: options.quiet === true,
      });
  const initrd = options.initrd === undefined ? null : readInput(options.initrd, 'initrd');
  const file = options.disk === undefined ? null : new FileDisk(options.disk);
  if (options.trace !== undefined) {
    refuseOverwriting(options.trace, '--trace', inputFiles(options, ['kernel', 'initrd', 'disk']));
    checkTraceWritable(options.trace);
    checkMarks(filter, [], '--trace-', 'a run without an experiment');
  }
  const lock = file !== null && options.writeDisk === true ? openForCommit(file) : null;

  const overlay = file === null ? null : new DiskOverlay(file);
  const terminal = new Console(process.stdin, options.json === true ? process.stderr : reportStream(options));
  const machine = attached.place(() => new PcMachine({
    ramBytes, disk: overlay, options: { ...boardOptions, kernelEntry }, engine, forgive,
    devices: attached.devices,
    exitPort: kind === 'program',
    onPost: () => {},
    onSerial: (byte) => terminal.transmit(byte),
  }));
  machine.sim.trace.processorRam = options.traceProcessorRam === true;
  try {
    if (kind === 'linux')
      machine.loadLinux({ kernel: image, ...unpacked, ...(initrd === null ? {} : { initrd }), append });
    else machine.boot({ kind, image, commandLine: `${basename(options.kernel)} ${options.append ?? ''}`.trimEnd() });
  } catch (error) {
    const ram = formatSize(ramBytes);
    throw loadRefusal(error, kind === 'linux' ? `the machine has ${ram} (--memory)` : programAdvice(ram));
  }
  let trace: TraceFile | null = null;
  if (options.trace !== undefined) {
    checkFilterNames(filter, traceNames(machine.board));
    trace = new TraceFile(options.trace, filter, { generator: `northbridge ${VERSION}`, board });
    trace.beginRun('run', machine.sim.trace);
  }

  let end: End;
  try {
    end = await runWithConsole(machine, kind, terminal, until, options.json === true || options.quiet === true);
    trace?.close();
  } catch (error) {
    trace?.abandon();
    throw attached.blame(error);
  }
  // Only an end that was asked for, or that the guest chose, keeps what it wrote.
  const keeps = end.status === 0 || end.reason === 'exit';
  let changed = 0, unwritten: unknown = null;
  try {
    if (file !== null && overlay !== null && options.writeDisk === true && keeps)
      changed = commitOverlay(file, overlay);
  } catch (error) {
    // What the run gave is told first.
    unwritten = error;
  } finally {
    lock?.release();
  }
  const { noteTotals } = machine.sim.trace;
  const say = (text: string): void => {
    if (options.quiet !== true) process.stderr.write(text);
  };
  if (options.json === true) reportStream(options).write(endReport(board, end, changed, noteTotals));
  else {
    say(`northbridge: ${describeEnd(end)} after ${formatSeconds(toSeconds(end.counters.ticks))} of simulated time, ` +
      `${formatCount(end.counters.instructions)} ` +
      `instructions${changed > 0 ? `; ${formatCount(changed)} bytes of the disk were rewritten` : ''}\n`);
    say(notesSummary(noteTotals));
  }
  if (overlay !== null && options.writeDisk === true && !keeps && overlay.changedPages > 0)
    process.stderr.write(`northbridge: the disk '${options.disk}' is as it was; what the guest wrote is gone\n`);
  if (terminal.untaken > 0)
    say(
      `northbridge: ${formatCount(terminal.untaken)} characters of the input were never typed: ` +
        `the guest did not take them\n`,
    );
  if (unwritten !== null) throw unwritten;
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

async function runWithConsole(
  machine: PcMachine, kind: 'linux' | 'program', terminal: Console, until: number, quiet: boolean,
): Promise<End> {
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
      if (now >= until) return { reason: 'until', status: 0, exitValue: null, counters: machine.counters() };
      // Looked at even if nothing waits: it must know how long the port has been as it is.
      const typing = flow.ready() && terminal.waiting;
      if (typing) machine.serialInput(terminal.take());
      const reason = machine.run(Math.min(until, now + (typing ? KEY_TIME : SLICE)));
      if (reason !== 'time') {
        machine.drain(until);
        return endOf(reason, machine, kind === 'linux' && terminal.received === 0);
      }
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
      if (terminal.left) return { reason: 'left', status: 0, exitValue: null, counters: machine.counters() };
      if (terminal.hungUp) signal ??= 'SIGHUP';
      if (signal !== null)
        return { reason: signal, status: SIGNALS[signal], exitValue: null, counters: machine.counters() };
    }
  } finally {
    progress.clear();
    terminal.close();
    if (terminal.interactive) process.stderr.write('\n');
    for (const name of Object.keys(SIGNALS)) process.off(name, onSignal);
  }
}

/** @param silent a kernel that has not said a character */
function endOf(reason: string, machine: PcMachine, silent: boolean): End {
  const counters = machine.counters();
  const gaveUp = reason === 'halted' && counters.ticks < EARLY && silent;
  const exitValue = reason === 'exit' ? machine.exitValue : null;
  const bad = reason === 'shutdown' || gaveUp ? 1 : 0;
  return { reason, status: exitValue === null ? bad : qemuExitStatus(exitValue), exitValue, counters };
}
