import type { Bank } from '../../../reg/bank.ts';
import type { Identity, Simulation } from '../../../sim/component.ts';
import { breach, forgives } from '../../../sim/forgive.ts';
import { ms, us, type Ticks } from '../../../sim/time.ts';
import { Device } from '../../device.ts';
import type { FloppyDrive } from '../drive.ts';
import type { FloppyMedium } from '../medium.ts';
import { commandOf, INVALID_ANSWER } from './commands.ts';
import { Fifo } from './fifo.ts';
import { FormatTrack, ID_BYTES } from './format.ts';
import { Seeks } from './seeks.ts';
import { COMMAND, DATA_RATES, FDC_REGISTERS, PHASE, ST0, UNITS } from './spec.ts';
import { Transfer } from './transfer.ts';

/** Bits of CONFIGURE's second byte (§5.2.5). */
const CONFIG = { THRESHOLD: 0x0f, POLL: 0x10, EFIFO: 0x20, EIS: 0x40 } as const;
/** After a reset: no implied seek, no FIFO, polling (§5.2.5). */
const CONFIG_RESET = CONFIG.EFIFO;
/** Times of SPECIFY are for this rate; at others they go with the time of a bit (table 5-7). */
const REFERENCE_RATE = 500_000;
/** The first loop of drive polling after a reset ends after this, at most (§8.1, §8.2). */
const POLLING_LOOP: Ticks = us(250);

/**
 * Intel 82077AA: floppy disk controller with a FIFO of 16 bytes. Its drives (at most four) are part
 * of it, as their cable is; `dma` is its DREQ/DACK# pair, `irq` its INT, both gated by DMAGATE.
 */
export class I82077aa extends Device {
  /** INT (IRQ6). */
  readonly irq = this.irqOut('INT');
  /** DRQ, DACK# and TC. */
  readonly dma = this.isaDma('DRQ', {
    read: (_size, terminal) => this.acknowledgedRead(terminal),
    write: (_size, value, terminal) => this.acknowledgedWrite(value, terminal),
    verify: (terminal) => void this.acknowledgedRead(terminal),
  });
  /** What SPECIFY, CONFIGURE, LOCK and PERPENDICULAR MODE set. */
  readonly control = this.cells('control', {
    srt: 0, hut: 0, hlt: 0, nonDma: false, config: CONFIG_RESET as number, pretrk: 0, lock: false, perpendicular: 0,
  });
  private readonly s = this.cells('state', {
    phase: PHASE.COMMAND as number,
    /** Bytes of the command that were given. */
    given: 0, parameters: new Uint8Array(9),
    /** Bytes of the result: to be read from `at` to `count`. */
    result: new Uint8Array(10), at: 0, count: 0,
    interrupt: false,
    /** Bits: units whose ST0 waits for SENSE INTERRUPT STATUS. */
    pending: 0, pendingStatus: new Uint8Array(UNITS),
    /** DRATE_SEL; DSR and CCR write the same. */
    rate: 2,
    /** DOR before its last write. */
    dor: 0,
    /** The head is loaded on this unit until that time. */
    headUnit: 0, headUntil: 0,
  });
  readonly fifo = new Fifo();
  readonly seeks: Seeks;
  readonly transfer: Transfer;
  /** Drive polling after a reset (§7.4). */
  readonly polled = this.event('polled', () => this.drivesPolled());
  /** 3F0h-3F7h; the address 6 is the disk controller's. */
  readonly ports: Bank<(typeof FDC_REGISTERS)['registers']>;
  private readonly format: FormatTrack;
  private readonly drives: readonly (FloppyDrive | null)[];
  private readonly overruns = this.counter('floppyOverruns', '', 'bytes that nobody took or gave in time');

  private readonly fifoAccesses = this.counter(
    'floppyFifoAccesses', '', 'accesses of the processor to the FIFO of the floppy controller',
  );

