import { Clock } from '../../../sim/clock.ts';
import type { Identity, Simulation } from '../../../sim/component.ts';
import { TICKS_PER_SECOND, type Ticks } from '../../../sim/time.ts';
import { ObservedRegisters, registerTraffic, trafficCounters } from '../../pci/observed-registers.ts';
import { PciFunction } from '../../pci/pci-function.ts';
import { frameCounters } from '../frame-counters.ts';
import type { EthernetLink, EthernetStation } from '../ethernet.ts';
import { FrameFifo, frameFifoCells } from '../frame-fifo.ts';
import { destinationKind, isFor, KIND, multicastHash } from '../mac-address.ts';
import { SerialEeprom, serialEepromCells } from '../serial-eeprom/serial-eeprom.ts';
import { ConfigurationLock } from './configuration-lock.ts';
import { eepromOf, EEPROM_CONFIG0, EEPROM_MAC } from './eeprom.ts';
import { ReceiveRing, receiveRingCells, type RingEvent } from './receive-ring.ts';
import { EEM, INT, RTL8139_CONFIG, RTL8139_REGISTERS, RX } from './spec.ts';
import { Transmitter, transmitterCells } from './transmitter.ts';

/** Bytes of the receive FIFO (§1, features). */
const RECEIVE_FIFO = 2048;
/** Shortest frame without FCS (IEEE 802.3 §4.4.2). */
const FRAME_LEAST = 60;
/** Of a frame that is looped back: preamble, FCS and gap take the time of so many bytes. */
const FRAME_COST = 24;
const LOOP_RATE = 100e6;
/** The timer's clock where the card is in no slot: 33⅓ MHz (PCI 2.2 §4.2.3.1). */
const PCI_CLOCK = new Clock('pci', 100e6, 3);
const WRAPS = 2 ** 32;

/** What a card is made with: its EEPROM's address, and who carries its frames. */
export interface Rtl8139Options {
  readonly mac: Uint8Array;
  /** Without one there is no link. */
  readonly link: EthernetLink | null;
}

/** Realtek RTL8139C(L): Fast Ethernet with one receive ring and four transmit descriptors. */
export class Rtl8139 extends PciFunction implements EthernetStation {
  readonly inta = this.intxOut(1);
  private readonly link: EthernetLink | null;
  private readonly receivePort = this.dmaPort('receive', { burst: 2048, buffer: 2048 });
  private readonly transmitPort = this.dmaPort('transmit', { burst: 2048, buffer: 2048 });
  private readonly fifo = new FrameFifo(this.cells('fifo', frameFifoCells(RECEIVE_FIFO)));
  private readonly timer = this.cells('timer', { base: 0 });
  private readonly running = this.cells('running', { receiver: false });
  private readonly traffic = this.cells('traffic', registerTraffic());
  private readonly frames = this.cells('frames', { received: 0, dropped: 0, sent: 0, interrupts: 0, high: false });
  private readonly eeprom: SerialEeprom;
  private readonly lock: ConfigurationLock;
  private readonly ring: ReceiveRing;
  private readonly transmitter: Transmitter;
  private readonly timeout = this.event('timeout', () => this.timedOut());

