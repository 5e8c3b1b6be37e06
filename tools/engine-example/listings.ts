/** The listings of `docs/book/engine.md`, each made by the code that the chapter is about. */
import { MAP, STATE, UOP_BYTES } from '../../src/ir/layout.ts';
import { OP, OPS } from '../../src/ir/ops.ts';
import { FIRST_RUN } from '../../src/ir/runs.ts';
import { X86_RUNS } from '../../src/arch/x86/runs.ts';
import { decode } from '../../src/arch/x86/decode/decode.ts';
import { Insn } from '../../src/arch/x86/decode/insn.ts';
import { compiledText, type CompiledText } from './compiled.ts';
import { interpreterArm } from './interpreted.ts';
import { CYCLE, irPlace, Machine } from './machine.ts';
import { DATA, LOOP_INSNS, PROGRAM, START } from './program.ts';
import { cellName, uopTable } from './uops.ts';

/** Times round the loop, and instructions before the event that cuts it. */
const COUNT = 20_000, EVENT_AFTER = 60_002;
/** Times that the program goes back from behind the loop, having changed it. */
const PASSES = 2;
const LONG = 3e9;

export type Listings = Readonly<Record<string, string>>;

/** Everything, by the names that the book uses. */
export async function makeListings(): Promise<Listings> {
  const text = await compiledText(
    () => new Machine(COUNT, PASSES),
    (machine) => void machine.cpu.run(CYCLE * EVENT_AFTER),
  );
  return {
    program: program(),
    decode: decoded(),
    uops: lifted(),
    arm: await interpreterArm(OP.addf32i),
    ...compiledParts(text),
    flags: flagTable(text),
    ...journal(),
    states: states(),
  };
}

function program(): string {
  const rows = PROGRAM.map(
    ({ address, bytes, text }) =>
      `${address.toString(16)}  ${bytes
        .map((b) => b.toString(16).padStart(2, '0'))
        .join(' ')
        .padEnd(20)}  ${text}`,
  );
  return [...rows, '', `at the start: ESI = ${DATA.toString(16)}, ECX = ${COUNT}, EDX = ${PASSES}`].join('\n');
}

function decoded(): string {
  const bytes = new Uint8Array(64);
  bytes.set(PROGRAM.flatMap((line) => line.bytes));
  const d = new Insn();
  return PROGRAM.slice(0, LOOP_INSNS).map(({ address, text }) => {
    d.base = d.disp = d.imm = 0;
    d.pc = address;
    const length = decode(d, bytes, address - START);
    const fields = [`length ${length}`, `opcode ${d.opcode.toString(16).padStart(2, '0')}`, `w ${d.w}`];
    if (d.mod !== 3)
      fields.push(`mod ${d.mod}  reg ${d.reg}  memory ${cellName(d.base)} + ${d.disp}  segment ${d.seg}`);
    else if (d.modrm !== 0 && length > 2) fields.push(`mod 3  reg ${d.reg}  rm ${d.rm}`);
    if (d.imm !== 0) fields.push(`imm ${d.imm}`);
    d.modrm = 0;
    return `${text.padEnd(14)} ${fields.join('  ')}`;
  }).join('\n');
}

/** The loop's block as it stands in IR memory when it has been entered once. */
function lifted(): string {
  const machine = new Machine(COUNT, PASSES);
  machine.cpu.step(LOOP_INSNS);
  const { words } = machine;
  const block = machine.core.translator.cache.block(0);
  const lines = uopTable(words, block.address, block.uops);
  const runs = new Set<number>();
  for (let uop = 0; uop < block.uops; uop++) runs.add(words[(block.address + uop * UOP_BYTES) >> 2]! & 0xffff);
  for (const number of [...runs].filter((n) => n >= FIRST_RUN))
    lines.push(
      `run ${number.toString(16).padStart(4, '0')} = ` +
        `${X86_RUNS.list[number - FIRST_RUN]!.map((op) => OPS[op]!.name).join(', ')}`,
    );
  return lines.join('\n');
}

/** The compiled function in three parts: up to the head, the µops, the way out. */
function compiledParts({ lines, bytes }: CompiledText): Listings {
  const at = (mark: string): number => {
    const found = lines.findIndex((line) => line.trim().startsWith(`;; ${mark}`));
    if (found < 0) throw new Error(`no µop ${mark}`);
    return found;
  };
  const load = at('ld32'), add = at('addf32 '), goto = at('goto');
  const indent = /^ */.exec(lines[goto]!)![0].length;
  const behind = lines.findIndex((line, index) => index > goto && /^ */.exec(line)![0].length < indent);
  // Ends of blocks that nothing falls out of say nothing.
  const tail = lines.findIndex((line, index) => index >= behind && !/^ *(end|unreachable)$/.test(line));
  const part = (from: number, to: number): string => {
    const cut = lines.slice(from, to);
    const margin = Math.min(...cut.map((line) => /^ */.exec(line)![0].length));
    return cut.map((line) => line.slice(margin)).join('\n');
  };
  return {
    'compiled-head': folded(part(0, load), /^i32\.const 0 {2}i32\.load \[(\w+)\] {2}local\.set \$\w+$/),
    'compiled-load': part(load, add),
    'compiled-rest': withoutRepeats(part(add, behind)),
    'compiled-out': `${folded(part(tail, lines.length), /^i32\.const 0 {2}local\.get \$\w+ {2}i32\.store \[(\w+)\]$/)}\n;; the module: ${bytes} bytes`,
  };
}

