/**
 * What the compiler makes of the example's loop, with a comment where each µop begins and where
 * flags are computed.
 */
import { FLAT_FROM } from '../../src/arch/x86/mmu.ts';
import { ENGINE, STATE, MAP, UOP_BYTES, tlbBase } from '../../src/ir/layout.ts';
import type { Block } from '../../src/ir/block.ts';
import type { OpName } from '../../src/ir/ops.ts';
import { LocalOperands } from '../../src/jit/compiler/local-operands.ts';
import type { ScratchLocals } from '../../src/jit/compiler/scratch-locals.ts';
import type { AuxRule, Emitter } from '../../src/jit/emit/operands.ts';
import { EMITTERS } from '../../src/jit/emit/table.ts';
import { IMPORTS } from '../../src/jit/word-operands.ts';
import { irPlace, type Machine } from './machine.ts';
import { cellName, uopText } from './uops.ts';
import { functionLines, Marks, statements, withoutMarks, type Names } from './wasm-text.ts';

/** How often the code of a µop's RES, of its AUX and of its CF alone stands in the function. */
export interface FlagCode {
  readonly uop: string;
  res: number;
  aux: number;
  cf: number;
}

export interface CompiledText {
  /** Bytes of the module, without comments. */
  readonly bytes: number;
  /** One statement a line. */
  readonly lines: readonly string[];
  /** Of each µop that writes flags. */
  readonly flags: readonly FlagCode[];
}

/**
 * What `run`, which runs a new machine, has compiled. This is done on two machines, the second time
 * with comments in the code; throws if the code differs in more than these.
 */
export async function compiledText(make: () => Machine, run: (machine: Machine) => void): Promise<CompiledText> {
  const plain = compiledBy(make(), run);
  const machine = make();
  const listener = new Listener(machine.words);
  const marked = listener.during(() => compiledBy(machine, run));
  const lines = await functionLines(marked);
  if (withoutMarks(lines).join('\n') !== (await functionLines(plain)).join('\n'))
    throw new Error('comments change the code');
  return {
    bytes: plain.length,
    lines: statements(lines, listener.marks, namesOf(machine.core.translator.cache.block(0), listener)),
    flags: listener.flags,
  };
}

/** The binary of the last module that is compiled while `machine` runs. */
function compiledBy(machine: Machine, run: (machine: Machine) => void): Uint8Array {
  const own = WebAssembly.Module;
  let last: Uint8Array | null = null;
  const listened = class extends own {
    constructor(bytes: Uint8Array<ArrayBuffer>) {
      super(bytes);
      last = bytes;
    }
  };
  Object.assign(WebAssembly, { Module: listened });
  try {
    run(machine);
  } finally {
    Object.assign(WebAssembly, { Module: own });
  }
  if (last === null) throw new Error('nothing was compiled');
  return last;
}

/** What the operand policy keeps to itself and the names of its locals are taken from. */
interface Insides {
  readonly ip: number;
  readonly flags: { readonly byRule: Readonly<Record<'res' | 'kind' | 'from' | 'to' | 'carries', number>>; readonly aux: number };
  readonly cells: { readonly registers: readonly number[]; readonly temporaries: readonly number[] };
  readonly sets: readonly ScratchLocals[];
}

const SCRATCH = ['a', 'b', 'r', 'n', 'address', 'entry', 'x', 'y'] as const;

/** Has every emitter put a mark first, and one before what makes RES, AUX and CF. */
class Listener {
  readonly marks = new Marks();
  readonly flags: FlagCode[] = [];
  /** Names of locals. */
  readonly locals = new Map<number, string>();
  /** Names of labels. */
  readonly labels = new Map<number, string>();
  private readonly words: Int32Array;

  constructor(words: Int32Array) {
    this.words = words;
  }

  during<T>(act: () => T): T {
    const table = EMITTERS as Record<OpName, Emitter>;
    const own = { ...table };
    const policy = LocalOperands.prototype, { emitHead, emitCheck } = policy;
    const { marks } = this;
    // A head in two halves has no emitter of its own.
    policy.emitHead = function (ip, checked): void {
      if (checked) this.f.const(marks.place('head, checked on the ways to it')).drop();
      emitHead.call(this, ip, checked);
    };
    policy.emitCheck = function (ip): void {
      this.f.const(marks.place('check of the head')).drop();
      emitCheck.call(this, ip);
    };
    for (const name of Object.keys(own) as OpName[])
      table[name] = (o) => this.emit(o as LocalOperands, name, own[name]);
    try {
      return act();
    } finally {
      Object.assign(table, own);
      Object.assign(policy, { emitHead, emitCheck });
    }
  }

