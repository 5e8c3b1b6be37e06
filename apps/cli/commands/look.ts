import { setImmediate } from 'node:timers/promises';
import { Command, Option } from 'commander';
import type { Experiment } from '../../../src/control/experiments/experiment.ts';
import { defaultMethodsOf, methodsOf } from '../../../src/control/experiments/job.ts';
import { Explorer } from '../../../src/control/explore/explorer.ts';
import type { LastWrite, SearchedBytes } from '../../../src/control/explore/last-writer.ts';
import type { Place } from '../../../src/control/explore/steps.ts';
import { recordText, timeText } from '../../../src/control/export/record-line.ts';
import { LOOK_BYTES, lookAtMemory } from '../../../src/control/inspect/memory.ts';
import { lookAtPart } from '../../../src/control/inspect/part.ts';
import { lookAtProcessor } from '../../../src/control/inspect/processor.ts';
import { memoryText, processorText, registersText } from '../../../src/control/inspect/text.ts';
import { ENGINE_KINDS } from '../../../src/jit/engine-kind.ts';
import { mappedWords, mappingOf } from '../../../src/control/trace/mappings.ts';
import type { Machine } from '../../../src/machine/machine.ts';
import { TICKS_PER_SECOND } from '../../../src/sim/time.ts';
import { engineOption } from '../engine-option.ts';
import { askedJob, jobCommand, linuxFor, settled, type JobOptions } from '../experiment-job.ts';
import { InputError } from '../input-error.ts';
import { perExperiment } from '../per-experiment.ts';
import { formatCount, parseSeconds, parseSize } from '../quantities.ts';
import { knownWord } from '../suggest.ts';

interface LookOptions extends JobOptions {
  method?: string;
  at?: string;
  showPart?: string;
  showBytes?: string;
  showProcessor?: true;
  whoWrote?: string;
  engine: string;
}

const HELP = `
A moment is a time since reset (2.5ms), a mark, or a time behind one (begin, begin+10us, end),
a record of the trace (#1234), or a count of instructions (instruction:5000). It stands for the
first instruction boundary then; behind the run's end it is the end.
Looking changes nothing: with the same options it is the same each time.
`;

/** `northbridge look EXPERIMENT --at MOMENT` */
export function lookCommand(experiments: readonly Experiment[]): Command {
  const command = new Command('look').description('Look at the machine of a method at any moment of its run');
  return perExperiment(command, experiments, experimentCommand);
}

function experimentCommand(e: Experiment): Command {
  return jobCommand(e, new Option('--method <name>', 'the method whose machine it is (default: the first)'))
    .addOption(new Option('--at <moment>', 'when (default: the end of the run)'))
    .addOption(new Option('--show-part <name>', 'registers of a part, e.g. ide; ide:BMIC: one, with its documentation'))
    .addOption(new Option('--show-bytes <place>', 'bytes, e.g. 0x100000,64 or io:0x1f0,8'))
    .addOption(new Option('--show-processor', 'registers of the processor (without any of these options, too)'))
    .addOption(new Option('--who-wrote <place>', 'who wrote this byte last, e.g. 0x100000 or io:0x80'))
    .addOption(engineOption())
    .addHelpText('after', HELP)
    .action((options: LookOptions) => look(e, options));
}

async function look(e: Experiment, options: LookOptions): Promise<void> {
  const engine = knownWord(options.engine, ENGINE_KINDS, 'engine');
  const at = momentOf(options.at ?? '');
  const memory = options.showBytes === undefined ? null : placeOf(options.showBytes, '--show-bytes', 16);
  const wrote = options.whoWrote === undefined ? null : placeOf(options.whoWrote, '--who-wrote', 1);
  if (memory !== null && memory.size > LOOK_BYTES)
    throw new InputError(`--show-bytes: at most ${formatCount(LOOK_BYTES)} bytes at once`);
  if (wrote !== null && wrote.size !== 1)
    throw new InputError('--who-wrote is about one byte: give an address without a size');
  const asked = askedJob(e, options), { guest, board } = asked.job;
  const method = options.method === undefined
    ? defaultMethodsOf(e, guest, board)[0] as string
    : knownWord(options.method, methodsOf(e, guest, board), 'method');
  let job = settled(e, { ...asked, job: { ...asked.job, methods: [method] } });
  const linux = guest === 'debian' ? await linuxFor(e, options) : null;
  if (linux !== null) job = { ...job, boardOptions: { ...job.boardOptions, kernelEntry: linux.kernelEntry } };
  const explorer = Explorer.trial(e, job, method, { ...asked.kit, ...linux?.kit }, { engine });
  checkNames(explorer.machine, options, memory, wrote);

  const place = await reach(explorer, at);
  const machine = explorer.past({ ticks: place.ticks });
  const record = explorer.store.record(place.record);
  const through = record === null ? null : mappingOf(explorer.store, record);
  const out: string[] = [
    `${e.name} ${method} at ${timeText(place.ticks)} after ${formatCount(place.instructions)} instructions` +
      (record === null ? '' : `\n#${record.id} ${recordText(record)}${mappedWords(through)}`), '',
  ];
  if (options.showPart !== undefined) out.push(registers(machine, options.showPart));
  const bytes = memory === null ? null : lookAtMemory(machine, memory.space, memory.address, memory.size);
  if (bytes !== null) out.push(memoryText(bytes));
  if (wrote !== null) out.push(await writer(explorer, { ...wrote, size: 1 }, place));
  const nothing = options.showPart === undefined && memory === null && wrote === null;
  if (options.showProcessor === true || nothing) {
    const processor = lookAtProcessor(machine);
    if (processor !== null) out.push(processorText(processor));
  }
  process.stdout.write(`${out.join('\n').trimEnd()}\n`);
}