/** Of lines in a row that match, the first, and what the others name. */
function folded(text: string, pattern: RegExp): string {
  const out: string[] = [];
  let names: string[] = [];
  const flush = (): void => {
    if (names.length > 0) out.push(`;; … and ${names.join(', ')}`);
    names = [];
  };
  // A line that matches is kept if the one before does not.
  let first = true;
  for (const line of text.split('\n')) {
    const match = pattern.exec(line);
    if (match === null || first) {
      flush();
      out.push(line);
    } else names.push(match[1]!);
    first = match === null;
  }
  flush();
  return out.join('\n');
}

/** Code that makes flags, from its comment on, is shown once. */
function withoutRepeats(text: string): string {
  const lines = text.split('\n');
  const out: string[] = [];
  const seen = new Set<string>();
  for (let i = 0; i < lines.length; i++) {
    const margin = /^ */.exec(lines[i]!)![0];
    if (!/^ *;; (AUX|RES|CF) of /.test(lines[i]!)) {
      out.push(lines[i]!);
      continue;
    }
    let end = i;
    while (end < lines.length && !lines[end]!.endsWith('local.set $aux')) end++;
    const made = lines.slice(i, end + 1);
    const key = made.map((line) => line.trim()).join(' ').replace(/\s+/g, ' ');
    if (seen.has(key)) out.push(`${margin}${made[0]!.trim()}, …: as above`);
    else out.push(...made);
    seen.add(key);
    i = end;
  }
  return out.join('\n');
}

function flagTable({ flags }: CompiledText): string {
  const times = (n: number): string => (n === 0 ? 'not computed' : n === 1 ? 'at 1 place' : `at ${n} places`);
  const rows = flags.map(
    ({ uop, res, aux, cf }) => `${uop.padEnd(20)} ${times(res).padEnd(14)} ${times(aux).padEnd(14)} ${times(cf)}`,
  );
  return [`${''.padEnd(20)} ${'RES'.padEnd(14)} ${'AUX'.padEnd(14)} CF alone`, ...rows].join('\n');
}

/** A whole run: what each call of the engine came to, and scratch at the event. */
function journal(): Listings {
  const machine = new Machine(COUNT, PASSES);
  const { words, cpu, scheduler, runs } = machine;
  const lines: string[] = ['entered at             left with  at             budget'];
  let told = 0;
  const tell = (): void => {
    for (; told < runs.length; told++) {
      const run = runs[told]!;
      const entered = `${irPlace(run.from)} ${OPS[X86_RUNS.opOf(run.op)]!.name}`;
      lines.push(
        `${entered.padEnd(22)} ${run.exit.padEnd(10)} ${irPlace(run.exitIp).padEnd(14)} ${run.before} → ${run.after}`,
      );
      for (const call of run.calls.slice(0, 1))
        lines.push(
          `    ${call}${run.calls.length > 1 ? `, and ${run.calls.length - 1} more, a page further on each` : ''}`,
        );
    }
  };
  let scratch = '';
  const event = scheduler.event('example', () => {
    tell();
    scratch = uopTable(words, MAP.SCRATCH, scratchUops(words)).join('\n');
    lines.push(
      `    an event, due after ${EVENT_AFTER} instructions: ${scheduler.now / CYCLE} have run, PC = ` +
        `${words[STATE.PC >> 2]!.toString(16)}`,
    );
  });
  event.at(EVENT_AFTER * CYCLE);
  const reason = cpu.run(LONG);
  tell();
  lines.push(`    ${reason} after ${cpu.instructions} instructions`);
  return { journal: lines.join('\n'), scratch };
}

/** The loop's head through its life. */
function states(): string {
  const machine = new Machine(COUNT, PASSES);
  const { words, cpu } = machine;
  const lines: string[] = [];
  const note = (what: string): void => void lines.push(`${what.padEnd(16)} ${uopTable(words, MAP.IR, 1)[0]!}`);
  cpu.step(LOOP_INSNS);
  note('interpreted');
  cpu.run(CYCLE * EVENT_AFTER);
  note('compiled');
  cpu.run(LONG);
  note('after the store');
  const { translated, retired, jit } = cpu.codeStatistics;
  lines.push(
    '',
    `blocks translated ${translated}, retired ${retired}; modules compiled ${jit!.modulesCompiled}, given ` +
      `up ${jit!.modulesRetired}`,
  );
  return lines.join('\n');
}

/** µops in scratch: up to the `stop`. */
function scratchUops(words: Int32Array): number {
  let uop = 0;
  while ((words[(MAP.SCRATCH + uop * UOP_BYTES) >> 2]! & 0xffff) !== OP.stop) uop++;
  return uop + 1;
}

