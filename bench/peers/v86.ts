/**
 * v86 as a peer: its npm package, headless, in a Node process of its own for every run (`runV86`);
 * this file is also that process. A multiboot image is started without any BIOS, the way v86 does
 * it; a bzImage is started by its option ROM, which needs a BIOS: SeaBIOS as QEMU's packages bring
 * it. Time without a start marker begins when the emulator, loaded and idle, is told to run.
 */
import { fork } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { V86Image, V86Options } from 'v86';
import { DEFAULT_LIMIT_SECONDS, MarkerWatch, PeerError, type PeerOptions, type PeerRun } from './peer.ts';

const MiB = 2 ** 20;
const FIRMWARE = ['/usr/share/seabios', '/usr/share/qemu', '/usr/share/qemu-kvm'];

export interface V86RunOptions extends PeerOptions {
  /** Node to run it in; this one. */
  readonly node?: string;
  /** v86's ACPI, which brings its APIC too; off. */
  readonly acpi?: boolean;
}

/** Folder of the package, or undefined if it is not installed. */
function packageFolder(): string | undefined {
  try {
    return dirname(dirname(createRequire(import.meta.url).resolve('v86')));
  } catch {
    return undefined;
  }
}

/** Version of the installed package, or undefined. */
export function v86Version(): string | undefined {
  const folder = packageFolder();
  return folder === undefined
    ? undefined
    : (JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { version: string }).version;
}

function firmware(name: string): string {
  const folder = FIRMWARE.find((f) => existsSync(join(f, name)));
  if (folder === undefined) throw new Error(`v86 needs ${name} for a bzImage (Debian: package seabios)`);
  return join(folder, name);
}

/** Runs v86 in a new process until the end marker. @throws PeerError */
export function runV86(options: V86RunOptions): Promise<PeerRun> {
  return new Promise((resolve, reject) => {
    const child = fork(fileURLToPath(import.meta.url), [JSON.stringify(options)], {
      execPath: options.node ?? process.execPath, execArgv: [], stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    let answer: Answer | null = null;
    child.on('message', (message) => {
      answer = message as Answer;
    });
    child.on('error', reject);
    child.on('exit', (code) => {
      if (answer === null) reject(new PeerError('v86', `its process ended with ${code}`, ''));
      else if ('run' in answer) resolve(answer.run);
      else reject(new PeerError('v86', answer.reason, answer.output));
    });
  });
}

/** What the process of a run sends when it is over. */
type Answer = { run: PeerRun } | { reason: string; output: string };

function image(path: string): V86Image {
  const bytes = readFileSync(path);
  return { buffer: bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer };
}

/** v86's settings for a run. */
export function v86Settings(options: V86RunOptions): V86Options {
  const { kernel } = options;
  const machine: V86Options = {
    wasm_path: join(packageFolder()!, 'build', 'v86.wasm'),
    memory_size: options.memoryMiB * MiB,
    vga_memory_size: 8 * MiB,
    autostart: false, disable_keyboard: true, disable_mouse: true, disable_speaker: true,
    acpi: options.acpi === true,
  };
  if ('multiboot' in kernel) return { ...machine, multiboot: image(kernel.multiboot), cmdline: kernel.append ?? '' };
  return {
    ...machine, bios: image(firmware('bios.bin')), vga_bios: image(firmware('vgabios-stdvga.bin')), fastboot: true,
    bzimage: image(kernel.bzImage), cmdline: kernel.append,
    ...(kernel.initrd === undefined ? {} : { initrd: image(kernel.initrd) }),
    ...(kernel.disk === undefined ? {} : { hda: image(kernel.disk) }),
  };
}

/** The process of one run. */
async function child(options: V86RunOptions): Promise<void> {
  const end = (answer: Answer): void => {
    process.send!(answer, () => process.exit(0));
  };
  const clocks = (): { wall: number; cpu: number } => {
    const { user, system } = process.cpuUsage();
    return { wall: performance.now() / 1e3, cpu: (user + system) / 1e6 };
  };
  const watch = new MarkerWatch(options, clocks);
  const { V86 } = await import('v86');
  const emulator = new V86(v86Settings(options));
  emulator.add_listener('serial0-output-byte', (byte) => {
    if (watch.result !== null || !watch.push(String.fromCharCode(byte))) return;
    end({ run: { ...watch.result!, peakMiB: process.resourceUsage().maxRSS / 1024, output: watch.output } });
  });
  emulator.add_listener('emulator-ready', () => {
    watch.begin();
    void emulator.run();
  });
  const limit = options.limitSeconds ?? DEFAULT_LIMIT_SECONDS;
  setTimeout(() => { end({ reason: `no end marker within ${limit} s`, output: watch.output }); }, limit * 1e3);
}

if (process.argv[1] === fileURLToPath(import.meta.url) && process.send !== undefined)
  await child(JSON.parse(process.argv[2]) as V86RunOptions);