type Wish =
  | { readonly kind: 'end' }
  | { readonly kind: 'time'; readonly mark: string; readonly ticks: number }
  | { readonly kind: 'record'; readonly id: number }
  | { readonly kind: 'instruction'; readonly count: number };

/** @throws InputError */
function momentOf(text: string): Wish {
  if (text === '') return { kind: 'end' };
  const record = /^#(\d+)$/.exec(text), instruction = /^instruction:(\d+)$/.exec(text);
  if (record !== null) return { kind: 'record', id: wholeOf(record[1]) };
  if (instruction !== null) return { kind: 'instruction', count: wholeOf(instruction[1]) };
  const behind = /^([a-z][\w-]*)(?:\+(.+))?$/i.exec(text);
  if (behind !== null) return { kind: 'time', mark: behind[1], ticks: ticksOf(behind[2]) };
  if (/^[#:a-z]/i.test(text))
    throw new InputError(`--at '${text}' is no moment; write 2.5ms, begin, begin+10us, #1234 or instruction:5000`);
  return { kind: 'time', mark: '', ticks: text === '0' ? 0 : ticksOf(text) };
}

function ticksOf(text: string | undefined): number {
  return text === undefined ? 0 : Math.round(parseSeconds(text, '--at') * TICKS_PER_SECOND);
}

function wholeOf(text: string): number {
  const n = Number(text);
  if (!Number.isSafeInteger(n)) throw new InputError(`--at: ${text} is too large`);
  return n;
}

/** `io:0x1f0,8`; without a space it is in memory. @throws InputError */
function placeOf(text: string, option: string, size: number): { space: string; address: number; size: number } {
  const m = /^(?:([a-z][\w-]*):)?(0x[0-9a-f]+|\d+)(?:,(\w+))?$/i.exec(text);
  const address = Number(m?.[2]);
  if (m === null || !Number.isSafeInteger(address))
    throw new InputError(`${option} '${text}' is no place; write 0x100000,64 or io:0x1f0,8`);
  return { space: m[1] ?? 'memory', address, size: m[3] === undefined ? size : parseSize(m[3], option) };
}

function checkNames(
  { board }: Machine, options: LookOptions, ...places: readonly ({ space: string; address: number } | null)[]
): void {
  if (options.showPart !== undefined)
    knownWord(options.showPart.split(':')[0], board.components.map((c) => c.name), 'part');
  for (const place of places) {
    if (place === null) continue;
    const space = knownWord(place.space, board.spaces.map((s) => s.name), 'address space');
    const bits = board.spaces.find((s) => s.name === space)?.bits ?? 32;
    if (place.address >= 2 ** bits)
      throw new InputError(`0x${place.address.toString(16)} is outside ${space}, whose addresses have ${bits} bits`);
  }
}

/** Runs the machine on to a moment. @throws InputError if the run has none such */
async function reach(x: Explorer, wish: Wish): Promise<Place> {
  if (wish.kind === 'end') return x.place({ ticks: await until(x, () => false) });
  if (wish.kind === 'instruction') {
    await until(x, () => x.machine.instructions > wish.count);
    return x.place({ instructions: wish.count });
  }
  if (wish.kind === 'record') {
    await until(x, () => x.store.last >= wish.id);
    const place = x.placeOf(wish.id);
    if (place === null)
      throw new InputError(`the run has no record #${wish.id}; they are #1 to #${x.store.last}`);
    return place;
  }
  let from = 0;
  if (wish.mark !== '') {
    const named = () => x.marks.find((m) => m.name === wish.mark);
    await until(x, () => named() !== undefined);
    const mark = named(), names = [...new Set(x.marks.map((m) => m.name))];
    if (mark === undefined)
      throw new InputError(`the run has no mark '${wish.mark}'; it has ${names.join(', ') || 'none'}`);
    from = mark.at.ticks;
  }
  await until(x, () => x.now >= from + wish.ticks);
  return x.place({ ticks: from + wish.ticks });
}

/** Runs on until something is so, or to the end; returns the time. */
async function until(x: Explorer, so: () => boolean): Promise<number> {
  while (!so() && !x.over) {
    x.advance(Infinity);
    await setImmediate();
  }
  return x.now;
}

/** @throws InputError */
function registers(machine: Machine, text: string): string {
  const [name, register = ''] = text.split(':');
  const part = lookAtPart(machine, name);
  if (part === null) throw new InputError(`there is no part '${name}'`);
  const known = part.banks.flatMap((b) => b.registers.map((r) => r.name));
  if (register !== '') knownWord(register, known, 'register');
  return registersText(part, register);
}

async function writer(x: Explorer, bytes: SearchedBytes, place: Place): Promise<string> {
  const search = x.lastWriter(bytes, { ticks: place.ticks });
  for (;;) {
    const step = search.next();
    if (step.done === true) return writerText(bytes, step.value);
    await setImmediate();
  }
}

function writerText({ space, address }: SearchedBytes, write: LastWrite | null): string {
  const at = `${space} 0x${address.toString(16)}`;
  if (write === null) return `${at}: nobody wrote there since the program was loaded\n`;
  const hex = (n: number): string => n.toString(16).padStart(2, '0');
  const by = write.pc < 0 ? '' : `, by the instruction at 0x${write.pc.toString(16)}`;
  const what = write.size === 1 ? '' : `, with ${write.size} bytes from 0x${write.address.toString(16)} on`;
  const record = write.record === 0 ? '' : ` (record #${write.record})`;
  return `${at}: ${hex(write.before)} became ${hex(write.after)} at ${timeText(write.start)}: ` +
    `${write.initiator} wrote it${what}${by}${record}\n`;
}
