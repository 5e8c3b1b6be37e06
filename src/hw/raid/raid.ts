import type { BlockBackend } from '../../host/block.ts';
import { STATUS } from '../../mem/transaction.ts';
import type { Identity, Simulation } from '../../sim/component.ts';
import { valuesOf, type ValuesOf } from '../../sim/parameter.ts';
import { us } from '../../sim/time.ts';
import type { DmaCompletion, DmaPort } from '../dma-port.ts';
import { PciFunction } from '../pci/pci-function.ts';
import { driveCells, placeOf, RAID_OPTIONS, readingTime, WORK } from './drive-set.ts';
import { GeneratedDrive } from './generated-drive.ts';
import {
  ANSWER, COMMAND, COMMAND_BYTES, DIRECTORY_BYTES, DRIVES, MAIL, MAIL_BYTES, MOST_COMMANDS, MOST_SLOTS, OPCODE_READ,
  RAID_CONFIG, RAID_ERROR, REPLY, RESULT, SECTOR,
} from './spec.ts';

/** Bytes of data that one request moves. */
const CHUNK = 1024;
/** What the data port does for a drive. */
const STEP = { IDLE: 0, CLEAR: 1, DATA: 2, ENTER: 3 } as const;

/** Why the controller stopped, in words. */
const WHY: Readonly<Record<number, string>> = {
  [RAID_ERROR.ENTRIES]: `the ring of commands has not 1 to ${MOST_COMMANDS} entries, a power of two`,
  [RAID_ERROR.INDEX]: 'more commands are submitted than the ring holds',
  [RAID_ERROR.SLOTS]: `the read-ahead buffer has more than ${MOST_SLOTS} slots`,
  [RAID_ERROR.MASTER_ABORT]: 'nothing answers at an address that it was given',
  [RAID_ERROR.TARGET_ABORT]: 'an address that it was given was refused',
  [RAID_ERROR.MASTER_OFF]: 'it may not master the bus any more',
};

/**
 * A controller of four drives, striped, that has no address: commands, data and results are in main
 * memory, and all of it is the controller's own reading and writing. See README.md.
 */
export class RaidController extends PciFunction {
  static readonly options = RAID_OPTIONS;
  readonly inta = this.intxOut(1);
  /** Mailbox, commands, results. To be bound to `PciBus.upstream`. */
  readonly mail: DmaPort;
  /** Stripes, and the directory of those read ahead. */
  readonly data: DmaPort;
  private readonly o: ValuesOf<typeof RAID_OPTIONS>;
  private readonly backends: readonly BlockBackend[];
  private readonly sectors: number;
  private readonly stripes: number;
  private readonly s = this.cells('controller', {
    running: false,
    /** The first look into the mailbox has been. */
    setUp: false,
    lookDue: false,
    commands: 0, entries: 0, ahead: 0, slots: 0, directory: 0,
    submitted: 0, completed: 0,
    /** The command under way: 0 none, 1 fetched, 2 its result is due. */
    command: 0, sector: 0, left: 0, address: 0, moved: 0, result: 0,
    /** Read-ahead: what software said last, first stripe of the window, next one to be read. */
    cursor: 0, base: 0, next: 0,
    /** By slot: stripe + 1 that is in it, 0 none. */
    holds: new Uint32Array(MOST_SLOTS),
    step: STEP.IDLE as number, drive: 0, chunk: 0,
  });
  private readonly d = this.cells('drives', driveCells());
  private readonly aheadStripes = this.counter('aheadStripes', '', 'stripes that an array controller read ahead');
  readonly config = this.configSpace(RAID_CONFIG, {
    STATUS: { get: { INTX: () => +this.pending } },
    CONTROL: { write: (w) => this.control(w.ATTENTION === 1) },
    POLL: { write: () => this.schedulePoll() },
  });
  private readonly poll = this.event('poll', () => {
    this.schedulePoll();
    this.look();
  });
  private readonly driveEvents = Array.from({ length: DRIVES }, (_, n) => this.event(`drive${n}`, () => {
    this.d.ready[n] = 1;
    this.dataNext();
  }));
  private readonly looked: DmaCompletion;
  private readonly greeted: DmaCompletion;
  private readonly fetched: DmaCompletion;
  private readonly resultStored: DmaCompletion;
  private readonly completedStored: DmaCompletion;
  private readonly stored: DmaCompletion;

