/**
 * A function's WebAssembly as text, from wabt's own, made readable: a statement a line, locals and
 * addresses by name, marks as comments.
 */
import wabt from 'wabt';

/** Constants from here on, pushed and dropped, are marks: number n stands for comment n. */
const FIRST_MARK = 0x5eed0000;

/** Comments by number; `place` gives the constant to push and drop where the comment is wanted. */
export class Marks {
  readonly texts: string[] = [];

  place(text: string): number {
    this.texts.push(text);
    return FIRST_MARK + this.texts.length - 1;
  }
}

export interface Names {
  /** By local number. */
  readonly locals: ReadonlyMap<number, string>;
  /** Cells by address: `offset=` of loads and stores. */
  readonly cells: ReadonlyMap<number, string>;
  /** Constants that are addresses. */
  readonly constants: ReadonlyMap<number, string>;
  /** Labels by nesting; the others keep their number. */
  readonly labels: ReadonlyMap<number, string>;
  /** Function types by number: the imports. */
  readonly types: readonly string[];
}

/** The lines of the first function of a module, as wabt writes them, without its header and end. */
export async function functionLines(binary: Uint8Array): Promise<string[]> {
  const tool = await wabt();
  const module = tool.readWasm(binary, { tail_call: true });
  try {
    const lines = module.toText({}).split('\n');
    const start = lines.findIndex((line) => line.startsWith('  (func '));
    // Parentheses of the export stand behind the last function.
    const end = lines.findIndex((line, index) => index > start && /^ {2}\(|^\)/.test(line));
    const body = lines.slice(start + 1, end).filter((line) => !line.trim().startsWith('(local '));
    body[body.length - 1] = body[body.length - 1]!.replace(/\)+$/, (all) => all.slice(0, -1).replace(/\)+$/, ''));
    return body.map((line) => line.replace(/ align=1$/, '').trimEnd());
  } finally {
    module.destroy();
  }
}

/** The same lines without marks. */
export function withoutMarks(lines: readonly string[]): string[] {
  const kept: string[] = [];
  for (let i = 0; i < lines.length; i++) {
    if (markAt(lines, i) >= 0) i++;
    else kept.push(lines[i]!);
  }
  return kept;
}

/** Number of the mark whose two lines begin at `index`, or -1. */
function markAt(lines: readonly string[], index: number): number {
  const number = /^i32\.const (\d+)$/.exec(lines[index]!.trim());
  if (number === null || lines[index + 1]?.trim() !== 'drop') return -1;
  const mark = Number(number[1]) - FIRST_MARK;
  return mark >= 0 && mark < 0x10000 ? mark : -1;
}

/** Columns of a listing. */
const WIDTH = 116;

/** Instructions behind which a statement ends. */
const ENDS = /^(local\.set|i(32|64)\.store|br|return|if|else|end|block|loop|unreachable|drop)/;

/** One statement a line, indented by nesting. */
export function statements(lines: readonly string[], marks: Marks, names: Names): string[] {
  const out: string[] = [];
  let depth = 0;
  let open: string[] = [];
  const flush = (): void => {
    let line = '  '.repeat(depth);
    for (const [index, part] of open.entries()) {
      if (index > 0 && line.length + part.length + 2 > WIDTH) {
        out.push(line);
        line = '  '.repeat(depth + 2) + part;
      } else line += index > 0 ? `  ${part}` : part;
    }
    if (open.length > 0) out.push(line);
    open = [];
  };
  for (let i = 0; i < lines.length; i++) {
    const mark = markAt(lines, i);
    if (mark >= 0) {
      i++;
      if (open.length === 0) out.push(`${'  '.repeat(depth)};; ${marks.texts[mark]!}`);
      else open.push(`(; ${marks.texts[mark]!} ;)`);
      continue;
    }
    const text = named(lines[i]!.trim(), names);
    if (/^(end|else)\b/.test(text)) {
      flush();
      depth--;
    }
    open.push(text);
    if (ENDS.test(text)) flush();
    if (/^(if|else|block|loop)\b/.test(text)) depth++;
  }
  flush();
  return out;
}

function named(text: string, { locals, cells, constants, labels, types }: Names): string {
  const label = (n: string): string => `$${labels.get(Number(n)) ?? n}`;
  return text
    .replace(/^(local\.\w+) (\d+)$/, (all, op: string, n: string) =>
      locals.has(Number(n)) ? `${op} $${locals.get(Number(n))!}` : all,
    )
    .replace(/offset=(\d+)/, (all, n: string) => (cells.has(Number(n)) ? `[${cells.get(Number(n))!}]` : all))
    .replace(/^i32\.const (-?)(\d+)$/, (all, sign: string, n: string) => {
      const whole = constants.get(Number(sign + n)), name = constants.get(Number(n));
      if (whole !== undefined) return `i32.const ${whole}`;
      return name === undefined ? all : `i32.const -(${name})`;
    })
    .replace(/^(if( \(result i32\))?) +;; label = @\d+$/, '$1')
    .replace(/ +;; label = @(\d+)$/, (_, n: string) => ` ${label(n)}`)
    .replace(/^(br|br_if) \d+ \(;@(\d+);\)$/, (_, op: string, n: string) => `${op} ${label(n)}`)
    .replace(/\(type (\d+)\)/, (all, n: string) =>
      types[Number(n)] === undefined ? all : `(type $${types[Number(n)]!})`,
    );
}