  readonly registers = this.regs('registers', RTL8139_REGISTERS, {
    CR: {
      get: { BUFE: () => +this.ring.empty },
      write: (w) => this.commanded(w.RST === 1, w.RE === 1, w.TE === 1),
    },
    CAPR: { write: () => this.ring.next() },
    TSD0: { write: () => this.handed(0) },
    TSD1: { write: () => this.handed(1) },
    TSD2: { write: () => this.handed(2) },
    TSD3: { write: () => this.handed(3) },
    // DEVIATES: takes writes with RE = 0 as well, and TCR with TE = 0.
    RCR: { write: () => this.ring.next() },
    TCTR: {
      value: () => this.ticked(),
      write: () => {
        this.timer.base = this.sim.scheduler.now;
        this.armTimer();
      },
    },
    TIMERINT: { write: () => this.armTimer() },
    MPC: { write: (): void => { this.registers.r.MPC.value = 0; } },
    CR9346: {
      get: { EEDO: (): number => (this.registers.r.CR9346.EEM === EEM.PROGRAM ? +this.eeprom.out : 0) },
      write: () => this.eepromWires(),
    },
    CONFIG1: { write: () => this.lock.written('CONFIG1') },
    CONFIG3: { write: () => this.lock.written('CONFIG3') },
    CONFIG4: { write: () => this.lock.written('CONFIG4') },
    BMCR: { write: () => this.lock.written('BMCR') },
    TSAS: { value: () => this.summary() },
    MSR: { get: { LINKB: () => +(this.link === null), SPEED_10: () => +(this.link?.rate === 10e6) } },
    BMSR: { get: { LINK: () => +(this.link !== null), COMPLETE: () => +(this.link !== null) } },
    ANLPAR: {
      get: {
        SELECTOR: () => +(this.link !== null),
        ABILITIES: () => (this.link === null ? 0 : this.link.rate === 10e6 ? 0x03 : 0x0f),
        ACK: () => +(this.link !== null),
      },
    },
    ANER: { get: { LP_NW_ABLE: () => +(this.link !== null) } },
    CSCR: { get: { LINK: () => +(this.link !== null) } },
  }, { unclaimedValue: 'zero' });
  readonly config = this.configSpace(RTL8139_CONFIG, { STATUS: { get: { INTX: () => +this.pending } } });
  private readonly tsd = [this.registers.r.TSD0, this.registers.r.TSD1, this.registers.r.TSD2, this.registers.r.TSD3];
  private readonly tsad = [
    this.registers.r.TSAD0, this.registers.r.TSAD1, this.registers.r.TSAD2, this.registers.r.TSAD3,
  ];

  constructor(name: string, sim: Simulation, { mac, link }: Rtl8139Options) {
    super(name, sim);
    this.link = link;
    const eeprom = this.state.declare('eeprom', serialEepromCells(eepromOf(mac)), true);
    this.eeprom = new SerialEeprom(eeprom);
    this.lock = new ConfigurationLock(
      this.cells('locked', ConfigurationLock.cells()), this.registers.r,
      () => this.registers.r.CR9346.EEM === EEM.CONFIG,
    );
    this.ring = new ReceiveRing(
      this.cells('ring', receiveRingCells()), this.fifo, this.receivePort, this.ringRegisters(), (e) => this.rang(e),
    );
    this.ring.stored = this.completion(this.receivePort, 'stored', (status) => this.ring.burstDone(status));
    this.transmitter = new Transmitter(this.cells('transmit', transmitterCells()), this.transmitPort, this.sender());
    this.transmitter.part = this.completion(
      this.transmitPort, 'fetched', (status) => this.transmitter.burstDone(status),
    );
    this.transmitter.sent = this.event('sent', () => this.transmitter.left());
    const registers = new ObservedRegisters(this.registers, this.traffic);
    this.bar('BAR0', registers);
    this.bar('BAR1', registers);
    this.count();
    this.autoLoad();
  }

  private count(): void {
    const t = this.traffic, f = this.frames;
    this.countersOf(trafficCounters(t, 'card'));
    this.countersOf(frameCounters(f, () => f.interrupts));
  }

  override describe(): Identity {
    return {
      compatible: 'realtek,rtl8139',
      title: 'Fast Ethernet card: a receive ring and four transmit descriptors by bus master',
      datasheet: 'Realtek RTL8139C(L), revision 1.4 (2002-01-10)',
      figures: [
        { what: 'software reset', value: '0', source: 'assumption', verified: 'nobody' },
        { what: 'autonegotiation', value: '0', source: 'assumption', verified: 'nobody' },
        { what: 'writing a word of the 93C46', value: '0', source: 'assumption', verified: 'nobody' },
      ],
      absent: [
        'sending an aborted frame again (TCR.CLRABT): software hands it over anew',
        'early receive and early transmit: a frame crosses PCI before or after the wire, not at the same time',
        'flow control: no PAUSE frames',
        'power management, wake-up, CardBus, boot ROM, vital product data',
      ],
    };
  }

  override resetEnter(): void {
    super.resetEnter();
    this.timer.base = this.sim.scheduler.now;
    this.autoLoad();
  }

  protected override outputs(): void {
    const high = this.pending && !this.intxDisabled;
    if (high && !this.frames.high) this.frames.interrupts++;
    this.frames.high = high;
    this.inta.set(high);
  }

