import type { CharBackend } from '../../../host/char.ts';
import { Component, type Identity, type Simulation } from '../../../sim/component.ts';
import { us } from '../../../sim/time.ts';
import { MODEM } from '../uart16550/spec.ts';
import { nextCharacter } from './pattern.ts';

/** First character of a command; four follow: a number of characters, lowest byte first. */
export const PEER_COMMAND = { TAKE: 0x02, SEND: 0x05 } as const;
/** The most that one command takes or sends. */
export const PEER_MOST = 65536;
/** What it sends: `serialPattern` of this seed, from its beginning at each command. */
export const PEER_SEED = 0x5e41a1;

const COMMAND_BYTES = 5;
/** From the command to the first character; from the last one to the end of the carrier. */
const PAUSE = us(200), END = us(100);
const PHASE = { IDLE: 0, TAKING: 1, SENDING: 2 } as const;
/** Characters that it puts on the line at once. */
const CHUNK = 256;
const READY = MODEM.CTS | MODEM.DSR;

/** The serial port that the peer hangs on. */
export interface PeerLine {
  receive(byte: number): boolean;
  setModemLines(lines: number): void;
}

/**
 * Who stands at the far end of a serial line, as a part of the machine: takes a number of
 * characters and keeps them, or sends a number of its own, one behind the other without a gap.
 * While it does, Carrier Detect is there. See README.md.
 */
export class SerialPeer extends Component implements CharBackend {
  private line: PeerLine | null = null;
  private readonly s = this.cells('peer', {
    phase: PHASE.IDLE as number,
    command: new Uint8Array(COMMAND_BYTES), have: 0,
    taken: new Uint8Array(PEER_MOST), count: 0, left: 0,
    seed: PEER_SEED,
  });
  private readonly starts = this.event('starts', () => this.put());
  private readonly ends = this.event('ends', () => {
    this.s.phase = PHASE.IDLE;
    this.line?.setModemLines(READY);
  });

  constructor(name: string, sim: Simulation) {
    super(name, sim);
  }

  /** Plugs it into a port; the modem lines are there from the next reset on. */
  connect(line: PeerLine): void {
    this.line = line;
  }

  /** What it took at the last command. */
  get taken(): Uint8Array {
    return this.s.taken.subarray(0, this.s.count);
  }

  transmit(byte: number): void {
    const s = this.s;
    if (s.phase === PHASE.TAKING && s.left > 0) {
      s.taken[s.count++] = byte;
      if (--s.left === 0) this.ends.after(END);
    } else if (s.phase === PHASE.IDLE) {
      s.command[s.have++] = byte;
      if (s.have === COMMAND_BYTES) this.obey();
      else if (s.have === 1 && byte !== PEER_COMMAND.TAKE && byte !== PEER_COMMAND.SEND) s.have = 0;
    }
  }

  drained(): void {
    if (this.s.phase !== PHASE.SENDING) return;
    if (this.s.left > 0) this.put();
    else this.ends.after(END);
  }

  override describe(): Identity {
    return {
      compatible: 'northbridge,serial-peer',
      title: 'Far end of a serial line: takes characters, or sends its own',
      datasheet: 'its README.md',
      absent: ['hosts: what it sends is generated, what it takes stays in the machine'],
    };
  }

  override resetExit(): void {
    this.line?.setModemLines(READY);
  }

  private obey(): void {
    const s = this.s, [what, a, b, c, d] = s.command;
    s.have = 0;
    const count = a + b * 0x100 + c * 0x10000 + d * 0x1000000;
    if (count === 0 || count > PEER_MOST) return;
    s.left = count;
    if (what === PEER_COMMAND.TAKE) {
      s.phase = PHASE.TAKING;
      s.count = 0;
    } else {
      s.phase = PHASE.SENDING;
      s.seed = PEER_SEED;
      this.starts.after(PAUSE);
    }
    this.line?.setModemLines(READY | MODEM.DCD);
  }

  /** The next characters; the port carries them one by one at the line's rate. */
  private put(): void {
    const s = this.s;
    for (let n = Math.min(s.left, CHUNK); n > 0; n--) {
      // The port's queue is empty, and has room for more than this.
      this.line?.receive(nextCharacter(s));
      s.left--;
    }
  }
}
