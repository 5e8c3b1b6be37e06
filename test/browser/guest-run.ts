/**
 * One run of a guest through the library's public face, in a form that can be compared between Node
 * and a browser. Knows neither.
 */
import {
  CPU_LOOP, DISK_READ_BLOCK, DiskOverlay, ImageDisk, ms, PcMachine, POST,
  pseudoRandomImage, seconds, Session, stateChecksum, stateDigests, type EngineKind, type MachineCounters,
} from '../../src/index.ts';

export interface GuestJob {
  guest: 'cpu-loop' | 'pio-polled' | 'pio-irq' | 'dma' | 'debian';
  engine: EngineKind;
  /** Executions after which `jit` compiles a block; 0: as always. */
  hotThreshold: number;
  /** Also hash the trace, record by record. */
  trace: boolean;
  /** Go on in another machine from a snapshot taken on the way. */
  restore: boolean;
}

/** What a run gave. Equal wherever it was made, and by whichever engine. */
export interface GuestReport {
  stopped: string;
  serial: string;
  posts: number[];
  /** A bare guest's parameter block afterwards. */
  answer: unknown;
  counters: MachineCounters;
  checksum: string;
  digests: Record<string, string>;
  traceRecords: number;
  traceHash: number;
}

/** The guest's software: one of guest/images, or a kernel with its initramfs and command line. */
export interface GuestFiles {
  image: Uint8Array;
  vmlinux: Uint8Array;
  initrd: Uint8Array;
  append: string;
}

const MiB = 2 ** 20;
export const DISK_BYTES = 2 * MiB;
/** What disk-read reads; it hashes the data itself. */
export const READ_BYTES = 64 * 1024;
const RAM_BYTES = 32 * MiB, DEBIAN_RAM_BYTES = 128 * MiB;
/** Simulated seconds of Debian's boot: its start, paging, the first drivers. */
const DEBIAN_SECONDS = 2;
const LOOP_ITERATIONS = 150_000;

/** The names that a job's files have on the site. */
export function fileNames(job: GuestJob): Record<Exclude<keyof GuestFiles, 'image'>, string | null> & { image: string } {
  if (job.guest === 'debian')
    return {
      image: 'debian/kernel', vmlinux: 'debian/vmlinux', initrd: 'debian/initrd', append: 'debian/append',
    };
  const image = job.guest === 'cpu-loop' ? 'cpu-loop.elf' : 'disk-read.elf';
  return { image, vmlinux: null, initrd: null, append: null };
}

/** Runs a job to the guest's end; Debian for a while. */
export function runGuest(job: GuestJob, files: GuestFiles): { report: GuestReport; functionsCompiled: number } {
  const serial: number[] = [], posts: number[] = [];
  let traceRecords = 0, traceHash = 0;
  const build = (): { session: Session<PcMachine>; machine: PcMachine; disk: DiskOverlay; block: number } => {
    const disk = new DiskOverlay(new ImageDisk('disk', pseudoRandomImage(DISK_BYTES)));
    const machine = new PcMachine({
      ramBytes: job.guest === 'debian' ? DEBIAN_RAM_BYTES : RAM_BYTES,
      disk, ide: 'piix3', engine: job.engine,
      options: { kernelEntry: job.guest === 'debian' ? 'vmlinux' : 'decompressor' },
      ...(job.hotThreshold === 0 ? {} : { jit: { hotThreshold: job.hotThreshold } }),
      onSerial: (byte) => serial.push(byte),
      onPost: (code) => {
        posts.push(code);
        if (code === POST.done || code === POST.fail) machine.stop();
      },
    });
    if (job.trace) {
      machine.sim.trace.listen((record) => {
        traceRecords++;
        traceHash = hashText(traceHash, JSON.stringify(record));
      });
    }
    let block = 0;
    if (job.guest === 'debian')
      machine.loadLinux({
        kernel: files.image, vmlinux: files.vmlinux, initrd: files.initrd,
        append: `${files.append} earlyprintk=serial,ttyS0,115200`,
      });
    else if (job.guest === 'cpu-loop')
      block = machine.loadGuest(files.image, CPU_LOOP.encode({ kind: 'mix', iterations: LOOP_ITERATIONS }));
    else block = machine.loadGuest(files.image, DISK_READ_BLOCK.encode({ method: job.guest, byteCount: READ_BYTES }));
    return { session: new Session(machine, { attachments: { disk } }), machine, disk, block };
  };
  let m = build();
  if (job.restore) {
    m.session.run(ms(3));
    const file = m.session.snapshot();
    m = build();
    m.session.restore(file);
  }
  const stopped = m.session.run(seconds(job.guest === 'debian' ? DEBIAN_SECONDS : 10));
  const block = m.machine.ram.subarray(m.block, m.block + 0x100);
  const answer =
    job.guest === 'debian' ? null : job.guest === 'cpu-loop' ? CPU_LOOP.decode(block) : DISK_READ_BLOCK.decode(block);
  const attachments = { disk: m.disk };
  const report = {
    stopped,
    serial: String.fromCharCode(...serial),
    posts, answer,
    counters: m.machine.counters(),
    checksum: stateChecksum(m.machine, attachments),
    digests: stateDigests(m.machine, attachments),
    traceRecords, traceHash,
  };
  return { report, functionsCompiled: m.machine.cpu.codeStatistics.jit?.functionsCompiled ?? 0 };
}

function hashText(before: number, text: string): number {
  let h = before;
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193) ^ (h >>> 17);
  return h;
}
