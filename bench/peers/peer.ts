/**
 * What the benchmarks ask of another machine (v86, QEMU): run this kernel, tell when one text and
 * then another arrived on COM1. All machines get the same kernel and the same command line; each
 * run is a process of its own.
 */

/** What to start. Every string is the path of a file, `append` excepted. */
export type PeerKernel =
  | { readonly multiboot: string; readonly append?: string }
  | {
    readonly bzImage: string;
    readonly initrd?: string;
    /** Kernel command line. */
    readonly append: string;
    /** Raw image of the primary master. Never written to. */
    readonly disk?: string;
  };

export interface PeerOptions {
  readonly kernel: PeerKernel;
  /** Size of the guest's memory; for v86 a power of two. */
  readonly memoryMiB: number;
  /**
   * Time begins when this text has arrived on COM1; left out: when the machine starts (each peer's
   * file says what that is).
   */
  readonly startMarker?: string;
  /** Time ends, and the machine with it, when this text has arrived after the start. */
  readonly endMarker: string;
  /** Wall time after which the run is given up; 300. */
  readonly limitSeconds?: number;
}

/** One finished run. */
export interface PeerRun {
  /** Wall time from start to end marker. */
  readonly seconds: number;
  /** Processor time of the peer's process in that time, all threads, user and system. */
  readonly cpuSeconds: number;
  /** Wall time from the start to the first character on COM1; 0 with a start marker. */
  readonly firstSeconds: number;
  /** Largest resident set of the process till then. */
  readonly peakMiB: number;
  /** Everything that came over COM1, up to and with the end marker (latin-1). */
  readonly output: string;
}

/** The end marker did not come: the limit passed, or the machine ended by itself. */
export class PeerError extends Error {
  constructor(peer: string, reason: string, output: string) {
    super(`${peer}: ${reason}; COM1's last output: ${JSON.stringify(output.slice(-400))}`);
  }
}

export const DEFAULT_LIMIT_SECONDS = 300;

/**
 * Finds the two markers in what arrives. The clocks are read as soon as the marker's last character
 * is there.
 */
export class MarkerWatch {
  output = '';
  started: { wall: number; cpu: number } | null = null;
  /** Set at the end marker. */
  result: { seconds: number; cpuSeconds: number; firstSeconds: number } | null = null;
  private first = 0;
  /** The end of the output, in which the next marker may begin. */
  private tail = '';
  private readonly options: Pick<PeerOptions, 'startMarker' | 'endMarker'>;
  private readonly clocks: () => { wall: number; cpu: number };

  /** @param clocks wall time and the process's processor time, both in seconds from any origin */
  constructor(options: Pick<PeerOptions, 'startMarker' | 'endMarker'>, clocks: () => { wall: number; cpu: number }) {
    this.options = options;
    this.clocks = clocks;
  }

  /** The machine starts now. */
  begin(): void {
    if (this.options.startMarker === undefined) this.started = this.clocks();
  }

  /** Takes characters; true when the end marker has come. */
  push(text: string): boolean {
    if (this.result !== null) return true;
    if (this.output === '' && this.started !== null) this.first = this.clocks().wall - this.started.wall;
    this.output += text;
    this.tail += text;
    if (this.started === null) {
      if (!this.find(this.options.startMarker!)) return false;
      this.started = this.clocks();
    }
    if (!this.find(this.options.endMarker)) return false;
    const now = this.clocks();
    this.result = {
      seconds: now.wall - this.started.wall,
      cpuSeconds: now.cpu - this.started.cpu,
      firstSeconds: this.first,
    };
    this.output = this.output.slice(0, this.output.length - this.tail.length);
    return true;
  }

  /** Looks for `marker` behind what was searched already; keeps as little as may be its beginning. */
  private find(marker: string): boolean {
    const at = this.tail.indexOf(marker);
    this.tail = this.tail.slice(at < 0 ? Math.max(0, this.tail.length - marker.length + 1) : at + marker.length);
    return at >= 0;
  }
}
