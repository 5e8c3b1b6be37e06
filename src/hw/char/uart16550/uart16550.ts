import type { CharBackend } from '../../../host/char.ts';
import type { Bank } from '../../../reg/bank.ts';
import { Clock } from '../../../sim/clock.ts';
import type { Identity, Simulation } from '../../../sim/component.ts';
import { forgives } from '../../../sim/forgive.ts';
import type { Ticks } from '../../../sim/time.ts';
import { Device } from '../../device.ts';
import type { DmaRequester } from '../../dma/isa-dma.ts';
import { HostInput } from './host-input.ts';
import { Receiver } from './receiver.ts';
import { INTERRUPT, LINE_ERROR, MODEM, TRIGGER_LEVELS, UART_REGISTERS } from './spec.ts';
import { Transmitter } from './transmitter.ts';

/** The usual crystal, that of a PC's serial port; 16 cycles × divisor are one bit. */
export const UART_CLOCK = new Clock('uart', 1_843_200);

/** Bits that every access looks at, as the rows of `spec.ts` have them. */
const IER = { ERBFI: 1, ETBEI: 2, ELSI: 4, EDSSI: 8 } as const;
const MCR_OUT2 = 8, MCR_LOOP = 16;
const LINE_ERRORS = LINE_ERROR.OE | LINE_ERROR.PE | LINE_ERROR.FE | LINE_ERROR.BI;

/** What is written to FCR (§8.5). */
type FifoControl = Readonly<Record<'ENABLE' | 'RX_RESET' | 'TX_RESET' | 'DMA_MODE' | 'TRIGGER', number>>;

export interface Uart16550Options {
  /** Something is plugged in that asserts CTS, DSR and DCD (default true). */
  connected?: boolean;
  /** Clock at XIN; `UART_CLOCK` by default. */
  clock?: Clock;
  /** The pins RXRDY and TXRDY are wired to a DMA controller (default false). */
  dma?: boolean;
}

/**
 * A 16550A serial port of a PC. Characters take their time on the line in both directions; the
 * interrupt passes a gate that OUT2 opens. The host puts characters into a queue (`receive`), from
 * which they arrive one by one at the line rate.
 */
export class Uart16550 extends Device {
  readonly irq = this.irqOut('irq');
  override readonly clock: Clock;
  private readonly backend: CharBackend;
  private readonly rx = new Receiver();
  private readonly tx = new Transmitter();
  private readonly input = new HostInput();
  private readonly s = this.cells('state', {
    fifo: false,
    trigger: 1,
    /** FCR bit 3 (§8.5): in mode 1, the ready pins stay until the FIFO is empty, or full. */
    dmaMode: false, receiveReady: false, transmitReady: false,
    /**
     * The transmitter-empty interrupt is pending: cleared by reading it from IIR or by writing THR.
     */
    transmitterEmpty: false,
    timedOut: false,
    /** ETBEI before the last write of IER. */
    etbei: 0,
    /** Modem inputs as last seen, MSR bits 7-4. */
    modemSeen: 0,
  });
  /** An interrupt waits behind the closed gate, and it has been noted; derived, for notes only. */
  private heldBack = false;
  /** The modem lines as the cable drives them: no reset changes them. */
  private readonly cable = this.state.declare('cable', { lines: 0 }, true);
  private readonly shifted = this.event('shifted', () => this.characterSent());
  private readonly arrival = this.event('arrival', () => this.characterArrives());
  private readonly timeout = this.event('timeout', () => {
    this.s.timedOut = true;
  });
  /** How long characters waited in the receiver until they were read, since reset. */
  private readonly waits = this.cells('waits', { characters: 0, ticks: 0, longest: 0 });
  /** RXRDY and TXRDY with their DACK# cycles; null if they are not wired. */
  readonly receiveDma: DmaRequester | null;
  readonly transmitDma: DmaRequester | null;
  /** Eight ports. */
  readonly ports: Bank<(typeof UART_REGISTERS)['registers']>;

