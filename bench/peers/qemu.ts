/**
 * QEMU's TCG as a peer: `qemu-system-i386 -accel tcg` on the PC board of the 440FX, COM1 at a pipe,
 * a process of its own for every run. A kernel is started by QEMU's own loader behind SeaBIOS. Time
 * without a start marker begins when the process is spawned, so it includes QEMU's start and
 * SeaBIOS (together some tenths of a second).
 */
import { spawn, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { DEFAULT_LIMIT_SECONDS, MarkerWatch, PeerError, type PeerOptions, type PeerRun } from './peer.ts';

export const QEMU_PROGRAM = 'qemu-system-i386';
/** /proc/PID/stat counts processor time in these (USER_HZ, proc(5)). */
const TICKS_PER_SECOND = 100;

export interface QemuRunOptions extends PeerOptions {
  /** `-cpu`; by default a Pentium II, the nearest that QEMU has to our processor. */
  readonly cpu?: string;
  /** Added behind ours. */
  readonly more?: readonly string[];
}

/** First line of its version, or undefined if there is no such program. */
export function qemuVersion(): string | undefined {
  const result = spawnSync(QEMU_PROGRAM, ['--version'], { encoding: 'utf8' });
  return result.status === 0 ? result.stdout.split('\n')[0] : undefined;
}

/** QEMU's command line for a run. */
export function qemuArguments(options: QemuRunOptions): string[] {
  const { kernel } = options;
  const list = [
    '-machine', 'pc', '-accel', 'tcg', '-cpu',
    options.cpu ?? 'pentium2',
    '-m', String(options.memoryMiB), '-smp', '1', '-display', 'none', '-vga', 'std', '-net', 'none',
    '-serial', 'stdio', '-monitor', 'none', '-no-reboot',
  ];
  if ('multiboot' in kernel) {
    list.push('-kernel', kernel.multiboot);
    if (kernel.append !== undefined) list.push('-append', kernel.append);
  } else {
    list.push('-kernel', kernel.bzImage, '-append', kernel.append);
    if (kernel.initrd !== undefined) list.push('-initrd', kernel.initrd);
    if (kernel.disk !== undefined)
      list.push('-drive', `file=${kernel.disk.replaceAll(',', ',,')},format=raw,if=ide,index=0,media=disk,snapshot=on`);
  }
  return [...list, ...options.more ?? []];
}

/** Processor time of a process so far, in seconds; 0 where there is no /proc. */
function cpuSeconds(pid: number): number {
  try {
    // The name in parentheses may hold spaces: fields are counted behind it (field 3 is the first).
    const fields = readFileSync(`/proc/${pid}/stat`, 'latin1').replace(/^.*\) /s, '').split(' ');
    return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
  } catch {
    return 0;
  }
}

function peakMiB(pid: number): number {
  try {
    return Number(/^VmHWM:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1] ?? 0) / 1024;
  } catch {
    return 0;
  }
}

/** Runs QEMU until the end marker. @throws PeerError */
export function runQemu(options: QemuRunOptions): Promise<PeerRun> {
  return new Promise((resolve, reject) => {
    let pid = 0, complaints = '', reason = '';
    let run: PeerRun | null = null;
    const watch = new MarkerWatch(options, () => ({ wall: performance.now() / 1e3, cpu: cpuSeconds(pid) }));
    const child = spawn(QEMU_PROGRAM, qemuArguments(options), { stdio: ['ignore', 'pipe', 'pipe'] });
    pid = child.pid ?? 0;
    watch.begin();
    const limit = options.limitSeconds ?? DEFAULT_LIMIT_SECONDS;
    const timer = setTimeout(() => {
      reason = `no end marker within ${limit} s`;
      child.kill('SIGKILL');
    }, limit * 1e3);
    child.stdout.setEncoding('latin1');
    child.stdout.on('data', (text: string) => {
      if (run !== null || !watch.push(text)) return;
      run = { ...watch.result!, peakMiB: peakMiB(pid), output: watch.output };
      child.kill('SIGKILL');
    });
    child.stderr.setEncoding('utf8');
    child.stderr.on('data', (text: string) => {
      complaints += text;
    });
    child.on('error', (error) => {
      clearTimeout(timer);
      reject(error);
    });
    child.on('close', (code) => {
      clearTimeout(timer);
      if (run !== null) resolve(run);
      else reject(new PeerError('QEMU', reason || `it ended with ${code} ${complaints.trim()}`, watch.output));
    });
  });
}