  private get pending(): boolean {
    return (this.registers.r.ISR.value & this.registers.r.IMR.value) !== 0;
  }

  private raise(causes: number): void {
    this.registers.r.ISR.value |= causes;
  }

  // --- command (§5.4) ---

  private commanded(reset: boolean, receive: boolean, transmit: boolean): void {
    if (reset) {
      this.softwareReset();
      return;
    }
    const began = receive && !this.running.receiver;
    this.running.receiver = receive;
    if (!receive) this.ring.reset();
    // DEVIATES: not in the data sheet; Linux 8139too relies on it when it recovers from an error.
    if (began) {
      this.registers.r.CBR.OFFSET = 0;
      this.registers.r.CAPR.OFFSET = 0xfff0;
    }
    if (!transmit) this.transmitter.reset();
    this.transmitter.kick();
  }

  /** §5.4, RST: all but the addresses, the configuration and the transceiver. */
  private softwareReset(): void {
    this.ring.reset();
    this.transmitter.reset();
    this.running.receiver = false;
    const fresh = this.registers.resetValues();
    Object.keys(RTL8139_REGISTERS.registers).forEach((name, index) => {
      if (!/^(IDR|MAR|CONFIG|BMCR|ANAR|CR9346|TIMERINT|TCTR)/.test(name)) this.registers.values[index] = fresh[index];
    });
  }

  // --- receive (§9.2) ---

  frameArrived(frame: Uint8Array): void {
    this.receive(frame, frame.length);
    this.outputs();
  }

  private receive(frame: Uint8Array, length: number): void {
    const status = this.accept(frame, length);
    if (status === 0 || this.registers.r.CR.RE === 0) return;
    if (!this.fifo.fits(length)) {
      this.frames.dropped++;
      this.missed();
      this.raise(INT.FOVW);
      return;
    }
    this.fifo.push(frame, length, status);
    // DEVIATES: the chip begins at RXFTH, while the frame still arrives.
    this.ring.next();
  }

  /** Whether the frame is wanted (§5.8): its status word, or 0. */
  private accept(frame: Uint8Array, length: number): number {
    const { RCR, MAR0, MAR4, IDR0, IDR4 } = this.registers.r;
    if (length < FRAME_LEAST && RCR.AR === 0) return 0;
    const runt = length < FRAME_LEAST ? RX.RUNT : 0;
    const own = isFor(frame, IDR0.value, IDR4.value);
    const kind = destinationKind(frame);
    let wanted = false, status = RX.ROK | runt;
    if (kind === KIND.broadcast) {
      status |= RX.BAR;
      wanted = RCR.AB === 1;
    } else if (kind === KIND.multicast) {
      const hash = multicastHash(frame);
      status |= RX.MAR;
      wanted = RCR.AM === 1 && (((hash < 32 ? MAR0.value : MAR4.value) >>> hash % 32) & 1) === 1;
    } else {
      // §5.8, AAP: frames for any one station, not those for groups.
      if (own) status |= RX.PAM;
      wanted = RCR.AAP === 1 || (own && RCR.APM === 1);
    }
    return wanted ? status : 0;
  }

  private missed(): void {
    const { MPC } = this.registers.r;
    MPC.COUNT = (MPC.COUNT + 1) & 0xffffff;
  }

  private rang(event: RingEvent): void {
    if (event === 'full') this.raise(INT.RXOVW);
    else if (event === 'stored') {
      this.frames.received++;
      this.raise(INT.ROK);
    } else {
      this.frames.dropped++;
      this.missed();
      this.raise(INT.SERR);
    }
  }

  private ringRegisters() {
    const { r } = this.registers;
    return {
      get enabled() { return r.CR.RE === 1; },
      get start() { return r.RBSTART.value; },
      get length() { return 8192 << r.RCR.RBLEN; },
      // §5.8: a ring of 64 KiB always wraps.
      get goesOn() { return r.RCR.WRAP === 1 && r.RCR.RBLEN !== 3; },
      get burst() { return 16 << r.RCR.MXDMA; },
      get capr() { return r.CAPR.OFFSET; },
      get cbr() { return r.CBR.OFFSET; },
      set cbr(value: number) { r.CBR.OFFSET = value; },
    };
  }

  // --- transmit (§9.1) ---