  constructor(name: string, sim: Simulation, backend: CharBackend, options: Uart16550Options = {}) {
    super(name, sim);
    this.backend = backend;
    this.clock = options.clock ?? UART_CLOCK;
    this.cells('rx', this.rx.state);
    this.cells('tx', this.tx.state);
    this.state.declare('input', this.input.state, true);
    const wired = options.dma === true;
    this.receiveDma = wired ? this.isaDma('rxrdy', { read: () => this.takeReceived() }) : null;
    this.transmitDma = wired ? this.isaDma('txrdy', { write: (_size, value) => this.characterWritten(value) }) : null;
    if (options.connected ?? true) this.cable.lines = MODEM.CTS | MODEM.DSR | MODEM.DCD;
    this.s.modemSeen = this.cable.lines;
    this.ports = this.regs(
      'ports', UART_REGISTERS,
      {
        RBR: { get: { DATA: () => this.rx.top }, read: () => this.characterRead() },
        THR: { write: (w) => this.characterWritten(w.DATA) },
        IER: { write: (w) => this.enableWritten(w.ETBEI) },
        IIR: {
          get: { NONE: () => this.source() & 1, ID: () => this.source() >> 1, FIFOS: () => (this.s.fifo ? 3 : 0) },
          read: () => {
            if (this.source() === INTERRUPT.TRANSMITTER_EMPTY) this.s.transmitterEmpty = false;
          },
        },
        FCR: { write: (w) => this.fifoControl(w) },
        MCR: { write: () => this.modemChanged() },
        LSR: { value: () => this.lineStatus(), read: () => this.rx.statusRead() },
        MSR: {
          get: {
            CTS: () => this.modem(MODEM.CTS),
            DSR: () => this.modem(MODEM.DSR),
            RI: () => this.modem(MODEM.RI),
            DCD: () => this.modem(MODEM.DCD),
          },
        },
      },
      { page: () => this.ports.r.LCR.DLAB },
    );
  }

  /**
   * The host sends a character; it arrives after those before it. Returns false if the queue is
   * full. Call only between two runs of the simulation.
   */
  receive(byte: number): boolean {
    return this.queueInput(byte & 0xff);
  }

  /** The host sends a break of one character time. */
  receiveBreak(): boolean {
    return this.queueInput(HostInput.BREAK);
  }

  /** Characters that the host has sent and that have not arrived yet. */
  get inputPending(): number {
    return this.input.count;
  }

  /** Characters written by software that have not left; in loopback mode none leaves. */
  override get outputPending(): boolean {
    return !this.tx.idle && this.ports.r.MCR.LOOP === 0;
  }

  /** The cable's modem lines change (MODEM bits; 1 = asserted). */
  setModemLines(lines: number): void {
    this.cable.lines = lines & 0xf0;
    this.modemChanged();
    this.outputs();
  }

  /** How long characters waited for being read, since reset: their number, and ticks. */
  get receiveWaits(): { readonly characters: number; readonly ticks: Ticks; readonly longest: Ticks } {
    return this.waits;
  }

  /** Bits per second on the line. */
  get baudRate(): number {
    return this.clock.numerator / this.clock.denominator / (16 * this.divisor);
  }

  override resetEnter(): void {
    super.resetEnter();
    this.s.modemSeen = this.cable.lines;
  }

  override resetExit(): void {
    if (this.input.count > 0) this.arrival.after(this.characterTime());
  }

  /** A character is being sent. */
  override get atWork(): boolean {
    return this.shifted.pending;
  }

  override describe(): Identity {
    return {
      compatible: 'ns16550a',
      title: '16550A serial port',
      datasheet: 'National Semiconductor PC16550D, TL/C/8652 (June 1995)',
      figures: [{
        what: 'a bit on the line', value: '16 × divisor cycles of the clock', source: 'PC16550D §8.3',
        verified: 'document',
      }],
      absent: ['the value of the parity bit', 'the delay of the empty indication of a FIFO with one character'],
    };
  }

  protected override outputs(): void {
    const wanted = this.source() !== INTERRUPT.NONE;
    this.irq.set(wanted && this.gateOpen());
    if (!wanted) this.heldBack = false;
    if (this.receiveDma !== null) this.receiveDma.dreq.set(this.receiveReady());
    if (this.transmitDma !== null) this.transmitDma.dreq.set(this.transmitReady());
  }

  /**
   * RXRDY: mode 0: there is a character. Mode 1: from the trigger level or the timeout on, until
   * there is none (§8.5 bit 3, pin descriptions).
   */
  private receiveReady(): boolean {
    const { s, rx } = this;
    if (rx.count === 0) s.receiveReady = false;
    else if (!s.fifo || !s.dmaMode || rx.count >= s.trigger || s.timedOut) s.receiveReady = true;
    return s.receiveReady;
  }

