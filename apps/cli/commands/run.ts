import { Argument, Command, Option } from 'commander';
import { LINUX_OPTIONS as LINUX_ROWS } from '../../../src/control/experiments/form.ts';
import { Session } from '../../../src/control/session.ts';
import { DEFAULT_APPEND } from '../../../src/control/software/bootable.ts';
import { TerminalFlow } from '../../../src/control/terminal-flow.ts';
import { traceNames } from '../../../src/control/trace-names.ts';
import { ENGINE_KINDS } from '../../../src/jit/engine-kind.ts';
import { PcMachine } from '../../../src/machine/pc-machine.ts';
import { ms, TICKS_PER_SECOND, toSeconds, type Ticks } from '../../../src/sim/time.ts';
import { audioFile, audioOption } from '../audio-option.ts';
import { addBoardOptions } from '../board-options.ts';
import { addBiosOptions, BiosStart, readBios, type BiosOptions } from '../bios-start.ts';
import { BOARDS } from '../boards.ts';
import { runWithConsole } from '../console-run.ts';
import { engineOption } from '../engine-option.ts';
import { addDeviceOption, AttachedDevices, inputFiles, type DeviceOptions } from '../devices/index.ts';
import { Console, CONSOLE_HELP } from '../hosts/console.ts';
import { forgiveOption } from '../forgive-option.ts';
import { CdFile } from '../hosts/cd.ts';
import { Floppies } from '../hosts/floppies.ts';
import { HardDisks } from '../hosts/hard-disks.ts';
import { refuseOverwriting } from '../hosts/output-file.ts';
import { checkTraceWritable, TraceFile } from '../hosts/trace-file.ts';
import { InputError, RunError } from '../input-error.ts';
import { DEFAULT_MEMORY, KernelStart } from '../kernel-start.ts';
import { addMemoryOption, type MemoryOption } from '../memory-size.ts';
import { VERSION } from '../package-info.ts';
import { formatCount, formatSeconds, parseSeconds } from '../quantities.ts';
import { pcapFile, pcapOption } from '../pcap-option.ts';
import { notesSummary } from '../reports/notes.ts';
import { describeEnd, endReport, type End } from '../reports/run.ts';
import { addScreenOptions, ScreenWork, type ScreenOptions } from '../screen-options.ts';
import { LoadedSnapshot } from '../snapshots/loaded.ts';
import { optionTexts, recipeOf } from '../snapshots/recipe.ts';
import { checkWishes, saveAtOption, saveWishes } from '../snapshots/save-wishes.ts';
import { Saver } from '../snapshots/saver.ts';
import { knownWord } from '../suggest.ts';
import {
  addTraceOptions, checkFilterNames, checkMarks, reportStream, traceFilter, type TraceOptions,
} from '../trace-options.ts';

interface RunOptions extends TraceOptions, DeviceOptions, MemoryOption, BiosOptions, ScreenOptions {
  kernel?: string;
  initrd?: string;
  append?: string;
  disk?: string[];
  cd?: string;
  floppy?: string[];
  writeFloppy?: boolean;
  until?: string;
  engine: string;
  json?: boolean;
  quiet?: boolean;
  forgive?: string;
  writeDisk?: boolean;
  saveAt?: string[][];
  load?: string;
  kernelEntry?: string;
  audio?: string;
  pcap?: string;
}

/** A kernel that halts for good before this simulated time has not begun. */
const EARLY = ms(1);

/** `northbridge run pc` */
export function runCommand(): Command {
  const command = new Command('run')
    .description('Run a machine, with its serial console on the terminal')
    .addArgument(new Argument('<board>', 'the machine; `northbridge boards` lists them'))
    .addOption(
      new Option('--kernel <file>', 'Linux kernel (bzImage, i386), or a bare-metal program (32-bit ELF or multiboot)'),
    )
    .addOption(new Option('--initrd <file>', 'initial RAM disk'))
    .addOption(new Option('--append <text>', `kernel command line (default: ${DEFAULT_APPEND} for Linux)`))
    .addOption(
      new Option(
        '--disk <file>',
        'raw disk image, primary master; again: primary slave, then the secondary; what the guest writes is ' +
          'forgotten at the end',
      ).argParser((path: string, before: string[] = []) => [...before, path]),
    )
    .addOption(
      new Option(
        '--write-disk',
        'keep what the guest writes: the image is replaced by a changed copy when the run ends well',
      ),
    )
    .addOption(
      new Option(
        '--floppy <file>',
        'image of a 1.44 MB or 720 kB disk in drive A; again: drive B; what the guest writes is forgotten at the end',
      ).argParser((path: string, before: string[] = []) => [...before, path]),
    )
    .addOption(new Option('--cd <file>', 'image of a data CD (.iso) in a CD-ROM drive, secondary master'))
    .addOption(new Option('--write-floppy', 'keep what the guest writes to floppy disks, as --write-disk does'))
    .addOption(new Option('--until <seconds>', 'stop at this simulated time since reset (2.5, 20ms)'))
    .addOption(saveAtOption())
    .addOption(
      new Option(
        '--load <file>', 'go on from a snapshot of --save-at, without --kernel; disks, BIOS and devices as then',
      ),
    )
    .addOption(audioOption(false))
    .addOption(pcapOption(false))
    .addOption(forgiveOption())
    .addOption(engineOption())
    .addOption(new Option('--json', 'print one JSON object at the end; the console goes to stderr'))
    .addOption(new Option('--quiet', 'no words of ours on stderr but errors'))
    .addHelpText(
      'after',
      `\nOn a terminal, keys go to the guest: ${CONSOLE_HELP}.\nInput from a pipe or file is typed to the ` +
        `guest; its end does not stop the run.\n\nExamples:\n  northbridge run pc --kernel vmlinuz ` +
          `--initrd initrd --append 'console=ttyS0,115200' --disk disk.img\n` +
          `  northbridge run pc --kernel vmlinuz --initrd initrd --save-at 'login: ' login.snap\n` +
          `  northbridge run pc --load login.snap\n  northbridge run pc --bios seabios --floppy boot.img --device vga`,
    );
  addBiosOptions(command);
  addMemoryOption(command, DEFAULT_MEMORY);
  return addDeviceOption(addTraceOptions(addBoardOptions(addScreenOptions(command)))).action(run);
}

