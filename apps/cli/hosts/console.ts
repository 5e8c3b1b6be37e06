import { fstatSync } from 'node:fs';
import { setImmediate } from 'node:timers/promises';

const CTRL_A = 0x01, LINE_FEED = 0x0a;
/** Input that is read ahead of the guest. */
const KEYS_AHEAD = 64 * 1024;
const OUT_BUFFER = 64 * 1024;

/** What the terminal's user asked for with Ctrl-A. */
export const CONSOLE_HELP = 'Ctrl-A x leaves, Ctrl-A Ctrl-A sends a Ctrl-A, Ctrl-A h shows this';

/**
 * The terminal as the far end of the machine's serial line. On a terminal, keys reach the guest one
 * by one and as they are (raw), apart from Ctrl-A; input that is no terminal is passed on byte for
 * byte. What the guest sends is written when `flush` is called. The end of input ends nothing.
 */
export class Console {
  /** True once the user pressed Ctrl-A x. */
  left = false;
  /** True once the terminal has been closed. */
  hungUp = false;
  /** Bytes that the guest sent. */
  received = 0;
  /** The last of them was no end of a line: who writes to the same terminal begins a new one. */
  midLine = false;
  private readonly input: NodeJS.ReadStream;
  private readonly output: NodeJS.WriteStream;
  private readonly raw: boolean;
  private readonly keys: number[] = [];
  private taken = 0;
  private escaped = false;
  private readonly out = Buffer.allocUnsafe(OUT_BUFFER);
  private used = 0;
  private readonly onData = (data: Buffer): void => {
    for (const byte of data) this.key(byte);
    if (!this.raw && this.keys.length > KEYS_AHEAD) this.input.pause();
  };
  private readonly onError = (): void => this.onEnd();
  /** Raw keys have no end of input: the terminal itself has gone. */
  private readonly onEnd = (): void => {
    if (this.raw) this.hungUp = true;
  };

  constructor(input: NodeJS.ReadStream, output: NodeJS.WriteStream) {
    this.input = input;
    this.output = output;
    this.raw = input.isTTY === true;
  }

  /** Whether somebody sits before it: then keys are raw and time should not race. */
  get interactive(): boolean {
    return this.raw;
  }

  open(): void {
    if (this.raw) this.input.setRawMode(true);
    this.input.on('data', this.onData);
    this.input.on('error', this.onError);
    this.input.on('end', this.onEnd);
    this.input.resume();
  }

  /**
   * Resolves when input that is there already has been read: the first piece of a file, what a pipe
   * holds. A guest that listens at once is typed to at the same simulated time in every run.
   */
  async begun(): Promise<void> {
    if (this.raw) return;
    if (isFile((this.input as { fd?: number }).fd) && !this.input.readableEnded)
      await new Promise<void>((resolve) => {
        for (const event of ['data', 'end', 'error']) this.input.once(event, () => resolve());
      });
    // A pipe is read in the turn after the one that asks for it.
    for (let turn = 0; turn < 2; turn++) await setImmediate();
  }

  /** Gives the terminal back as it was. */
  close(): void {
    this.flush();
    this.input.off('data', this.onData);
    try {
      if (this.raw) this.input.setRawMode(false);
    } catch {
      // The terminal has been closed.
    }
    this.input.pause();
    // A pipe that stays open must not keep the process.
    (this.input as unknown as { unref?: () => void }).unref?.();
  }

  /** The guest's UART calls this for each character that left. */
  transmit(byte: number): void {
    this.out[this.used++] = byte;
    this.received++;
    this.midLine = byte !== LINE_FEED;
    if (this.used === OUT_BUFFER) this.flush();
  }

  /** Writes what the guest has sent. */
  flush(): void {
    if (this.used === 0) return;
    this.output.write(Buffer.from(this.out.subarray(0, this.used)));
    this.used = 0;
  }

  /** Whether input waits for the guest. */
  get waiting(): boolean {
    return this.taken < this.keys.length;
  }

  /** Bytes read that the guest has not taken. */
  get untaken(): number {
    return this.keys.length - this.taken;
  }

  /** The next byte for the guest; only if one is waiting. */
  take(): number {
    const byte = this.keys[this.taken++];
    if (this.taken === this.keys.length) {
      this.keys.length = 0;
      this.taken = 0;
      if (!this.raw) this.input.resume();
    }
    return byte;
  }

  private key(byte: number): void {
    if (!this.raw) {
      this.keys.push(byte);
      return;
    }
    if (!this.escaped) {
      if (byte === CTRL_A) this.escaped = true;
      else this.keys.push(byte);
      return;
    }
    this.escaped = false;
    if (byte === 0x78 || byte === 0x58) this.left = true;
    else if (byte === CTRL_A || byte === 0x61) this.keys.push(CTRL_A);
    else process.stderr.write(`\r\n[${CONSOLE_HELP}]\r\n`);
  }
}

function isFile(fd: number | undefined): boolean {
  try {
    return fd !== undefined && fstatSync(fd).isFile();
  } catch {
    return false;
  }
}
