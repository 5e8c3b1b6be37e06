import { nearest } from '../../sim/nearest.ts';
import { count, duration, ParameterError, type Parameter } from '../../sim/parameter.ts';
import { ms, us } from '../../sim/time.ts';

/** What goes wrong with a kind of fault, where, and how often. */
export interface FaultRow {
  /** What the hardware does. */
  readonly does: string;
  /** What software sees of it. */
  readonly seen: string;
  readonly parameters: Readonly<Record<string, Parameter>>;
}

/** A chance, 0 < p <= 1: `0.01`, `1e-5`. */
function rate(initial: number, each: string): Parameter<number> {
  return {
    kind: 'count', default: initial, unit: '', doc: `chance for ${each}`, source: 'a choice',
    parse: (text) => {
      if (!/^\d+(?:\.\d+)?(?:e-?\d+)?$/i.test(text.trim()))
        throw new ParameterError(`'${text}' is no chance; write 0.01 or 1e-5`);
      return Number(text);
    },
    format: String,
    refusal: (value) => (value >= 1e-9 && value <= 1 ? '' : `${value} is not between 1e-9 and 1`),
  };
}

/** A component or one of its lines or ports: `ide`, `ide.primary`; '' is all. */
function of(what: string): Parameter<string> {
  return {
    kind: 'choice', default: '', unit: '', doc: `${what}; none: all`, source: 'a choice',
    parse: (text) => text.trim(), format: (value) => value,
    refusal: (value) => (/^[\w.#-]*$/.test(value) ? '' : `'${value}' is no name of a component`),
  };
}

const COMMON = {
  seed: count(1, { doc: 'where the draws begin', source: 'a choice', minimum: 1, maximum: 2 ** 32 - 1 }),
  from: duration(0, { doc: 'simulated time since reset at which the fault begins', source: 'a choice' }),
} as const;

const WORDS = {
  rate: rate(1e-5, 'each word of 4 bytes'), of: of('the bus master, e.g. ide or ide.primary'), ...COMMON,
} as const;
const INTERRUPTS = of('the interrupt line, or its device, e.g. ide.irq14 or com1');

/** Every kind of fault, by name. */
export const FAULTS: Readonly<Record<string, FaultRow>> = {
  'dma-corrupt': {
    does: 'one bit of a word is flipped on its way between a bus master and memory',
    seen: 'nothing but wrong data: only a checksum finds it; a descriptor that is hit points anywhere',
    parameters: WORDS,
  },
  'dma-drop': {
    does: 'a word of a bus master does not arrive: memory, or the device, keeps what was there before',
    seen: 'nothing but old data in the place of the word',
    parameters: WORDS,
  },
  'dma-repeat': {
    does: 'a word of a bus master arrives twice: also in the place of the word behind it, in the same burst',
    seen: 'nothing but wrong data',
    parameters: WORDS,
  },
  'dma-hang': {
    does: 'a bus transaction of a bus master never ends, until its driver stops the device',
    seen: 'no interrupt and no error: the device stays active; only a time limit in the driver finds it',
    parameters: {
      rate: rate(1e-4, 'each bus transaction'), of: WORDS.of, ...COMMON,
    },
  },
  'irq-lost': {
    does: 'an interrupt line rises and the interrupt controller does not see it until it has fallen and risen again',
    seen: 'work that is done and not told: only a time limit in the driver finds it',
    parameters: { rate: rate(0.01, 'each rise of a line'), of: INTERRUPTS, ...COMMON },
  },
  'irq-spurious': {
    does: 'an interrupt line is high for a time although its device asks for nothing',
    seen: 'an interrupt whose handler finds no reason; too many, and Linux switches the line off ("nobody cared")',
    parameters: {
      every: duration(ms(1), { doc: 'time between two, on average', source: 'a choice', minimum: us(1) }),
      width: duration(us(1), { doc: 'how long the line is high', source: 'a choice', minimum: 1 }),
      of: INTERRUPTS, ...COMMON,
    },
  },
  'drive-late': {
    does: 'a disk drive takes a long time for a command, as drives do that try a weak sector again',
    seen: 'a command that waits; a driver that has no patience resets the drive',
    parameters: {
      rate: rate(0.01, 'each command'),
      time: duration(ms(500), { doc: 'how much later the drive begins', source: 'a choice' }),
      of: of('the drive, e.g. drive0'), ...COMMON,
    },
  },
};

/** One fault that a machine has. */
export interface Fault {
  readonly name: string;
  /** By the names of its row's parameters, all of them. */
  readonly values: Readonly<Record<string, unknown>>;
}

/**
 * Reads `NAME[,seed=…,rate=…]`, several with `+` between them.
 * @throws ParameterError
 */
export function parseFaults(text: string): Fault[] {
  return text.trim() === '' ? [] : text.split('+').map((part) => parseFault(part.trim()));
}

/** Writes faults as they are read, without parameters that are as by default. */
export function formatFaults(faults: readonly Fault[]): string {
  return faults.map(({ name, values }) => [
    name,
    ...Object.entries((FAULTS[name] as FaultRow).parameters)
      .filter(([key, row]) => values[key] !== row.default)
      .map(([key, row]) => `${key}=${row.format(values[key])}`),
  ].join(',')).join('+');
}

function parseFault(text: string): Fault {
  const [name = '', ...settings] = text.split(',').map((word) => word.trim());
  const row = Object.hasOwn(FAULTS, name) ? FAULTS[name] : undefined;
  if (row === undefined) throw new ParameterError(unknown(`fault '${name}'`, name, Object.keys(FAULTS)));
  const values: Record<string, unknown> =
    Object.fromEntries(Object.entries(row.parameters).map(([key, p]) => [key, p.default]));
  const seen = new Set<string>();
  for (const setting of settings) {
    const at = setting.indexOf('='), key = at < 0 ? setting : setting.slice(0, at).trim();
    const parameter = Object.hasOwn(row.parameters, key) ? row.parameters[key] : undefined;
    if (parameter === undefined)
      throw new ParameterError(unknown(`parameter '${key}' of ${name}`, key, Object.keys(row.parameters)));
    if (at < 0) throw new ParameterError(`${name}: give ${key} a value, ${key}=${parameter.format(parameter.default)}`);
    if (seen.has(key)) throw new ParameterError(`${name}: ${key} is given twice`);
    seen.add(key);
    const value = parameter.parse(setting.slice(at + 1));
    const wrong = parameter.refusal(value);
    if (wrong !== '') throw new ParameterError(`${name}: ${key}: ${wrong}`);
    values[key] = value;
  }
  return { name, values };
}

function unknown(what: string, word: string, known: readonly string[]): string {
  const near = nearest(word, known);
  return `there is no ${what}${near === null ? '' : `; did you mean '${near}'?`} (known: ${known.join(', ')})`;
}

/** The option of a board that can be faulty. Its value is the text that `formatFaults` writes. */
export function faultOption(): Parameter<string> {
  return {
    kind: 'faults', default: '', unit: '',
    doc: 'Faulty hardware: NAME[,seed=…,rate=…], see `northbridge faults`; several with + or several times',
    source: 'a choice: hardware is sound unless it is asked for',
    parse: (text) => formatFaults(parseFaults(text)),
    format: (value) => value,
    refusal: (value) => {
      try {
        parseFaults(value);
        return '';
      } catch (error) {
        if (error instanceof ParameterError) return error.message;
        throw error;
      }
    },
  };
}