  /**
   * @param drives four drives of `driveBytes`; generated ones if absent
   * @throws ParameterError if an option is refused
   */
  constructor(
    name: string, sim: Simulation, options: Partial<ValuesOf<typeof RAID_OPTIONS>> = {},
    drives?: readonly BlockBackend[],
  ) {
    super(name, sim);
    const o = this.o = valuesOf(RAID_OPTIONS, options);
    this.backends = drives ?? Array.from({ length: DRIVES }, (_, n) => new GeneratedDrive(n, o.driveBytes, o.seed));
    this.stripes = Math.floor(o.driveBytes / o.stripe) * DRIVES;
    this.sectors = (this.stripes * o.stripe) / SECTOR;
    this.mail = this.dmaPort('mail', { burst: 64, buffer: 64, countsData: true });
    this.data = this.dmaPort('data', { burst: o.burst, buffer: CHUNK });
    const mail = (what: string, action: () => void): DmaCompletion =>
      this.completion(this.mail, what, (status, aborted) => {
        if (status === STATUS.OK) action();
        else this.stop(status, aborted);
      });
    this.looked = mail('looked', () => this.mailRead());
    this.greeted = mail('greeted', () => this.mailNext(true));
    this.fetched = mail('fetched', () => this.commandRead());
    this.resultStored = mail('result', () => {
      this.s.completed = (this.s.completed + 1) >>> 0;
      this.mail.view.setUint32(0, this.s.completed, true);
      this.mail.write(this.mailbox + ANSWER + REPLY.COMPLETED, 4, this.completedStored);
    });
    this.completedStored = mail('completed', () => {
      this.s.command = 0;
      this.config.r.CAUSE.DONE = 1;
      this.mailNext();
      this.assign();
    });
    this.stored = this.completion(this.data, 'stored', (status, aborted) => this.stepEnds(status, aborted));
  }

  override describe(): Identity {
    return {
      compatible: 'northbridge,raid',
      title: 'Controller of four striped drives without an address of its own',
      datasheet: 'its README.md',
      absent: ['writing, mirrors and parity, failing drives'],
    };
  }

  protected override outputs(): void {
    this.inta.set(this.pending && !this.intxDisabled);
  }

  private get pending(): boolean {
    const { CAUSE, CONTROL } = this.config.r;
    return (CAUSE.value & (CONTROL.value >>> 8) & 7) !== 0;
  }

  private get mailbox(): number {
    return this.config.r.MAILBOX.ADDRESS * 64;
  }

  // --- §Set-up ---

  private control(attention: boolean): void {
    const r = this.config.r, s = this.s, on = r.CONTROL.ENABLE === 1;
    r.CONTROL.ATTENTION = 0;
    if (on && !s.running) {
      r.CAUSE.CODE = RAID_ERROR.NONE;
      s.running = true;
      s.setUp = false;
      s.submitted = s.completed = s.command = 0;
      s.holds.fill(0);
      this.schedulePoll();
      this.look();
    } else if (!on && s.running) this.halt();
    else if (on && attention) this.look();
  }

  private schedulePoll(): void {
    const every = this.config.r.POLL.MICROSECONDS;
    if (this.s.running && every > 0) this.poll.after(us(every));
    else this.poll.cancel();
  }

  /** Nothing is read or written any more. */
  private halt(): void {
    const s = this.s;
    this.config.r.CONTROL.ENABLE = 0;
    s.running = s.lookDue = false;
    s.command = 0;
    s.step = STEP.IDLE;
    this.d.work.fill(WORK.NONE);
    this.d.ready.fill(0);
    this.poll.cancel();
    for (const e of this.driveEvents) e.cancel();
    this.mail.abort();
    this.data.abort();
  }

  private fail(code: number): void {
    this.halt();
    this.config.r.CAUSE.CODE = code;
    this.config.r.CAUSE.ERROR = 1;
    this.note('raid-stopped', WHY[code]);
  }

  private stop(status: number, aborted: boolean): void {
    this.fail(status === STATUS.DECODE_ERROR ? RAID_ERROR.MASTER_ABORT
      : aborted ? RAID_ERROR.TARGET_ABORT : RAID_ERROR.MASTER_OFF);
  }

  // --- §Mailbox, §Commands: one thing at a time through the port `mail` ---

  private look(): void {
    this.s.lookDue = true;
    this.mailNext();
  }

