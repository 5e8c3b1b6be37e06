import { decodeSnapshot, encodeSnapshot } from '../src/control/snapshot-format.ts';
import { PcMachine } from '../src/machine/pc-machine.ts';
import type { MachineState } from '../src/machine/snapshot.ts';
import { figure, seconds, type Figure } from './measure.ts';

const MiB = 2 ** 20, PAGE = 4096;
const RAM = 256 * MiB;
/** What Debian has in use at its first prompt, its kernel entered unpacked (31.5 MiB). */
const USED = 32 * MiB;

export const SNAPSHOT_NOTE =
  'A PC with 256 MiB of RAM, 32 MiB of it in use, in runs of up to eight pages: its state taken (save), made a file ' +
  '(encode), read\nback and checked (decode), put into a new machine and into one whose RAM is full (load). The ' +
  'building of the machine is not counted.\n';

function machine(): PcMachine {
  return new PcMachine({ ramBytes: RAM, disk: null, onSerial: () => {}, onPost: () => {} });
}

/** Writes words that look random to pages here and there, the same ones every time. */
function use(ram: Uint8Array): void {
  const words = new Int32Array(ram.buffer, ram.byteOffset, ram.length / 4);
  let x = 12345, left = USED / PAGE;
  const next = (): number => {
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    return x;
  };
  for (let page = 256; left > 0; page += 1 + ((next() >>> 8) % 40)) {
    for (let run = Math.min(1 + ((next() >>> 8) & 7), left); run > 0; run--, page++, left--)
      for (let i = 0; i < PAGE / 4; i++) words[(page * PAGE) / 4 + i] = next();
  }
}

/** Milliseconds of each step, run by run. */
export function snapshotFigures(runs: number): Figure[] {
  const source = machine();
  use(source.ram);
  const times: Record<string, number[]> = {};
  let size = 0;
  const time = <T>(name: string, work: () => T): T => {
    let result: T | undefined;
    (times[name] ??= []).push(1e3 * seconds(() => { result = work(); }));
    return result as T;
  };
  const full = machine();
  for (let run = 0; run < runs; run++) {
    const state: MachineState = time('save', () => source.save());
    const file = time('encode', () => encodeSnapshot({ machine: state, attachments: {} }));
    const { machine: back } = time('decode', () => decodeSnapshot(file));
    const fresh = machine();
    time('load, new machine', () => fresh.load(back));
    full.ram.fill(1);
    time('load, full machine', () => full.load(back));
    size = file.length;
  }
  return [
    ...Object.entries(times).map(([name, values]) => figure(name, 'ms', values)),
    figure('file', 'MiB', [size / MiB]),
  ];
}