  constructor(name: string, sim: Simulation, drives: readonly (FloppyDrive | null)[] = []) {
    super(name, sim);
    this.drives = drives;
    drives.forEach((d, unit) => d?.attach(
      (group, cells) => this.state.declare(group, cells, group.endsWith('.disk')), `drive${unit}`,
    ));
    this.cells('fifo', this.fifo.s);
    const now = (): Ticks => this.sim.scheduler.now;
    const drive = (unit: number): FloppyDrive | null => this.drive(unit);
    const event = (member: string, action: () => void) => this.event(member, action);
    this.seeks = new Seeks({
      event, now, drive,
      stepTime: () => this.scaled(16 - this.control.srt),
      ended: (unit, st0) => this.attention(unit, st0),
      arrived: () => this.transferStart(),
    });
    this.cells('seeks', this.seeks.s);
    const owner = {
      fifo: this.fifo, event, now, drive,
      rate: () => DATA_RATES[this.s.rate],
      headLoadTime: (unit: number) => this.headLoadTime(unit),
      startFifo: (reading: boolean, left: number) => this.startFifo(reading, left),
      result: (unit: number, st0: number, st1: number, st2: number) => this.transferEnded(unit, st0, st1, st2),
      note: (what: string, detail: string) => this.note(what, detail),
      overrun: () => this.overrun(),
      forgivesNoDisk: () => forgives(this.sim, 'fdc-no-disk'),
      forgivesDensity: () => {
        const rule = 'fdc-single-density';
        this.note(rule, breach(this.sim, rule, 'READ ID without MFM'));
        return forgives(this.sim, rule);
      },
      headAt: (unit: number, cylinder: number) => { this.seeks.s.pcn[unit] = cylinder; },
    };
    this.transfer = new Transfer(owner);
    this.cells('transfer', this.transfer.s);
    this.format = new FormatTrack(this.transfer, owner);
    this.cells('format', this.format.s);
    this.ports = this.regs('ports', FDC_REGISTERS, {
      DOR: { write: (w) => this.dorWritten(w.value) },
      MSR: { value: () => this.mainStatus() },
      DSR: { write: (w) => this.dsrWritten(w.DRATE_SEL, w.SW_RESET === 1) },
      FIFO: {
        value: () => this.fifoValue(),
        read: () => this.fifoRead(),
        write: (w) => this.fifoWritten(w.DATA),
      },
      DIR: { get: { DSKCHG: () => +this.diskChange } },
      CCR: { write: (w) => { this.s.rate = w.DRATE_SEL; } },
    });
  }

  override describe(): Identity {
    return {
      compatible: 'intel,82077aa',
      title: '82077AA floppy disk controller',
      datasheet: 'Intel 290166, 82077AA CHMOS single-chip floppy disk controller',
      figures: [
        {
          what: 'service lead', value: '1.5 µs', source: '290166 §2.1.6, FIFO threshold examples',
          verified: 'second-hand',
        },
        { what: 'first drive polling loop', value: '250 µs', source: '290166 §8.1', verified: 'document' },
        {
          what: 'step, head load and unload units at 500 kbit/s', value: '1 ms, 2 ms, 16 ms',
          source: '290166 table 5-7', verified: 'second-hand',
        },
      ],
      absent: [
        'the time in which RQM is 0 between bytes of a command or of a result',
        'FM encoding: nothing is found with MFM = 0', 'status registers A and B, which are not driven on an AT',
      ],
    };
  }

  override resetEnter(): void {
    super.resetEnter();
    this.transfer.stop();
    this.fifo.clear();
  }

  /** Commands, seeks and polling; but without DMA it waits for software to take or give a byte. */
  override get atWork(): boolean {
    const waits = this.s.phase === PHASE.EXECUTION && this.fifo.s.request && this.control.nonDma;
    return this.anyEventPending && !waits;
  }

  protected override outputs(): void {
    const gate = (this.s.dor & 0x08) !== 0;
    const asks = this.s.phase === PHASE.EXECUTION && this.fifo.s.request;
    const int = gate && (this.s.interrupt || (asks && this.control.nonDma));
    this.irq.set(int);
    this.dma.dreq.set(gate && asks && !this.control.nonDma);
  }

  // --- What commands use.

  /** The drive of a number, if it is there and the DOR selects it with its motor on; or null. */
  drive(unit: number): FloppyDrive | null {
    const drive = this.drives[unit] ?? null;
    if (drive === null || this.selected === unit) return drive;
    return forgives(this.sim, 'fdc-drive-not-selected') ? drive : null;
  }

  hasDrive(unit: number): boolean {
    return (this.drives[unit] ?? null) !== null;
  }

  /** Somebody changes a drive's disk, or takes it out (null). False: there is no such drive. */
  changeDisk(unit: number, medium: FloppyMedium | null): boolean {
    const drive = this.drives[unit] ?? null;
    if (drive === null) return false;
    drive.change(medium, this.sim.scheduler.now);
    this.transfer.motorChanged();
    return true;
  }

  /** Command phase. */
  ready(): void {
    this.s.phase = PHASE.COMMAND;
    this.s.given = 0;
  }

  /** Result phase, without an interrupt. */
  answer(bytes: readonly number[]): void {
    const s = this.s;
    s.result.set(bytes);
    s.at = 0;
    s.count = bytes.length;
    s.phase = PHASE.RESULT;
  }

