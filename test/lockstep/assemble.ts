/** A small assembler for test programs: bytes in hexadecimal, with labels in place of addresses. */

export interface Assembled {
  readonly bytes: Uint8Array;
  /** Addresses of the labels. */
  readonly labels: Readonly<Record<string, number>>;
}

interface Fixup {
  readonly at: number;
  readonly bytes: number;
  readonly relative: boolean;
  readonly text: string;
}

const SIZES: Record<string, { bytes: number; relative: boolean }> = {
  '>': { bytes: 1, relative: true },
  '>w:': { bytes: 2, relative: true },
  '>>': { bytes: 4, relative: true },
  '=b:': { bytes: 1, relative: false },
  '=w:': { bytes: 2, relative: false },
  '=': { bytes: 4, relative: false },
};

/**
 * Assembles lines for address `at`. A line is `label:` or tokens, then two blanks and the source
 * for the reader. Tokens: `c3` a byte; `=x` a doubleword, `=w:x` a word, `=b:x` a byte; `>x` `>w:x`
 * `>>x` the distance to x from behind the token in 1, 2, 4 bytes; `@16` pads with NOPs to a
 * multiple. x is a label or a number, with `+n` or `-n` behind it. `symbols` are further names.
 */
export function assemble(
  at: number,
  lines: readonly string[],
  symbols: Readonly<Record<string, number>> = {},
): Assembled {
  const bytes: number[] = [];
  const labels: Record<string, number> = {};
  const fixups: Fixup[] = [];
  for (const line of lines) {
    const code = line.trim().split('  ')[0];
    for (const token of code === '' ? [] : code.split(' ')) {
      if (token.endsWith(':')) {
        const name = token.slice(0, -1);
        if (name in labels || name in symbols) throw new Error(`two things are named '${name}'`);
        labels[name] = at + bytes.length;
      } else if (token.startsWith('@')) while ((at + bytes.length) % Number(token.slice(1)) !== 0) bytes.push(0x90);
      else if (/^[0-9a-f]{2}$/.test(token)) bytes.push(parseInt(token, 16));
      else {
        const m = /^(=b:|=w:|=|>w:|>>|>)(.+)$/.exec(token);
        if (m === null) throw new Error(`token '${token}' in '${line}'`);
        const size = SIZES[m[1]];
        fixups.push({ at: bytes.length, ...size, text: m[2] });
        for (let i = 0; i < size.bytes; i++) bytes.push(0);
      }
    }
  }
  for (const f of fixups) {
    let value = valueOf(f.text, { ...symbols, ...labels });
    if (f.relative) {
      value -= at + f.at + f.bytes;
      if (f.bytes === 1 && (value < -128 || value > 127)) throw new Error(`'${f.text}' is too far away: ${value}`);
    }
    for (let i = 0; i < f.bytes; i++) bytes[f.at + i] = (value >>> (8 * i)) & 0xff;
  }
  return { bytes: Uint8Array.from(bytes), labels };
}

function valueOf(text: string, names: Readonly<Record<string, number>>): number {
  const m = /^([^+-]+|-[^+-]+)(?:([+-])(.+))?$/.exec(text);
  if (m === null) throw new Error(`no value: '${text}'`);
  const term = (name: string): number => {
    const value = names[name] ?? Number(name);
    if (!Number.isFinite(value)) throw new Error(`unknown name '${name}'`);
    return value;
  };
  return term(m[1]) + (m[2] === undefined ? 0 : m[2] === '+' ? term(m[3]) : -term(m[3]));
}
