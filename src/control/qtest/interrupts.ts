import type { Board } from '../../machine/board.ts';
import type { TraceRecord } from '../../sim/trace/records.ts';

/** The component that stands for what suites call the I/O APIC or the interrupt controllers. */
const CONTROLLER = 'pic';
/** Names by which suites know the inputs of the interrupt controllers. */
const INPUTS = /^(ioapic|pic|i8259|\/machine\/(ioapic|pic|i8259))$/;

/**
 * Interrupt lines as somebody who intercepts them sees them: each edge, with the number of the
 * input (or of the output) that it is at.
 */
export class InterceptedLines {
  private readonly board: Board;
  private readonly raised: (line: number, level: boolean) => void;
  /** Which lines are watched, and their numbers; null: none yet. */
  private numbers: ReadonlyMap<string, number> | null = null;
  private whose = '';

  /** @param raised gets each edge as it happens */
  constructor(board: Board, raised: (line: number, level: boolean) => void) {
    this.board = board;
    this.raised = raised;
  }

  /**
   * Watches the inputs of the interrupt controllers (`in`), or all output lines of a component, in
   * the order in which it declares them (`out`).
   * @returns why not, or ''
   */
  watch(direction: 'in' | 'out', path: string): string {
    const whose = direction === 'in' && INPUTS.test(path) ? CONTROLLER : path.split('/').at(-1) ?? '';
    const numbers = direction === 'in' ? this.inputsOf(whose) : this.outputsOf(whose);
    if (numbers.size === 0) return `Unknown device ${path}`;
    const name = `${direction} ${whose}`;
    if (this.numbers !== null) return this.whose === name ? '' : 'IRQ intercept already enabled';
    this.numbers = numbers;
    this.whose = name;
    this.board.trace.listen((record: TraceRecord) => {
      if (record.kind !== 'edge') return;
      const number = numbers.get(record.line);
      if (number !== undefined) this.raised(number, record.level);
    });
    return '';
  }

  private inputsOf(name: string): Map<string, number> {
    const prefix = `${name}.`;
    return new Map(
      this.board.wires
        .filter((w) => w.to.startsWith(prefix) && /^\d+$/.test(w.to.slice(prefix.length)))
        .map((w) => [w.line.name, Number(w.to.slice(prefix.length))]),
    );
  }

  private outputsOf(name: string): Map<string, number> {
    const prefix = `${name}.`;
    return new Map(this.board.lines.filter((l) => l.name.startsWith(prefix)).map((l, i) => [l.name, i]));
  }
}