  invalid(): void {
    this.answer(INVALID_ANSWER);
  }

  /** The lowest unit whose seek or polling ended and was not sensed yet, or -1. */
  nextPending(): number {
    for (let unit = 0; unit < UNITS; unit++) if ((this.s.pending & 1 << unit) !== 0) return unit;
    return -1;
  }

  /** Takes its ST0; the interrupt signal ends (§5.2.4). */
  takePending(unit: number): number {
    this.s.pending &= ~(1 << unit);
    this.s.interrupt = false;
    return this.s.pendingStatus[unit];
  }

  /** READ, WRITE, VERIFY, FORMAT and READ ID. */
  transferCommand(p: Uint8Array): void {
    const { transfer, control } = this, code = p[0] & 0x1f, unit = p[1] & 3;
    this.s.phase = PHASE.EXECUTION;
    this.fifo.clear();
    transfer.prepare(code, p);
    if (code === COMMAND.FORMAT_TRACK) this.format.prepare(p);
    const nine = code !== COMMAND.FORMAT_TRACK && code !== COMMAND.READ_ID;
    if (nine && (control.config & CONFIG.EIS) !== 0 && this.seeks.s.pcn[unit] !== transfer.s.c) {
      transfer.s.st0 = ST0.SE;
      this.seeks.to(unit, transfer.s.c, true);
    } else this.transferStart();
  }

  // --- Registers.

  /** The unit that DOR selects while its motor is on, or -1 (§2.1.2). */
  private get selected(): number {
    const unit = this.s.dor & 3;
    return (this.s.dor & 0x10 << unit) !== 0 ? unit : -1;
  }

  private get inReset(): boolean {
    return (this.s.dor & 0x04) === 0;
  }

  private get diskChange(): boolean {
    const drive = this.drive(this.s.dor & 3);
    return drive !== null && drive.diskChange;
  }

  private mainStatus(): number {
    const { s, control } = this;
    if (this.inReset) return 0;
    const busy = this.seeks.s.busy;
    if (s.phase === PHASE.RESULT) return 0xd0 | busy;
    if (s.phase === PHASE.COMMAND) return 0x80 | (s.given > 0 ? 0x10 : 0) | busy;
    const asks = control.nonDma && this.fifo.s.request;
    return 0x10 | +asks << 7 | +this.fifo.s.reading << 6 | +control.nonDma << 5 | busy;
  }

  private dorWritten(value: number): void {
    const { s } = this, now = this.sim.scheduler.now;
    const was = s.dor;
    s.dor = value;
    for (let unit = 0; unit < UNITS; unit++) this.drives[unit]?.setMotor((value & 0x10 << unit) !== 0, now);
    if ((was & 4) !== 0 && (value & 4) === 0) this.softReset();
    if ((was & 4) === 0 && (value & 4) !== 0) this.resetEnded();
    this.transfer.motorChanged();
  }

  private dsrWritten(rate: number, reset: boolean): void {
    this.s.rate = rate;
    this.ports.r.DSR.SW_RESET = 0;
    if (!reset || this.inReset) return;
    this.softReset();
    this.resetEnded();
  }

  /** Reset by DOR or DSR: the data path and, without LOCK, the FIFO's settings (§3.2, §5.2.9). */
  private softReset(): void {
    const { s, control } = this;
    this.transfer.stop();
    this.seeks.stop();
    this.fifo.clear();
    this.polled.cancel();
    this.ready();
    s.interrupt = false;
    s.pending = 0;
    s.headUntil = 0;
    if (control.lock) control.config &= CONFIG.EFIFO | CONFIG.THRESHOLD;
    else {
      control.config = CONFIG_RESET;
      control.pretrk = 0;
    }
    control.perpendicular &= 0x3c;
  }

  private resetEnded(): void {
    if ((this.control.config & CONFIG.POLL) === 0) this.polled.after(POLLING_LOOP);
  }

  /** Every drive has become ready, as it was not after the reset: an interrupt (§7.4). */
  private drivesPolled(): void {
    for (let unit = 0; unit < UNITS; unit++) this.attention(unit, ST0.POLLING | unit);
  }

  private attention(unit: number, st0: number): void {
    this.s.pending |= 1 << unit;
    this.s.pendingStatus[unit] = st0;
    this.s.interrupt = true;
  }

  private fifoValue(): number {
    const { s } = this;
    if (s.phase === PHASE.RESULT && !this.inReset) return s.result[s.at];
    return this.hostMayRead ? this.fifo.top : 0;
  }