async function run(boardName: string, options: RunOptions): Promise<void> {
  const board = knownWord(boardName, BOARDS.map((b) => b.name), 'board');
  const engine = knownWord(options.engine, ENGINE_KINDS, 'engine');
  const until =
    options.until === undefined ? Infinity : Math.round(parseSeconds(options.until, '--until') * TICKS_PER_SECOND);
  if (until !== Infinity && !Number.isSafeInteger(until))
    throw new InputError(`--until '${options.until}' is more than the 34 days that simulated time can count`);
  const filter = traceFilter(options);
  if (options.writeDisk === true && options.disk === undefined)
    throw new InputError('--write-disk without a disk: give --disk FILE too');
  if (options.writeFloppy === true && options.floppy === undefined)
    throw new InputError('--write-floppy without a disk: give --floppy FILE too');
  const wishes = saveWishes(options.saveAt);
  if (options.writeFloppy === true && wishes.length > 0)
    throw new InputError('--save-at beside --write-floppy: the snapshot would not fit the disk that the run leaves');
  if (options.writeDisk === true && wishes.length > 0)
    throw new InputError('--save-at beside --write-disk: the snapshot would not fit the disk that the run leaves');
  const loaded = options.load === undefined ? null : new LoadedSnapshot(options.load, board, options);
  const bios = await readBios(options);
  const start = loaded ??
    (bios === null ? await KernelStart.read(board, options) : new BiosStart(board, options));
  const from = loaded?.time ?? 0;
  if (until <= from)
    throw new InputError(`--until ${options.until} is not after the snapshot's moment, ${timeWords(from)}`);
  const attached = await AttachedDevices.load(options);
  const disks = new HardDisks(options.disk ?? [], options.cd !== undefined);
  const floppies = new Floppies(options.floppy ?? []);
  const cd = options.cd === undefined ? null : new CdFile(options.cd);
  const inputs = inputFiles(options, ['kernel', 'initrd', 'load', 'bios', 'videoBios'])
    .map(({ path, what }) => ({ path, what: what === 'load' ? 'snapshot that is loaded' : what }))
    .concat(disks.files.map(({ path }) => ({ path, what: 'disk' })))
    .concat(floppies.files.map(({ path }) => ({ path, what: 'floppy' })))
    .concat(cd === null ? [] : [{ path: cd.file.path, what: 'cd' }]);
  if (options.trace !== undefined) {
    refuseOverwriting(options.trace, '--trace', inputs);
    checkTraceWritable(options.trace);
    checkMarks(filter, [], '--trace-', 'a run without an experiment');
  }
  const audio = audioFile(options.audio, start.boardOptions['sound'], inputs, options.trace);
  const outputs = [{ path: options.trace, what: '--trace' }, { path: options.audio, what: '--audio' }];
  const pcap = pcapFile(options.pcap, inputs, outputs);
  outputs.push({ path: options.pcap, what: '--pcap' });
  const screen = new ScreenWork(options, { from, until }, inputs, outputs);
  checkWishes(
    wishes, { from, until }, inputs, outputs.flatMap(({ path, what }) => (path === undefined ? [] : [{ path, what }])),
  );
  loaded?.checkDisks(disks.files);
  loaded?.checkFloppies(floppies.files);
  loaded?.checkCd(cd?.file ?? null);
  loaded?.checkBios(bios);
  if (options.writeDisk === true) disks.lock();
  if (options.writeFloppy === true) floppies.lock();

  const say = (text: string): void => {
    if (options.quiet !== true) process.stderr.write(text);
  };
  const terminal = new Console(process.stdin, options.json === true ? process.stderr : reportStream(options));
  const saver = new Saver(wishes, say);
  const machine = attached.place(() => new PcMachine({
    ramBytes: start.ramBytes, disk: null, drives: disks.cabled(cd), floppies: floppies.overlays,
    options: start.boardOptions, engine,
    forgive: start.forgive,
    devices: attached.devices,
    exitPort: start.exitPort, audio, frames: pcap, pictures: screen.tap, bios,
    onPost: () => {},
    onSerial: (byte) => {
      terminal.transmit(byte);
      saver.heard(byte);
    },
  }));
  machine.sim.trace.processorRam = options.traceProcessorRam === true;
  const flow = new TerminalFlow(machine);
  const session = new Session(machine, {
    attachments: { terminal: flow, ...disks.attachments, ...floppies.attachments },
  });
  try {
    screen.attach(machine);
    start.into(session);
  } catch (error) {
    disks.release();
    floppies.release();
    throw error;
  }
  const { forgive, exitPort } = start;
  const builtFrom = { forgive, exitPort, disks: disks.files, floppies: floppies.files, cd: cd?.file ?? null, bios };
  saver.attach(session, (moment) => recipeOf(machine, builtFrom, moment));
  let trace: TraceFile | null = null;
  if (options.trace !== undefined) {
    checkFilterNames(filter, traceNames(machine.board));
    trace = new TraceFile(options.trace, filter, { generator: `northbridge ${VERSION}`, board });
    trace.beginRun('run', machine.sim.trace);
    // What led to this moment is in no trace.
    if (loaded !== null) session.mark('snapshot loaded');
  }
  if (loaded !== null) say(`northbridge: goes on from '${options.load}', ${loaded.moment} (${timeWords(from)})\n` +
    (terminal.interactive ? 'northbridge: what was on the screen is not here; press Enter for a prompt\n' : ''));

  let end: End, screenSays: readonly string[];
  try {
    end = await runWithConsole({
      machine, terminal, flow, saver, timed: screen.timed, until,
      boots: loaded === null && bios === null && !start.exitPort,
      quiet: options.json === true || options.quiet === true,
    });
    trace?.close();
    audio?.close();
    pcap?.close();
    screenSays = screen.finish(machine);
  } catch (error) {
    trace?.abandon();
    throw attached.blame(error);
  }
  // Only an end that was asked for, or that the guest chose, keeps what it wrote.
  const keeps = end.status === 0 || end.reason === 'exit';
  let changed = 0, unwritten: unknown = null;
  try {
    if (options.writeDisk === true && keeps) changed = disks.commit();
    if (options.writeFloppy === true && keeps) changed += floppies.commit();
  } catch (error) {
    // What the run gave is told first.
    unwritten = error;
  } finally {
    disks.release();
    floppies.release();
  }
  const { noteTotals } = machine.sim.trace;
  if (options.json === true) {
    const boardOptions = Object.entries(optionTexts(machine)).filter(([n]) => !exitPort || !LINUX_ROWS.includes(n));
    reportStream(options).write(endReport(board, Object.fromEntries(boardOptions), end, changed, noteTotals));
  }
  else {
    say(`northbridge: ${describeEnd(end)} after ${timeWords(end.counters.ticks)}, ` +
      `${formatCount(end.counters.instructions)} ` +
      `instructions${changed > 0 ? `; ${formatCount(changed)} bytes of the disk were rewritten` : ''}\n`);
    say(notesSummary(noteTotals));
    if (audio !== null) say(`northbridge: ${audio.summary}`);
    if (pcap !== null) say(`northbridge: ${pcap.summary}`);
  }
  if (options.writeDisk === true && !keeps && disks.changed) {
    const names = (options.disk ?? []).map((path) => `'${path}'`), many = names.length > 1;
    process.stderr.write(`northbridge: the disk${many ? 's' : ''} ${names.join(', ')} ` +
      `${many ? 'are as they were' : 'is as it was'}; what the guest wrote is gone\n`);
  }
  if (terminal.untaken > 0)
    say(
      `northbridge: ${formatCount(terminal.untaken)} characters of the input were never typed: ` +
        `the guest did not take them\n`,
    );
  for (const line of screenSays) say(`northbridge: ${line}\n`);
  const unsaved = saver.finish();
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
      end.counters.ticks < EARLY
        ? 'the guest gave up at once, without a character on COM1: it may want another processor or other firmware'
        : 'the guest halted for good without a character on COM1: it may be damaged, or lacks console=ttyS0,115200 ' +
          'in its --append',
    );
  process.exitCode = end.status === 0 ? unsaved : end.status;
}

function timeWords(time: Ticks): string {
  return `${formatSeconds(toSeconds(time))} of simulated time`;
}
