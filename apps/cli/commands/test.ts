import { basename } from 'node:path';
import { Argument, Command, Option } from 'commander';
import { DiskOverlay } from '../../../src/control/disk-overlay.ts';
import { ENGINE_KINDS } from '../../../src/jit/engine-kind.ts';
import { NOTE_NAMES } from '../../../src/sim/notes.ts';
import { TICKS_PER_SECOND } from '../../../src/sim/time.ts';
import { LINUX_OPTIONS } from '../../../src/control/experiments/form.ts';
import { addBoardOptions, boardOptionValues } from '../board-options.ts';
import { addDeviceOption, AttachedDevices, inputFiles, type DeviceOptions } from '../devices/index.ts';
import { engineOption } from '../engine-option.ts';
import { forgivenRules, forgiveOption, listOf } from '../forgive-option.ts';
import { FileDisk } from '../hosts/disk.ts';
import { checkOutputWritable, refuseOverwriting, writeOutputFile } from '../hosts/output-file.ts';
import { InputError, RunError } from '../input-error.ts';
import { loadRefusal, programAdvice, readProgram } from '../input-files.ts';
import { addMemoryOption, memorySize, type MemoryOption } from '../memory-size.ts';
import { Progress } from '../progress.ts';
import { formatSeconds, formatSize, parseSeconds } from '../quantities.ts';
import { junitXml } from '../reports/junit.ts';
import { notesSummary } from '../reports/notes.ts';
import { knownWord } from '../suggest.ts';
import type { Criteria } from '../../../src/control/software/criteria.ts';
import { runProgramTest, type ProgramResult } from '../testing/program-test.ts';

interface TestOptions extends DeviceOptions, MemoryOption {
  append: string;
  disk?: string;
  engine: string;
  forgive?: string;
  timeout: string;
  passCode?: string;
  expectText: string[];
  failText: string[];
  failNote?: string;
  junit?: string;
  json?: boolean;
  quiet?: boolean;
}

/** What a program writes to the exit port if all is well; QEMU's status is then 33. */
const DEFAULT_PASS_CODE = '0x10';
const CONSOLE_LINES = 12;
const BOARD = 'pc';
const DEFAULT_MEMORY = '64MiB';

const HELP = `
A program passes if it writes a pass code to the exit port (QEMU's isa-debug-exit, four ports from F4h), or,
with --expect-text and without --pass-code, as soon as every text has appeared on COM1. Everything else fails:
another code, a halt with interrupts off, a triple fault, a reset, the timeout. Devices keep the rules of their
documents; each act that breaks one is a note, and --forgive lets it pass.

Examples:
  northbridge test kernel.elf
  northbridge test tests/*.elf --expect-text 'all tests passed' --fail-text PANIC --junit report.xml
  northbridge test driver.elf --disk disk.img --fail-note ata-data-before-drq

Exit status: 0 all passed, 1 a test failed, 2 the input cannot be used.`;

/** `northbridge test` */
export function testCommand(): Command {
  const collect = (text: string, list: string[]): string[] => [...list, text];
  const command = new Command('test')
    .description('Run bare-metal programs on the board pc as tests: ELF or multiboot, 32 bits')
    .addArgument(new Argument('<program...>', 'ELF executables, or images with a multiboot header'))
    .addOption(new Option('--expect-text <text>', 'must appear on COM1; may be given several times')
      .argParser(collect).default([], 'none'))
    .addOption(new Option('--fail-text <text>', 'must not appear on COM1; may be given several times')
      .argParser(collect).default([], 'none'))
    .addOption(new Option('--fail-note <names>', 'notes that fail the test, with commas, e.g. ata-data-before-drq'))
    .addOption(
      new Option(
        '--pass-code <list>', `values at the exit port that pass, with commas (default: ${DEFAULT_PASS_CODE})`,
      ),
    )
    .addOption(new Option('--timeout <time>', 'simulated time after which a test has failed').default('10s'))
    .addOption(forgiveOption())
    .addOption(
      new Option('--append <text>', 'command line for multiboot, after the program\'s name').default('', 'none'),
    )
    .addOption(new Option('--disk <file>', 'raw disk image, primary master; each test sees it as it is in the file'))
    .addOption(engineOption())
    .addOption(new Option('--junit <file>', 'write a report as JUnit XML'))
    .addOption(new Option('--json', 'print one JSON object in place of the lines'))
    .addOption(new Option('--quiet', 'print failures only'))
    .addHelpText('after', HELP);
  addMemoryOption(command, DEFAULT_MEMORY);
  return addDeviceOption(addBoardOptions(command, BOARD, LINUX_OPTIONS)).action(test);
}