  private get hostMayRead(): boolean {
    return this.s.phase === PHASE.EXECUTION && this.control.nonDma && this.fifo.s.reading && this.fifo.s.request;
  }

  private fifoRead(): void {
    const { s } = this;
    this.fifoAccesses.value++;
    if (s.phase === PHASE.RESULT && !this.inReset) {
      if (++s.at === s.count) {
        s.interrupt = false;
        this.ready();
      }
    } else if (this.hostMayRead) {
      this.fifo.toHost(this.sim.scheduler.now);
      if (this.fifo.s.count === 0) this.transfer.drained();
    } else this.note('fdc-not-ready', 'the FIFO was read while RQM or DIO was 0');
  }

  private fifoWritten(value: number): void {
    const { s, fifo } = this;
    this.fifoAccesses.value++;
    if (s.phase === PHASE.COMMAND && !this.inReset) this.commandByte(value);
    else if (s.phase === PHASE.EXECUTION && this.control.nonDma && !fifo.s.reading && fifo.s.request)
      fifo.fromHost(value, this.sim.scheduler.now);
    else this.note('fdc-not-ready', 'the FIFO was written while RQM was 0 or DIO was 1');
  }

  /** DEVIATES: RQM is 1 again at once. */
  private commandByte(value: number): void {
    const { s } = this;
    s.parameters[s.given++] = value;
    const row = commandOf(s.parameters[0]);
    if (row === null) {
      this.note('fdc-invalid-command', `command ${value.toString(16).padStart(2, '0')}h is not one of the chip's`);
      this.invalid();
    } else if (s.given === row.bytes) {
      if (row.bytes > 1) this.addressed(s.parameters[1] & 3, row.name);
      row.run(this, s.parameters);
    }
  }

  /** A command names a drive: notes it if the DOR does not select it. */
  private addressed(unit: number, command: string): void {
    const drive = this.drives[unit] ?? null;
    if (drive === null || this.selected === unit || /SPECIFY|CONFIGURE|PERPENDICULAR/.test(command)) return;
    const rule = 'fdc-drive-not-selected';
    this.note(rule, breach(this.sim, rule, `${command}: drive ${unit} is not selected with its motor on`));
    if (forgives(this.sim, rule) && !drive.s.motor) {
      drive.s.motor = true;
      drive.s.origin = this.sim.scheduler.now;
    }
  }

  // --- The execution phase.

  private transferStart(): void {
    const { transfer, s } = this, t = transfer.s;
    const left = t.code === COMMAND.FORMAT_TRACK ? t.eot * ID_BYTES : transfer.bytesToEnd;
    s.headUnit = t.unit;
    transfer.start(transfer.writing ? left : 0);
  }

  private startFifo(reading: boolean, left: number): void {
    const { config } = this.control;
    this.fifo.start(reading, (config & CONFIG.EFIFO) === 0, (config & CONFIG.THRESHOLD) + 1, left);
  }

  private headLoadTime(unit: number): Ticks {
    const { s } = this;
    if (s.headUnit === unit && this.sim.scheduler.now < s.headUntil) return 0;
    return this.scaled(2 * (this.control.hlt || 128));
  }

  /** Milliseconds at 500 kbit/s as they are at the rate that is set. */
  private scaled(milliseconds: number): Ticks {
    return Math.round(ms(milliseconds) * REFERENCE_RATE / DATA_RATES[this.s.rate]);
  }

  private transferEnded(unit: number, st0: number, st1: number, st2: number): void {
    const { s } = this, t = this.transfer.s;
    this.fifo.clear();
    s.headUnit = unit;
    s.headUntil = this.sim.scheduler.now + this.scaled(16 * (this.control.hut || 16));
    this.answer([st0, st1, st2, t.c, t.h, t.r, t.n]);
    s.interrupt = true;
  }

  private overrun(): void {
    this.overruns.value++;
    this.note('fdc-overrun', 'a byte was not taken or given in time (ST1, OR)');
  }

  private acknowledgedRead(terminal: boolean): number {
    if (!this.dma.dreq.level || !this.fifo.s.reading) return 0xff;
    const value = this.fifo.toHost(this.sim.scheduler.now);
    if (terminal) this.transfer.terminalCount();
    else if (this.fifo.s.count === 0) this.transfer.drained();
    return value;
  }

  private acknowledgedWrite(value: number, terminal: boolean): void {
    if (!this.dma.dreq.level || this.fifo.s.reading) return;
    this.fifo.fromHost(value, this.sim.scheduler.now);
    if (terminal) this.transfer.terminalCount();
  }
}