  /** @param looked a look has just been: a command that waits comes before the next one */
  private mailNext(looked = false): void {
    const s = this.s, waiting = s.setUp && s.command === 0 && s.submitted !== s.completed;
    if (!s.running || this.mail.active) return;
    if (s.command === 2) {
      this.mail.view.setUint32(0, s.result, true);
      this.mail.view.setUint32(4, s.moved, true);
      this.mail.write(this.commandAt + COMMAND.RESULT, 8, this.resultStored);
    } else if (s.lookDue && !(looked && waiting)) {
      s.lookDue = false;
      this.mail.read(this.mailbox, MAIL_BYTES, this.looked);
    } else if (waiting) {
      this.mail.read(this.commandAt, COMMAND_BYTES, this.fetched);
    }
  }

  /** Of the command under way, or of the next one. */
  private get commandAt(): number {
    return this.s.commands + (this.s.completed & (this.s.entries - 1)) * COMMAND_BYTES;
  }

  private mailRead(): void {
    const s = this.s, { view } = this.mail;
    const word = (offset: number): number => view.getUint32(offset, true);
    s.submitted = word(MAIL.SUBMITTED);
    const cursor = word(MAIL.CURSOR), first = !s.setUp;
    if (first) {
      s.commands = word(MAIL.COMMANDS);
      s.entries = word(MAIL.ENTRIES);
      s.ahead = word(MAIL.AHEAD);
      s.slots = word(MAIL.SLOTS);
      s.directory = word(MAIL.DIRECTORY);
      if (s.entries === 0 || s.entries > MOST_COMMANDS || (s.entries & (s.entries - 1)) !== 0)
        return this.fail(RAID_ERROR.ENTRIES);
      if (s.slots > MOST_SLOTS) return this.fail(RAID_ERROR.SLOTS);
      s.setUp = true;
    }
    if (((s.submitted - s.completed) >>> 0) > s.entries) return this.fail(RAID_ERROR.INDEX);
    if (first || cursor !== s.cursor) this.moveWindow(cursor);
    s.cursor = cursor;
    if (first) this.greet();
    else this.mailNext(true);
    this.assign();
  }

  /** Tells what the array is. */
  private greet(): void {
    const { view } = this.mail;
    view.setUint32(REPLY.COMPLETED, 0, true);
    view.setUint32(REPLY.SECTORS, this.sectors, true);
    view.setUint32(REPLY.STRIPE, this.o.stripe, true);
    view.setUint32(REPLY.DRIVES, DRIVES, true);
    this.mail.write(this.mailbox + ANSWER, 16, this.greeted);
  }

  private commandRead(): void {
    const s = this.s, { view } = this.mail;
    const word = (offset: number): number => view.getUint32(offset, true);
    s.command = 1;
    s.moved = 0;
    s.sector = word(COMMAND.SECTOR);
    s.left = word(COMMAND.COUNT) * SECTOR;
    s.address = word(COMMAND.ADDRESS);
    s.result = word(COMMAND.OPCODE) !== OPCODE_READ ? RESULT.OPCODE
      : s.left === 0 || s.sector + s.left / SECTOR > this.sectors ? RESULT.RANGE : 0;
    if (s.result !== 0) this.endCommand();
    else {
      // Whoever reads on will want what comes behind.
      this.moveWindow(Math.floor((s.sector * SECTOR + s.left - 1) / this.o.stripe) + 1);
      this.mailNext();
      this.assign();
    }
  }

  private endCommand(): void {
    this.s.command = 2;
    this.mailNext();
  }

  // --- §Drives ---

  /** Gives idle drives something to read: the command's stripes first, then those ahead. */
  private assign(): void {
    const s = this.s, { stripe } = this.o;
    if (!s.running || !s.setUp) return;
    while (s.command === 1 && s.left > 0) {
      const at = s.sector * SECTOR, number = Math.floor(at / stripe), from = at % stripe;
      if (this.d.work[number % DRIVES] !== WORK.NONE) return;
      const bytes = Math.min(s.left, stripe - from);
      this.read(WORK.COMMAND, number, from, bytes, s.address);
      s.sector += bytes / SECTOR;
      s.left -= bytes;
      s.address += bytes;
    }
    while (s.next < Math.min(s.base + s.slots, this.stripes)) {
      const number = s.next, slot = number % s.slots;
      if (s.holds[slot] !== number + 1 && !this.isReading(number)) {
        if (this.d.work[number % DRIVES] !== WORK.NONE) return;
        this.read(WORK.AHEAD, number, 0, stripe, s.ahead + slot * stripe);
      }
      s.next++;
    }
  }