async function test(programs: string[], options: TestOptions): Promise<void> {
  const boardOptions = boardOptionValues(BOARD, options);
  const engine = knownWord(options.engine, ENGINE_KINDS, 'engine');
  const ramBytes = memorySize(options, DEFAULT_MEMORY);
  const timeout = Math.round(parseSeconds(options.timeout, '--timeout') * TICKS_PER_SECOND);
  if (!Number.isSafeInteger(timeout))
    throw new InputError(`--timeout '${options.timeout}' is more than the 34 days that simulated time can count`);
  const criteria: Criteria = {
    passCodes: passCodes(options.passCode ?? DEFAULT_PASS_CODE),
    wantsExit: options.passCode !== undefined,
    expectText: texts(options.expectText, '--expect-text'), failText: texts(options.failText, '--fail-text'),
    failNote: notes(options),
  };
  const attached = await AttachedDevices.load(options);
  const forgive = forgivenRules(options.forgive);
  const images = programs.map((path) => ({ path, image: readProgram(path) }));
  const file = options.disk === undefined ? null : new FileDisk(options.disk);
  if (options.junit !== undefined) {
    const read = programs.map((path) => ({ path, what: 'program' }));
    refuseOverwriting(options.junit, '--junit', [...read, ...inputFiles(options, ['disk'])]);
    checkOutputWritable(options.junit, 'report');
  }

  const results: { path: string; result: ProgramResult }[] = [];
  const progress = new Progress(process.stderr, options.quiet !== true);
  for (const { path, image } of images) {
    progress.phase = basename(path);
    let result: ProgramResult;
    try {
      result = runProgramTest(
        {
          image, ramBytes, engine, forgive, timeout, criteria, boardOptions,
          devices: attached.devices,
          commandLine: `${basename(path)}${options.append === '' ? '' : ` ${options.append}`}`,
          disk: () => (file === null ? null : new DiskOverlay(file)),
        },
        (seconds, instructions) => progress.update(seconds, instructions),
      );
    } catch (error) {
      progress.clear();
      const blamed = attached.blame(error);
      if (blamed !== error) throw blamed;
      const refusal = loadRefusal(error, programAdvice(formatSize(ramBytes)));
      throw refusal instanceof InputError
        ? new InputError(`program '${path}' cannot be used: ${refusal.message}`)
        : refusal;
    }
    progress.clear();
    results.push({ path, result });
    if (options.json !== true) process.stdout.write(lines(path, result, options.quiet === true));
  }
  if (options.json === true) process.stdout.write(json(results));
  if (options.junit !== undefined) writeOutputFile(options.junit, junit(results), 'report');
  const failed = results.filter((r) => r.result.failure !== '').length;
  if (failed > 0)
    throw new RunError(`${failed} of ${results.length} ${results.length === 1 ? 'test' : 'tests'} failed`);
}

function passCodes(text: string): number[] {
  const codes = listOf(text).map((word) => (/^(0x[0-9a-f]+|\d+)$/i.test(word) ? Number(word) : NaN));
  if (codes.length === 0 || codes.some((c) => !(c >= 0 && c < 2 ** 32)))
    throw new InputError(`--pass-code '${text}' is no list of values; write them as 0x10 or 16, with commas between`);
  return codes;
}

/** Devices from outside make notes that only they know. */
function notes({ failNote, device }: TestOptions): string[] {
  const names = listOf(failNote ?? '');
  if (failNote !== undefined && names.length === 0) throw new InputError('--fail-note is empty; name a note');
  return (device ?? []).length > 0 ? names : names.map((name) => knownWord(name, NOTE_NAMES, 'note'));
}

function texts(list: readonly string[], option: string): readonly string[] {
  if (list.includes('')) throw new InputError(`${option} is empty: every console contains the empty text`);
  return list;
}

function lines(path: string, r: ProgramResult, quiet: boolean): string {
  if (r.failure === '')
    return quiet ? '' : `ok    ${path}  ${formatSeconds(r.seconds)}\n${indented(notesSummary(r.notes))}`;
  return `FAIL  ${path}  ${formatSeconds(r.seconds)}: ${r.failure}\n${indented(details(r))}`;
}

function details(r: ProgramResult): string {
  const list = (what: string, rows: readonly string[]): string => `${what}\n${rows.map((l) => `  ${l}\n`).join('')}`;
  const console = r.console.trimEnd().split('\n').slice(-CONSOLE_LINES).map((l) => l.trimEnd());
  return (
    (r.console.trim() === '' ? 'nothing on COM1\n' : list('last lines on COM1:', console)) +
    notesSummary(r.notes).replace('northbridge: ', '') +
    (r.lastRecords.length === 0 ? '' : list("last transactions, without the console's:", r.lastRecords))
  );
}

function indented(text: string): string {
  return text.replace(/^northbridge: /, '').replace(/^(?=.)/gm, '      ');
}

function json(results: readonly { path: string; result: ProgramResult }[]): string {
  return `${JSON.stringify({
    schema: 'northbridge-test/1',
    passed: results.every((r) => r.result.failure === ''),
    tests: results.map(({ path, result }) => ({ program: path, passed: result.failure === '', ...result })),
  }, null, 2)}\n`;
}

function junit(results: readonly { path: string; result: ProgramResult }[]): string {
  return junitXml('northbridge', results.map(({ path, result }) => ({
    name: path, seconds: result.seconds, failure: result.failure, details: details(result), output: result.console,
  })));
}