  /**
   * TXRDY: mode 0: there is no character. Mode 1: from then on until the FIFO is full. DEVIATES:
   * without the delay of a character time (§8.11).
   */
  private transmitReady(): boolean {
    const { s, tx } = this;
    if (tx.empty) s.transmitReady = true;
    else if (!s.fifo || !s.dmaMode || !tx.hasRoom(true)) s.transmitReady = false;
    return s.transmitReady;
  }

  /** A DACK# cycle with IOR#. */
  private takeReceived(): number {
    const character = this.rx.top;
    this.characterRead();
    return character;
  }

  /**
   * OUT2 opens the gate to the interrupt line; in loopback mode its pin is inactive (§8.8 bit 4).
   */
  private gateOpen(): boolean {
    const gate = this.ports.r.MCR.value & (MCR_OUT2 | MCR_LOOP);
    if (gate === MCR_OUT2) return true;
    if ((gate & MCR_LOOP) !== 0) return false;
    if (this.heldBack) return forgives(this.sim, 'uart-interrupt-without-out2');
    this.heldBack = true;
    return this.broken('uart-interrupt-without-out2', 'an interrupt is enabled and wanted while OUT2 is clear');
  }

  /** The interrupt that IIR shows: the enabled source of highest priority (table IV). */
  private source(): number {
    const ier = this.ports.r.IER.value;
    if (ier === 0) return INTERRUPT.NONE;
    if ((ier & IER.ELSI) !== 0 && this.rx.state.status !== 0) return INTERRUPT.LINE_STATUS;
    if ((ier & IER.ERBFI) !== 0) {
      if (this.rx.count >= (this.s.fifo ? this.s.trigger : 1)) return INTERRUPT.DATA_AVAILABLE;
      if (this.s.timedOut) return INTERRUPT.TIMEOUT;
    }
    if ((ier & IER.ETBEI) !== 0 && this.s.transmitterEmpty) return INTERRUPT.TRANSMITTER_EMPTY;
    if ((ier & IER.EDSSI) !== 0 && (this.ports.r.MSR.value & 0x0f) !== 0) return INTERRUPT.MODEM_STATUS;
    return INTERRUPT.NONE;
  }

  /** LSR (§8.4): one value, as drivers poll it. */
  private lineStatus(): number {
    const { rx, tx } = this;
    return (
      +(rx.count > 0) |
      (rx.state.status & LINE_ERRORS) |
      (+tx.empty << 5) |
      (+tx.idle << 6) |
      (+(this.s.fifo && rx.holdsError) << 7)
    );
  }

  /** Divisor latch. DEVIATES: the counter behind it takes 0 for 65536. */
  private get divisor(): number {
    const r = this.ports.r;
    return (r.DLM.value << 8 | r.DLL.value) || 65536;
  }

  /** Start, data, parity and stop bits of one character (§8.1). */
  private characterTime(): Ticks {
    const lcr = this.ports.r.LCR;
    const stopHalves = lcr.STB === 0 ? 2 : lcr.WLS === 0 ? 3 : 4;
    const halves = 2 * (1 + 5 + lcr.WLS + lcr.PEN) + stopHalves;
    return this.clock.duration(8 * this.divisor * halves);
  }

  private get dataMask(): number {
    return 0xff >> (3 - this.ports.r.LCR.WLS);
  }

  private characterWritten(character: number): void {
    this.s.transmitterEmpty = false;
    if (
      !this.tx.hasRoom(this.s.fifo) &&
      this.broken('uart-write-before-thre', 'a character was written while the transmitter had no room')
    ) {
      this.shifted.cancel();
      this.characterSent();
    }
    this.tx.push(character, this.s.fifo);
    if (!this.tx.state.shifting) this.nextCharacter();
  }

  /** DEVIATES: that the FIFO is empty shows at once, not a character time later (§8.11). */
  private nextCharacter(): void {
    if (!this.tx.load()) return;
    this.shifted.after(this.characterTime());
    if (this.tx.empty) this.s.transmitterEmpty = true;
  }

