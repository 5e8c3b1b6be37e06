import { Blocks } from '../src/control/trace/blocks.ts';
import { Lanes } from '../src/control/trace/lanes.ts';
import { TraceStore } from '../src/control/trace/store.ts';
import { KIND } from '../src/sim/trace/kinds.ts';
import { Names, Shapes } from '../src/sim/trace/names.ts';
import { Rows } from '../src/sim/trace/rows.ts';
import { figure, type Figure } from './measure.ts';

export const TRACE_NOTE =
  'Ten million made-up records (a disk by DMA, a processor that polls, an interrupt now and then) in the ' +
  "lab's trace store: what keeping one costs, and how long questions take at places all over the run. " +
  'Windows are of all lanes, 1400 pixels wide.\n';

const RECORDS = 10_000_000, BLOCK = 4096, PIXELS = 1400, QUESTIONS = 50;
/** Records of one round: a request with its burst, polls of the processor. */
const POLLS = 6;

/** Makes records by the block; the same ones each time. */
class Maker {
  readonly names = new Names();
  readonly shapes = new Shapes();
  readonly rows = new Rows(BLOCK);
  readonly ids = new Float64Array(BLOCK);
  count = 0;
  time = 0;
  private id = 0;
  private state = 1;
  private readonly sink: () => void;
  private before = 0;

  constructor(sink: () => void) {
    this.sink = sink;
  }

  round(n: number): void {
    const event = this.put(KIND.EVENT, 'ide.cable', '', 0, 0, 0, 0, 0);
    const request = this.put(KIND.REQUEST, 'ide.primary', '', 0, event, 0x100_0000 + 64 * (n % 65_536), 64, this.before);
    this.before = n % 1024 === 0 ? 0 : request;
    this.put(KIND.TRANSACTION, 'ide.primary', 'ram', 2250, request, 0x100_0000 + 64 * (n % 65_536), 64, -1);
    this.put(KIND.COMPLETION, 'ide.primary', '', 0, request, 0, 64, 0);
    for (let poll = 0; poll < POLLS; poll++)
      this.put(KIND.TRANSACTION, 'cpu0', poll === 0 ? 'com1.ports' : 'ide.registers', 900, 0, 0x1f7, this.random(2), 0x100_1d9);
    if (n % 1024 !== 0) return;
    const edge = this.put(KIND.EDGE, 'ide.irq14', '', 0, event, 0, 1, 0);
    const acknowledge = this.put(KIND.ACKNOWLEDGE, 'cpu0', '', 0, edge, 0, 0x2e, 0);
    const handler = this.put(KIND.HANDLER, 'cpu0', '', 0, acknowledge, 0x1000, 0x2e, 0x2000);
    this.put(KIND.TRANSACTION, 'cpu0', 'pic.master', 900, handler, 0x20, 0x20, 0x1000);
    this.put(KIND.EDGE, 'ide.irq14', '', 0, handler, 0, 0, 0);
    this.put(KIND.RETURN, 'cpu0', '', 0, handler, 0x2000, 0, 0);
  }

  flush(): void {
    this.sink();
    this.count = 0;
  }

  random(below: number): number {
    this.state = (Math.imul(this.state, 1_103_515_245) + 12_345) >>> 0;
    return (this.state >>> 8) % below;
  }

  private put(
    kind: number, who: string, what: string, ticks: number, parent: number, address: number, value: number, extra: number,
  ): number {
    const { names } = this;
    const shape = this.shapes.number({
      kind, who: names.number(who), what: names.number(what), space: names.number('memory'),
      size: value === 64 ? 0 : 1, flags: 0, type: 0, status: 0,
    });
    this.time += 30 + this.random(600);
    this.rows.set(this.count, shape, parent, this.time, ticks, address, value, extra);
    this.ids[this.count++] = ++this.id;
    this.time += ticks;
    if (this.count === BLOCK) this.flush();
    return this.id;
  }
}

/** Makes all records and gives the time that `take` took of it, in ns a record. */
function fill(begin: (maker: Maker) => (maker: Maker) => void): { maker: Maker; cost: number } {
  let spent = 0;
  const maker = new Maker(() => {
    const begun = performance.now();
    take(maker);
    spent += performance.now() - begun;
  });
  const take = begin(maker);
  for (let n = 0; n * (4 + POLLS) < RECORDS; n++) maker.round(n);
  maker.flush();
  return { maker, cost: (spent * 1e6) / RECORDS };
}

/** Milliseconds of a question, asked at places all over the run. */
function asked(name: string, places: number, ask: (part: number) => unknown): Figure {
  const values = Array.from({ length: places + 5 }, (_, n) => {
    const part = ((n * 0.618_034) % 1) * 0.98, begun = performance.now();
    ask(part);
    return performance.now() - begun;
  });
  // The first ones let Node compile.
  return figure(name, 'ms', values.slice(5));
}

/** `runs` is not used: one filling takes a minute. */
export function traceFigures(): Figure[] {
  const encoding = fill(({ shapes, names }) => {
    const blocks = new Blocks(shapes.list, names.list);
    return ({ rows, count, ids }) => blocks.add(rows, count, ids);
  }).cost;
  const lanesOnly = fill(({ shapes, names }) => {
    const lanes = new Lanes(shapes.list, names.list, {});
    return ({ rows, count, ids }) => lanes.add(rows, count, ids);
  }).cost;
  const store = new TraceStore();
  const { maker } = fill(({ shapes, names }) => {
    store.begin({ names: names.list, shapes: shapes.list });
    return ({ rows, count, ids }) => store.take(rows, count, ids);
  });
  const sums = store.sums(), keys = store.lanes().map((l) => l.key), last = maker.time;
  const window = (share: number) => (part: number): unknown => {
    const width = Math.max(3000, last * share), from = (last - width) * part;
    return store.window({ lanes: keys, from, to: from + width, pixels: PIXELS });
  };
  const idOf = (part: number): number => 1 + Math.floor(part * (RECORDS - 1));
  return [
    figure('encoding', 'ns a record', [encoding]),
    figure('lanes and their sums', 'ns a record', [lanesOnly]),
    figure('encoded records', 'bytes a record', [sums.bytes / sums.records]),
    figure('lanes and effects', 'bytes a record', [sums.indexBytes / sums.records]),
    asked('window: the whole run', QUESTIONS, window(1)),
    asked('window: a tenth', QUESTIONS, window(0.1)),
    asked('window: a thousandth', QUESTIONS, window(1e-3)),
    asked('window: a hundred-thousandth', QUESTIONS, window(1e-5)),
    asked('window: a microsecond', QUESTIONS, window(0)),
    asked('a record by its id', QUESTIONS, (part) => store.record(idOf(part))),
    asked('first record at a time', QUESTIONS, (part) => store.idAt(last * part)),
    asked('next handler', QUESTIONS, (part) => store.seek(idOf(part), 1, { kinds: ['handler'] })),
    asked('nearest edge', QUESTIONS, (part) => store.edge('initiator:cpu0', last * part, 'nearest')),
    asked('what is on buses and lines', QUESTIONS, (part) => store.moment(last * part)),
    asked('cause, effect, next of a record', QUESTIONS, (part) => {
      const id = idOf(part);
      return [store.walk(id, 'cause'), store.effects(id, 10), store.walk(id, 'next')];
    }),
  ];
}