  private isReading(stripe: number): boolean {
    const n = stripe % DRIVES;
    return this.d.work[n] === WORK.AHEAD && this.d.stripe[n] === stripe;
  }

  private read(work: number, stripe: number, from: number, bytes: number, target: number): void {
    const d = this.d, n = stripe % DRIVES, place = placeOf(stripe, from, this.o.stripe);
    d.work[n] = work;
    d.stripe[n] = stripe;
    d.from[n] = from;
    d.bytes[n] = bytes;
    d.target[n] = target;
    d.gone[n] = d.ready[n] = 0;
    this.driveEvents[n].after(readingTime(d.head[n], place, bytes, this.o));
    d.head[n] = place + bytes;
  }

  private moveWindow(base: number): void {
    const s = this.s;
    s.base = base;
    // What is in the buffer or on its way is passed over as `assign` comes by.
    s.next = base;
  }

  private wanted(stripe: number): boolean {
    return stripe >= this.s.base && stripe < this.s.base + this.s.slots;
  }

  // --- data: one drive at a time through the port `data` ---

  private dataNext(): void {
    const s = this.s, d = this.d;
    if (!s.running || s.step !== STEP.IDLE) return;
    for (let k = 1; k <= DRIVES; k++) {
      const n = (s.drive + k) % DRIVES;
      if (d.ready[n] === 0) continue;
      if ((d.work[n] === WORK.COMMAND && s.result !== 0) || (d.work[n] === WORK.AHEAD && !this.wanted(d.stripe[n]))) {
        // Its command has failed, or nobody wants it any more.
        this.release(n);
        return;
      }
      s.drive = n;
      if (d.work[n] === WORK.AHEAD) {
        // Until it is all there, the slot holds nothing.
        s.holds[d.stripe[n] % s.slots] = 0;
        this.enter(STEP.CLEAR, 0, 0);
      } else this.moveChunk();
      return;
    }
  }

  /** Writes the entry of a slot in the directory. */
  private enter(step: number, stripe: number, bytes: number): void {
    const s = this.s;
    s.step = step;
    this.data.view.setUint32(0, stripe, true);
    this.data.view.setUint32(4, bytes, true);
    const slot = this.d.stripe[s.drive] % s.slots;
    this.data.write(s.directory + slot * DIRECTORY_BYTES, DIRECTORY_BYTES, this.stored);
  }

  private moveChunk(): void {
    const s = this.s, d = this.d, n = s.drive;
    s.step = STEP.DATA;
    s.chunk = Math.min(CHUNK, d.bytes[n] - d.gone[n]);
    const place = placeOf(d.stripe[n], d.from[n] + d.gone[n], this.o.stripe);
    this.backends[n].read(place, this.data.buffer, 0, s.chunk);
    this.data.write(d.target[n] + d.gone[n], s.chunk, this.stored);
  }

  private stepEnds(status: number, aborted: boolean): void {
    const s = this.s, d = this.d, n = s.drive;
    const ofCommand = d.work[n] === WORK.COMMAND;
    if (status !== STATUS.OK) {
      if (!ofCommand || !aborted) return this.stop(status, aborted);
      s.result = RESULT.ABORT;
      s.left = 0;
      return this.release(n);
    }
    if (s.step === STEP.ENTER) {
      s.holds[d.stripe[n] % s.slots] = d.stripe[n] + 1;
      this.aheadStripes.value++;
      this.config.r.CAUSE.AHEAD = 1;
      return this.release(n);
    }
    if (s.step === STEP.DATA) {
      d.gone[n] += s.chunk;
      if (ofCommand) s.moved += s.chunk;
    }
    if (d.gone[n] < d.bytes[n]) this.moveChunk();
    else if (ofCommand) this.release(n);
    else this.enter(STEP.ENTER, d.stripe[n] + 1, d.bytes[n]);
  }

  /** A drive is free again. */
  private release(n: number): void {
    const s = this.s, d = this.d;
    s.step = STEP.IDLE;
    d.work[n] = WORK.NONE;
    d.ready[n] = 0;
    if (s.command === 1 && s.left === 0 && !d.work.includes(WORK.COMMAND)) {
      if (s.result === 0) s.result = RESULT.DONE;
      this.endCommand();
    }
    this.assign();
    this.dataNext();
  }
}