  private characterSent(): void {
    const character = this.tx.state.shift & this.dataMask;
    const r = this.ports.r;
    if (r.MCR.LOOP === 1) this.accept(character, 0);
    // Break holds SOUT low: the line shows no characters (§8.1 bit 6).
    else if (r.LCR.BREAK === 0) this.backend.transmit(character);
    this.tx.state.shifting = false;
    this.nextCharacter();
  }

  private queueInput(entry: number): boolean {
    if (!this.input.push(entry)) return false;
    if (!this.arrival.pending) this.arrival.after(this.characterTime());
    return true;
  }

  private characterArrives(): void {
    const entry = this.input.shift();
    if (this.input.count > 0) this.arrival.after(this.characterTime());
    // In loopback mode SIN is disconnected (§8.8 bit 4).
    if (this.ports.r.MCR.LOOP === 0) {
      // A break is received as one zero character with a framing error (§8.4 bit 4).
      if (entry === HostInput.BREAK) this.accept(0, LINE_ERROR.BI | LINE_ERROR.FE);
      else this.accept(entry & this.dataMask, 0);
    }
    if (this.input.count === 0) this.backend.drained?.();
  }

  private accept(character: number, errors: number): void {
    if (!this.rx.push(character, errors, this.s.fifo, this.sim.scheduler.now))
      this.note('receive-overrun', 'a character arrived before there was room for it');
    this.restartTimeout();
  }

  private characterRead(): void {
    if (this.rx.count > 0) {
      const w = this.waits, wait = this.sim.scheduler.now - this.rx.topSince;
      w.characters++;
      w.ticks += wait;
      if (wait > w.longest) w.longest = wait;
    }
    this.rx.pop();
    this.s.timedOut = false;
    this.restartTimeout();
  }

  /**
   * Timeout interrupt: four character times without a character coming or going, and one in the
   * FIFO (§8.11).
   */
  private restartTimeout(): void {
    if (this.s.fifo && this.rx.count > 0) {
      if (!this.s.timedOut) this.timeout.after(4 * this.characterTime());
    } else {
      this.timeout.cancel();
    }
  }

  /** Enabling ETBEI while THR is empty raises the interrupt at once (§8.7 bit 1). */
  private enableWritten(etbei: number): void {
    if (etbei === 1 && this.s.etbei === 0 && this.tx.empty) this.s.transmitterEmpty = true;
    this.s.etbei = etbei;
  }

  private fifoControl(w: FifoControl): void {
    const s = this.s, enable = w.ENABLE === 1, resetRx = w.RX_RESET === 1, resetTx = w.TX_RESET === 1;
    const changed = enable !== s.fifo;
    s.fifo = enable;
    // Without bit 0 the other bits are not programmed; changing it clears both FIFOs (§8.5 bit 0).
    if (enable) {
      s.trigger = TRIGGER_LEVELS[w.TRIGGER];
      s.dmaMode = w.DMA_MODE === 1;
    }
    if (changed || (enable && resetRx)) {
      this.rx.clear();
      s.timedOut = false;
      this.timeout.cancel();
    }
    if (changed || (enable && resetTx)) {
      if (!this.tx.empty) s.transmitterEmpty = true;
      this.tx.clear();
    }
  }

  private modem(bit: number): number {
    return +((this.modemLines() & bit) !== 0);
  }

  /** The modem inputs, MSR bits 7-4; in loopback the outputs (§8.8 bit 4). */
  private modemLines(): number {
    const mcr = this.ports.r.MCR;
    if (mcr.LOOP === 0) return this.cable.lines;
    return mcr.RTS * MODEM.CTS | mcr.DTR * MODEM.DSR | mcr.OUT1 * MODEM.RI | mcr.OUT2 * MODEM.DCD;
  }

  /** Delta bits: any change of CTS, DSR and DCD, the end of RI (§8.9). */
  private modemChanged(): void {
    const now = this.modemLines();
    const changed = now ^ this.s.modemSeen;
    this.s.modemSeen = now;
    const msr = this.ports.r.MSR;
    if ((changed & MODEM.CTS) !== 0) msr.DCTS = 1;
    if ((changed & MODEM.DSR) !== 0) msr.DDSR = 1;
    if ((changed & MODEM.RI & ~now) !== 0) msr.TERI = 1;
    if ((changed & MODEM.DCD) !== 0) msr.DDCD = 1;
  }
}
