/** A signal's values by time, in ps. */
export interface Wave {
  readonly type: string;
  readonly width: number;
  readonly changes: { readonly time: number; readonly value: string }[];
}

/** Reads a file of value changes (IEEE 1364-2005, clause 18); throws at what is none. */
export function readVcd(text: string): { timescale: string; end: number; signals: Map<string, Wave> } {
  const [head, body] = text.split('$enddefinitions $end\n');
  const scopes: string[] = [], byCode = new Map<string, Wave>(), signals = new Map<string, Wave>();
  let timescale = '';
  for (const [, word, rest] of head.matchAll(/\$(\w+) (.*?) ?\$end/gs)) {
    if (word === 'timescale') timescale = rest;
    else if (word === 'scope') scopes.push(rest.split(' ')[1]);
    else if (word === 'upscope') scopes.pop();
    else if (word === 'var') {
      const [type, width, code, name] = rest.split(' ');
      const path = [...scopes, name].join('/');
      if (byCode.has(code) || signals.has(path)) throw new Error(`${path} is declared twice`);
      const wave = { type, width: Number(width), changes: [] };
      byCode.set(code, wave);
      signals.set(path, wave);
    } else if (word !== 'version' && word !== 'comment') throw new Error(`there is no $${word}`);
  }
  if (scopes.length > 0) throw new Error('a scope is left open');
  let time = -1;
  for (const line of body.trimEnd().split('\n')) {
    if (line.startsWith('#')) {
      if (!(Number(line.slice(1)) > time)) throw new Error(`time goes back at ${line}`);
      time = Number(line.slice(1));
      continue;
    }
    const [, vector, scalar] = /^(?:([bs]\S+) )?([01xz](?=\S))?/.exec(line) ?? [];
    const value = vector === undefined ? scalar : vector.slice(1);
    const wave = byCode.get(line.slice(vector === undefined ? 1 : vector.length + 1));
    if (wave === undefined || value === undefined) throw new Error(`what is '${line}'?`);
    if (vector?.startsWith('s') !== (wave.type === 'string') && wave.type === 'string') throw new Error(line);
    if (wave.type === 'wire' && value.length > wave.width) throw new Error(`'${line}' is wider than ${wave.width}`);
    wave.changes.push({ time, value });
  }
  return { timescale, end: time, signals };
}

/** A signal's value at a time. */
export function valueAt(wave: Wave, time: number): string | undefined {
  return wave.changes.findLast((c) => c.time <= time)?.value;
}