  private emit(o: LocalOperands, name: OpName, emitter: Emitter): void {
    const { marks, words } = this;
    const { ip } = o as unknown as Insides;
    // The head's first word is a counter's by now, or an index.
    const uop = name === 'head' ? `head ${words[(ip >> 2) + 1]!}` : uopText(words, ip);
    o.f.const(marks.place(uop)).drop();
    const count: FlagCode = { uop, res: 0, aux: 0, cf: 0 };
    const counted = (what: 'res' | 'aux' | 'cf', value: () => void) => (): void => {
      count[what]++;
      o.f.const(marks.place(`${what.toUpperCase()} of ${name}`)).drop();
      value();
    };
    const own = Object.getPrototypeOf(o) as LocalOperands;
    const setRes = (value: () => void): void => {
      this.flags.push(count);
      own.setRes.call(o, counted('res', value));
    };
    const setAux = (value: () => void, rule?: AuxRule): void => {
      if (!this.flags.includes(count)) this.flags.push(count);
      own.setAux.call(o, counted('aux', value), rule && { ...rule, carry: counted('cf', rule.carry) });
    };
    Object.assign(o, { setRes, setAux });
    emitter(o);
    Reflect.deleteProperty(o, 'setRes');
    Reflect.deleteProperty(o, 'setAux');
    this.nameLocals(o);
    for (const [label, depth] of Object.entries(o.labels)) this.labels.set(depth, label);
  }

  private nameLocals(o: LocalOperands): void {
    const { locals } = this;
    const { flags: { byRule, aux }, cells: { registers, temporaries }, sets } = o as unknown as Insides;
    locals.set(o.ic, 'ic').set(o.exitIp, 'exitIp').set(o.result, 'result').set(aux, 'aux');
    for (const name of ['res', 'kind', 'from', 'to', 'carries'] as const) locals.set(byRule[name], name);
    registers.forEach((local, n) => locals.set(local, cellName(STATE.ISA + 4 * n)));
    temporaries.forEach((local, n) => locals.set(local, cellName(STATE.TEMP + 4 * n)));
    sets.forEach((set, n) => {
      const { numbers } = set as unknown as { readonly numbers: readonly number[] };
      numbers.forEach((local, i) => locals.set(local, `${SCRATCH[i]!}${n === 0 ? '' : n}`));
    });
  }
}

/** Counters of compiled functions that get a name: the example's is one of the first. */
const COUNTERS = 256;

function namesOf(block: Block, { locals, labels }: Listener): Names {
  const cells = new Map<number, string>(
    Object.entries(STATE)
      .filter(([name]) => name !== 'ISA' && name !== 'TEMP')
      .map(([name, at]) => [at, name]),
  );
  cells.set(ENGINE.FLAT_BYTES, 'FLAT_BYTES');
  for (let n = 0; n < 8; n++) cells.set(STATE.ISA + 4 * n, cellName(STATE.ISA + 4 * n).toUpperCase());
  for (let n = 0; n < 16; n++) cells.set(STATE.TEMP + 4 * n, cellName(STATE.TEMP + 4 * n).toUpperCase());
  for (let n = 0; n < COUNTERS; n++) cells.set(MAP.COUNTERS + 4 * n, `COUNTERS+${4 * n}`);
  const constants = new Map<number, string>([[tlbBase(0), 'TLB'], [-FLAT_FROM, '-FLAT_FROM']]);
  for (let uop = 0; uop <= block.uops; uop++) {
    const at = block.address + uop * UOP_BYTES;
    constants.set(at, irPlace(at));
    for (let word = 1; word < 4; word++) cells.set(at + 4 * word, `${irPlace(at)}.w${word}`);
  }
  return { locals, cells, constants, labels, types: IMPORTS.map(({ name }) => name) };
}