  /** A descriptor was written: what its last frame left is gone (§5.2). */
  private handed(n: number): void {
    const tsd = this.tsd[n];
    if (tsd.OWN === 1) return;
    tsd.TOK = tsd.TUN = tsd.TABT = tsd.CRS = 0;
    this.transmitter.kick();
  }

  private sender() {
    const { r } = this.registers;
    return {
      get enabled() { return r.CR.TE === 1; },
      get burst() { return 16 << r.TCR.MXDMA; },
      get loopback() { return r.TCR.LBK === 3; },
      waits: (n: number): boolean => this.tsd[n].OWN === 0,
      size: (n: number): number => this.tsd[n].SIZE,
      address: (n: number): number => this.tsad[n].value,
      fetched: (n: number): void => { this.tsd[n].OWN = 1; },
      ended: (n: number, sent: boolean): void => this.ended(n, sent),
      failed: (): void => this.raise(INT.SERR),
      send: (frame: Uint8Array, length: number): Ticks => this.send(frame, length),
      loop: (frame: Uint8Array, length: number): void => {
        this.receive(frame.subarray(0, length), length);
      },
    };
  }

  private ended(n: number, sent: boolean): void {
    const tsd = this.tsd[n];
    if (sent) {
      this.frames.sent++;
      tsd.TOK = 1;
      if (this.link === null) tsd.CRS = 1;
    } else {
      tsd.TABT = 1;
      this.note('transmit-refused', `descriptor ${n}: ${tsd.SIZE} bytes at 0x${this.tsad[n].value.toString(16)}`);
    }
    this.raise(sent ? INT.TOK : INT.TER);
  }

  private send(frame: Uint8Array, length: number): Ticks {
    // §5.7, TCR.CRC: software has put the FCS there itself.
    const bytes = this.registers.r.TCR.CRC === 1 ? Math.max(1, length - 4) : length;
    if (this.link === null || this.registers.r.TCR.LBK === 3)
      return this.sim.scheduler.now + ((bytes + FRAME_COST) * 8 * TICKS_PER_SECOND) / LOOP_RATE;
    return this.link.send(this, frame, bytes);
  }

  /** TSAS (§5.17): a bit of each descriptor. */
  private summary(): number {
    let all = 0;
    for (const [n, tsd] of this.tsd.entries())
      all |= (tsd.OWN << n) | (tsd.TABT << (4 + n)) | (tsd.TUN << (8 + n)) | (tsd.TOK << (12 + n));
    return all;
  }

  // --- timer (§5, TCTR and TimerInt) ---

  private ticked(): number {
    const clock = this.clock ?? PCI_CLOCK;
    return (clock.cyclesAt(this.sim.scheduler.now) - clock.cyclesAt(this.timer.base)) % WRAPS;
  }

  private armTimer(): void {
    const wanted = this.registers.r.TIMERINT.value;
    if (wanted === 0) {
      this.timeout.cancel();
      return;
    }
    const clock = this.clock ?? PCI_CLOCK, now = this.sim.scheduler.now;
    const left = (wanted - this.ticked() + WRAPS) % WRAPS || WRAPS;
    this.timeout.at(Math.max(now + 1, clock.timeOf(clock.cyclesAt(now) + left)));
  }

  private timedOut(): void {
    this.raise(INT.TIMEOUT);
    this.armTimer();
  }

  // --- EEPROM and configuration (§5.9, §6) ---

  private eepromWires(): void {
    const r = this.registers.r.CR9346;
    if (r.EEM === EEM.AUTO_LOAD) {
      this.autoLoad();
      r.EEM = EEM.NORMAL;
    }
    const on = r.EEM === EEM.PROGRAM;
    this.eeprom.drive(on && r.EECS === 1, on && r.EESK === 1, on && r.EEDI === 1);
  }

  /** What the chip takes from its EEPROM after a reset of the bus. */
  private autoLoad(): void {
    const { words } = this.eeprom, r = this.registers.r;
    r.IDR0.value = words[EEPROM_MAC] + words[EEPROM_MAC + 1] * 0x10000;
    r.IDR4.value = words[EEPROM_MAC + 2];
    r.CONFIG1.value = (words[EEPROM_CONFIG0] >> 8) | 0x0c;
    this.lock.loaded();
  }
}

