import type { Ticks } from '../../sim/time.ts';

/** How a signal is declared: a vector of bits, a text (GTKWave's extension), or moments. */
export type SignalType = 'wire' | 'string' | 'event';

/** A declared signal. */
export interface Signal {
  readonly scope: string;
  readonly name: string;
  readonly type: SignalType;
  /** Bits of a wire. */
  readonly width: number;
  readonly code: string;
}

/** Characters of a signal's code (IEEE 1364-2005 18.2.1: printable ASCII). */
const FIRST_CODE = 33, CODES = 94;

/** 1 ps: the third of a nanosecond that a tick is, is not exact in any time scale. */
const PICOSECONDS = [0, 333, 667];

/** Ticks of 1/3 ns in ps, rounded to the nearest; two ticks never become one time. */
function picoseconds(ticks: Ticks): number {
  return Math.floor(ticks / 3) * 1000 + PICOSECONDS[ticks % 3];
}

function codeOf(number: number): string {
  let code = '', n = number;
  do {
    code += String.fromCharCode(FIRST_CODE + (n % CODES));
    n = Math.floor(n / CODES);
  } while (n > 0);
  return code;
}

/** A name without what means something in a reference: spaces, brackets, dots. */
const reference = (name: string): string => name.replace(/[^\w#$-]/g, '_') || '_';

/**
 * A file of value changes (IEEE 1364-2005, clause 18): declarations first, then changes in the
 * order of time. A signal that changes more than once at one time has its last value there.
 */
export class VcdFile {
  private readonly put: (text: string) => void;
  private readonly signals: Signal[] = [];
  private readonly last = new Map<Signal, string>();
  private readonly now = new Map<Signal, string>();
  private time: Ticks = 0;

  /** @param put takes the next piece of text */
  constructor(put: (text: string) => void) {
    this.put = put;
  }

  /** Declares a signal, before `begin`. */
  declare(scope: string, name: string, type: SignalType, width = 1): Signal {
    const signal = { scope, name, type, width, code: codeOf(this.signals.length) };
    this.signals.push(signal);
    return signal;
  }

  /** Writes the declarations. `comment`: what the file is of, a line. */
  begin(generator: string, comment: string): void {
    const plain = (text: string): string => text.replaceAll('$', '').replace(/\s+/g, ' ');
    this.put(`$version ${plain(generator)} $end\n$comment ${plain(comment)} $end\n$timescale 1 ps $end\n`);
    for (const scope of new Set(this.signals.map((s) => s.scope))) {
      const path = scope.split('/');
      for (const part of path) this.put(`$scope module ${reference(part)} $end\n`);
      for (const s of this.signals) {
        if (s.scope !== scope) continue;
        const range = s.type === 'wire' && s.width > 1 ? ` [${s.width - 1}:0]` : '';
        this.put(`$var ${s.type} ${s.width} ${s.code} ${reference(s.name)}${range} $end\n`);
      }
      this.put('$upscope $end\n'.repeat(path.length));
    }
    this.put('$enddefinitions $end\n');
  }

  /** A signal's value from `time` on, which is not before that of any call so far. */
  set(time: Ticks, signal: Signal, value: string): void {
    if (time > this.time) this.flush();
    this.time = Math.max(time, this.time);
    this.now.set(signal, value);
  }

  /** Writes what is left; the file ends at `time`. */
  finish(time: Ticks): void {
    this.flush();
    if (time > this.time) this.put(`#${picoseconds(time)}\n`);
  }

  private flush(): void {
    let text = '';
    for (const [signal, value] of this.now) {
      if (signal.type !== 'event' && this.last.get(signal) === value) continue;
      this.last.set(signal, value);
      text += change(signal, value);
    }
    this.now.clear();
    if (text !== '') this.put(`#${picoseconds(this.time)}\n${text}`);
  }
}

function change({ type, width, code }: Signal, value: string): string {
  if (type === 'string') return `s${value.replace(/\s/g, '_') || '-'} ${code}\n`;
  return width === 1 ? `${value}${code}\n` : `b${value} ${code}\n`;
}
