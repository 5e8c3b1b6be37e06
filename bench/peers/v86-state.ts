/**
 * A saved state of v86, and the program that makes one and goes on from one with its console on
 * standard input and output: `v86-state.js save|load FILE OPTIONS`.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { V86 } from 'v86';
import { runChild } from '../child.ts';
import { v86Settings, type V86RunOptions } from './v86.ts';

const PROGRAM = fileURLToPath(import.meta.url);

/** Boots to `prompt` and saves the state to `file`. */
export async function saveV86(node: string, options: V86RunOptions, file: string): Promise<void> {
  await runChild<{ bytes: number }>(node, './peers/v86-state.js', ['save', file, JSON.stringify(options)]);
}

/** Arguments for Node that go on from `file`. */
export function fromV86State(options: V86RunOptions, file: string): string[] {
  return [PROGRAM, 'load', file, JSON.stringify(options)];
}

async function main(what: string, file: string, options: V86RunOptions): Promise<void> {
  const { V86: Emulator } = await import('v86');
  const settings = v86Settings(options);
  if (what === 'load') {
    const bytes = readFileSync(file);
    const buffer = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer;
    // The state holds all that a kernel would bring.
    const { bzimage: _kernel, initrd: _initrd, ...machine } = settings;
    const emulator: V86 = new Emulator({ ...machine, initial_state: { buffer } });
    emulator.add_listener('serial0-output-byte', (byte: number) => process.stdout.write(String.fromCharCode(byte)));
    emulator.add_listener('emulator-ready', () => void emulator.run());
    process.stdin.setEncoding('latin1').on('data', (text: string) => { emulator.serial0_send(text); });
    return;
  }
  const emulator: V86 = new Emulator(settings);
  let output = '', saving = false;
  emulator.add_listener('serial0-output-byte', (byte: number) => {
    output = (output + String.fromCharCode(byte)).slice(-options.endMarker.length);
    if (saving || output !== options.endMarker) return;
    saving = true;
    setTimeout(() => void save(emulator, file), 0);
  });
  emulator.add_listener('emulator-ready', () => void emulator.run());
}

async function save(emulator: V86, file: string): Promise<void> {
  await emulator.stop();
  const state = new Uint8Array(await emulator.save_state());
  writeFileSync(file, state);
  console.log(JSON.stringify({ bytes: state.length }));
  process.exit(0);
}

if (process.argv[1] === PROGRAM)
  await main(process.argv[2], process.argv[3], JSON.parse(process.argv[4]) as V86RunOptions);
