import type { Identity, Simulation } from '../../../sim/component.ts';
import { Transaction } from '../../../mem/transaction.ts';
import { ObservedRegisters, registerTraffic, trafficCounters } from '../../pci/observed-registers.ts';
import { PciFunction } from '../../pci/pci-function.ts';
import { frameCounters } from '../frame-counters.ts';
import type { EthernetLink, EthernetStation } from '../ethernet.ts';
import { FrameFifo, frameFifoCells } from '../frame-fifo.ts';
import { SerialEeprom, serialEepromCells } from '../serial-eeprom/serial-eeprom.ts';
import { AddressFilter } from './address-filter.ts';
import { DescriptorRing, FETCHED_MOST, ringCells } from './descriptor-ring.ts';
import { APM_ENABLE, EEPROM_CONTROL3, eepromOf } from './eeprom.ts';
import { interruptCells, Interrupts } from './interrupts.ts';
import { Offload, offloadCells } from './offload.ts';
import { Phy, phyCells } from './phy.ts';
import { Receiver, receiverCells, type ReceiveControl } from './receiver.ts';
import { RegisterSpace, TABLE_WORDS } from './register-space.ts';
import { Sender, senderCells, type SendControl } from './sender.ts';
import { CAUSE, CAUSES, E1000_CONFIG, E1000_PORTS, E1000_REGISTERS, MEMORY_BYTES } from './spec.ts';
import { Statistics } from './statistics.ts';
import { Transmitter, transmitterCells, type TransmitControl } from './transmitter.ts';

/** Packet memory, receive and transmit together (§13.4.16). */
const PACKET_KIB = 64, KiB = 1024;
/** Longest burst of each bus master (bytes). */
const BURST = 256;
/** MDIC (§13.4.7): operations, and the address of the PHY inside. */
const MDI_WRITE = 1, MDI_READ = 2, PHY_ADDRESS = 1;

/** What a card is made with: its EEPROM's address, and who carries its frames. */
export interface E1000Options {
  readonly mac: Uint8Array;
  /** Without one there is no link. */
  readonly link: EthernetLink | null;
}

/** Intel 82540EM: Gigabit Ethernet with rings of descriptors in memory. */
export class E1000 extends PciFunction implements EthernetStation {
  readonly inta = this.intxOut(1);
  private readonly receivePort = this.dmaPort('receive', { burst: BURST, buffer: 2048, countsData: true });
  private readonly transmitPort = this.dmaPort('transmit', { burst: BURST, buffer: 2048, countsData: true });
  private readonly incoming = new FrameFifo(this.cells('incoming', frameFifoCells(PACKET_KIB * KiB)));
  private readonly outgoing = new FrameFifo(this.cells('outgoing', frameFifoCells(PACKET_KIB * KiB)));
  private readonly tables = this.cells('tables', {
    mta: new Uint32Array(TABLE_WORDS), vfta: new Uint32Array(TABLE_WORDS),
  });
  private readonly traffic = this.cells('traffic', registerTraffic());
  private readonly frames = this.cells('frames', { received: 0, dropped: 0, sent: 0, bytes: 0 });
  private readonly inner = new Transaction(`${this.name}.iodata`);

  readonly registers = this.regs('registers', E1000_REGISTERS, {
    CTRL: { write: (w) => this.control(w.RST === 1, w.PHY_RST === 1) },
    STATUS: { get: { LU: () => +this.linkUp, SPEED: () => this.phy.speedCode, ASDV: () => this.phy.speedCode } },
    EECD: {
      get: { DO: (): number => +this.eeprom.out, GNT: (): number => this.registers.r.EECD.REQ },
      write: (w) => this.eeprom.drive(w.CS === 1, w.SK === 1, w.DI === 1),
    },
    EERD: { write: (w) => this.readEeprom(w.START === 1, w.ADDR) },
    CTRL_EXT: { write: (w) => { if (w.EE_RST === 1) this.loadEeprom(); } },
    MDIC: { write: (w) => this.mdi(w.OP, w.PHYADD, w.REGADD, w.DATA, w.I === 1) },
    ICR: {
      read: () => this.interrupts.update(),
      write: (w) => {
        this.registers.r.ICR.value &= ~w.value;
        this.interrupts.update();
      },
    },
    ICS: { write: (w) => this.interrupts.raise(w.value & CAUSES) },
    IMS: { write: () => this.interrupts.update() },
    IMC: {
      write: (w) => {
        this.registers.r.IMS.value &= ~w.value;
        this.interrupts.update();
      },
    },
    RCTL: { write: () => this.receiver.tailWritten() },
    TCTL: {
      write: () => {
        this.transmitter.tailWritten();
        this.sender.next();
      },
    },
    PBA: {
      get: { TXA: (): number => Math.max(0, PACKET_KIB - this.registers.r.PBA.RXA) },
    },
    RDBAL: { write: () => this.receiver.ringWritten() },
    RDBAH: { write: () => this.receiver.ringWritten() },
    RDLEN: { write: () => this.receiver.ringWritten() },
    RDH: { write: () => this.receiver.ringWritten() },
    RDT: { write: () => this.tail(this.receiveRing, this.receiver) },
    RDTR: { write: (w) => { if (w.FPD === 1) this.interrupts.receiveOver(); } },
    TDBAL: { write: () => this.transmitter.ringWritten() },
    TDBAH: { write: () => this.transmitter.ringWritten() },
    TDLEN: { write: () => this.transmitter.ringWritten() },
    TDH: { write: () => this.transmitter.ringWritten() },
    TDT: { write: () => this.tail(this.transmitRing, this.transmitter) },
    TIDV: { write: (w) => { if (w.FPD === 1) this.interrupts.transmitOver(); } },
  }, { unclaimedValue: 'zero' });
  private readonly registerSpace: RegisterSpace;
  readonly ports = this.regs('ports', E1000_PORTS, {
    IODATA: {
      value: (size) => this.indirect(true).read(this.indirectAt, size, this.inner),
      read: (size) => void this.indirect(false).read(this.indirectAt, size, this.inner),
      write: (w) => this.indirect(false).write(this.indirectAt, w.size, w.value, this.inner),
    },
  });
  readonly config = this.configSpace(E1000_CONFIG, { STATUS: { get: { INTX: () => +this.interrupts.asserted } } });

  private readonly eeprom: SerialEeprom;
  private readonly phy: Phy;
  private readonly interrupts: Interrupts;
  private readonly statistics = new Statistics(this.registers.r);
  private readonly filter: AddressFilter;
  private readonly receiveRing: DescriptorRing;
  private readonly receiver: Receiver;
  private readonly transmitRing: DescriptorRing;
  private readonly transmitter: Transmitter;
  private readonly sender: Sender;

  constructor(name: string, sim: Simulation, { mac, link }: E1000Options) {
    super(name, sim);
    const { r } = this.registers;
    this.registerSpace = new RegisterSpace(this.registers, this.tables.mta, this.tables.vfta);
    this.eeprom = new SerialEeprom(this.state.declare('eeprom', serialEepromCells(eepromOf(mac)), true));
    this.phy = new Phy(this.cells('phy', phyCells()), link === null ? 0 : link.rate / 1e6);
    this.filter = new AddressFilter(r, this.tables.mta);
    this.interrupts = new Interrupts(this.cells('interrupts', interruptCells()), r, () => this.sim.scheduler.now);
    this.interrupts.events = {
      throttle: this.event('throttle', () => this.interrupts.update()),
      receiveDelay: this.event('receive-delay', () => this.delayOver(true)),
      receiveMost: this.event('receive-most', () => this.delayOver(true)),
      transmitDelay: this.event('transmit-delay', () => this.delayOver(false)),
      transmitMost: this.event('transmit-most', () => this.delayOver(false)),
    };
    this.receiveRing = new DescriptorRing(this.cells('receive-ring', ringCells()), {
      BASE_LOW: r.RDBAL, BASE_HIGH: r.RDBAH, LENGTH: r.RDLEN, HEAD: r.RDH, TAIL: r.RDT,
    });
    this.receiver = new Receiver(
      this.cells('receiver', receiverCells()), this.receiveRing, this.incoming, this.receivePort, this.receiveControl(),
    );
    this.transmitRing = new DescriptorRing(this.cells('transmit-ring', ringCells()), {
      BASE_LOW: r.TDBAL, BASE_HIGH: r.TDBAH, LENGTH: r.TDLEN, HEAD: r.TDH, TAIL: r.TDT,
    });
    this.transmitter = new Transmitter(
      this.cells('transmitter', transmitterCells()), this.transmitRing,
      new Offload(this.cells('offload', offloadCells())), this.transmitPort, this.transmitControl(),
    );
    this.sender = new Sender(this.cells('sender', senderCells()), this.outgoing, this, link, this.sendControl());
    this.sender.sent = this.event('sent', () => this.sender.left());
    this.complete();
    const registers = new ObservedRegisters(this.registerSpace, this.traffic);
    this.bar('BAR0', registers);
    this.bar('BAR2', new ObservedRegisters(this.ports, this.traffic));
    this.count();
    this.loadEeprom();
  }

  private complete(): void {
    const { receivePort: rx, transmitPort: tx } = this;
    this.receiver.done = {
      fetched: this.completion(rx, 'fetched', (status) => this.receiver.fetchedDone(status)),
      stored: this.completion(rx, 'stored', (status) => this.receiver.storedDone(status)),
      written: this.completion(rx, 'written', (status) => this.receiver.writtenDone(status)),
    };
    this.transmitter.done = {
      fetched: this.completion(tx, 'fetched', (status) => this.transmitter.fetchedDone(status)),
      data: this.completion(tx, 'data', (status) => this.transmitter.dataDone(status)),
      written: this.completion(tx, 'written', (status) => this.transmitter.writtenDone(status)),
    };
  }

  private count(): void {
    const t = this.traffic, f = this.frames;
    this.countersOf(trafficCounters(t, 'card'));
    this.countersOf(frameCounters(f, () => this.interrupts.count));
  }

  protected override dataBytes(): number {
    return this.frames.bytes;
  }

  override describe(): Identity {
    return {
      compatible: 'intel,82540em',
      title: 'Gigabit Ethernet card: rings of descriptors by bus master',
      datasheet: 'Intel 8254x Software Developer\'s Manual, 317453-006 (revision 4.0)',
      figures: [
        { what: 'longest burst', value: `${BURST} bytes`, source: 'assumption', verified: 'nobody' },
        { what: 'descriptors of a fetch', value: `${FETCHED_MOST}`, source: 'assumption', verified: 'nobody' },
        { what: 'reset, EEPROM, PHY, autonegotiation', value: '0', source: 'assumption', verified: 'nobody' },
        { what: 'unit of ITR', value: '256 ns', source: 'manual §13.4.18', verified: 'second-hand' },
        { what: 'unit of RDTR to TADV', value: '1.024 µs', source: 'manual §13.4.30', verified: 'second-hand' },
      ],
      absent: [
        'checks of received checksums: IXSM is set, software checks',
        'VLAN tags, flow control, wake-up, management, flash memory and boot ROM',
        'a frame crosses PCI before or after the wire, not at the same time',
      ],
    };
  }

  override resetEnter(): void {
    super.resetEnter();
    this.loadEeprom();
  }

  protected override outputs(): void {
    this.inta.set(this.interrupts.asserted && !this.intxDisabled);
  }

  /** What the chip takes from its EEPROM (§5.6.1). */
  private loadEeprom(): void {
    const { words } = this.eeprom, { RAL0, RAH0 } = this.registers.r as unknown as Record<string, { value: number }>;
    RAL0.value = words[0] + words[1] * 0x10000;
    RAH0.value = (0x80000000 | words[2]) >>> 0;
    // §13.4.1: with APM enabled the link is up before there is a driver.
    if ((words[EEPROM_CONTROL3] & APM_ENABLE) !== 0) this.registers.r.CTRL.SLU = 1;
    this.seen.up = this.linkUp;
  }

  // --- control (§13.4.1) ---

  private get linkUp(): boolean {
    return (this.phy.link || this.phy.loopRate > 0) && this.registers.r.CTRL.SLU === 1;
  }

  private readonly seen = this.cells('link', { up: false });

  private control(reset: boolean, phy: boolean): void {
    if (phy) this.phy.reset();
    if (reset) this.softwareReset();
    this.linkChanged();
    this.sender.next();
  }

  private linkChanged(): void {
    if (this.seen.up === this.linkUp) return;
    this.seen.up = this.linkUp;
    this.interrupts.raise(CAUSE.LSC);
  }

  /** CTRL.RST: all but the PCI configuration, EEPROM and PHY. */
  private softwareReset(): void {
    this.receiver.reset();
    this.transmitter.reset();
    this.sender.reset();
    this.interrupts.reset();
    this.registers.values.set(this.registers.resetValues());
    this.tables.mta.fill(0);
    this.tables.vfta.fill(0);
    this.loadEeprom();
  }

  private tail(ring: DescriptorRing, engine: { tailWritten(): void }): void {
    if (!ring.valid)
      this.note('ring-range', `head or tail outside a ring of ${ring.count} descriptors; nothing is fetched`);
    engine.tailWritten();
  }

  private delayOver(receive: boolean): void {
    // Its own event is over; what is cancelled is the other one.
    const { events } = this.interrupts;
    if (receive) events?.receiveMost.cancel();
    else events?.transmitMost.cancel();
    if (receive) events?.receiveDelay.cancel();
    else events?.transmitDelay.cancel();
    this.interrupts.raise(receive ? CAUSE.RXT0 : CAUSE.TXDW);
  }

  // --- EEPROM, PHY, ports (§13.4.3, §13.4.4, §13.4.7, §13.2.2) ---

  private readEeprom(start: boolean, address: number): void {
    const { EERD } = this.registers.r;
    EERD.START = 0;
    if (!start) return;
    EERD.DATA = this.eeprom.words[address % this.eeprom.words.length];
    EERD.DONE = 1;
  }

  private mdi(operation: number, address: number, register: number, data: number, interrupt: boolean): void {
    const { MDIC } = this.registers.r;
    MDIC.E = address === PHY_ADDRESS ? 0 : 1;
    if (address === PHY_ADDRESS) {
      if (operation === MDI_READ) MDIC.DATA = this.phy.read(register);
      if (operation === MDI_WRITE) {
        this.phy.write(register, data);
        this.linkChanged();
      }
    }
    MDIC.R = 1;
    if (interrupt) this.interrupts.raise(CAUSE.MDAC);
  }

  /** What IODATA reaches; `debug`: without effects. Nothing is there from 128 KiB on. */
  private indirect(debug: boolean): RegisterSpace {
    this.inner.debug = debug;
    return this.registerSpace;
  }
  private get indirectAt(): number {
    return this.ports.r.IOADDR.value % MEMORY_BYTES;
  }

  // --- receive (§3.2) ---

  frameArrived(frame: Uint8Array): void {
    // A PHY that is looped back hears itself only.
    if (this.phy.loopRate === 0) this.receive(frame, frame.length);
    this.outputs();
  }

  private receive(frame: Uint8Array, length: number): void {
    const { RCTL, PBA } = this.registers.r;
    if (RCTL.EN === 0 || !this.linkUp || length < 60 || !this.filter.accepts(frame)) return;
    if (!this.incoming.fits(length, PBA.RXA * KiB)) {
      this.frames.dropped++;
      this.statistics.missed();
      this.interrupts.raise(CAUSE.RXO);
      return;
    }
    this.statistics.frameReceived(frame, length);
    if (this.receiveRing.available === 0) this.statistics.withoutBuffer();
    this.incoming.push(frame, length, 0);
    this.receiver.next();
  }

  private receiveControl(): ReceiveControl {
    const { RCTL, RXCSUM } = this.registers.r;
    return {
      get enabled() { return RCTL.EN === 1; },
      get bufferBytes() {
        const bytes = 2048 >> RCTL.BSIZE;
        return RCTL.BSEX === 1 && RCTL.BSIZE > 0 ? bytes * 16 : bytes;
      },
      get stripped() { return RCTL.SECRC === 1; },
      get checksumFrom() { return RXCSUM.PCSS; },
      stored: (length) => {
        this.frames.received++;
        this.frames.bytes += length;
        this.interrupts.received();
      },
      left: (available) => this.descriptorsLeft(available),
      failed: () => this.refused('receive'),
    };
  }

  /** RXDMT0 (§3.2.8): half, a quarter, an eighth of the ring is left. */
  private descriptorsLeft(available: number): void {
    if (available === this.receiveRing.count >> (this.registers.r.RCTL.RDMTS + 1)) this.interrupts.raise(CAUSE.RXDMT0);
  }

  private refused(what: string): void {
    if (what === 'receive') this.frames.dropped++;
    this.note('ring-refused', `memory refused a ${what} descriptor or its buffer; the ring waits for its tail`);
  }

  // --- transmit (§3.3, §3.4) ---

  private transmitControl(): TransmitControl {
    const { TCTL, PBA } = this.registers.r;
    return {
      get enabled() { return TCTL.EN === 1; },
      get padded() { return TCTL.PSP === 1; },
      fits: (length) => this.outgoing.fits(length, Math.max(2 * KiB, (PACKET_KIB - PBA.RXA) * KiB)),
      accept: (frame, length) => {
        this.frames.bytes += length;
        this.outgoing.push(frame, length, 0);
        this.sender.next();
      },
      refused: (length) => this.note('transmit-refused', `a packet of more than ${length} bytes is lost`),
      reported: (delayed) => this.interrupts.transmitted(delayed),
      drained: () => this.interrupts.raise(CAUSE.TXQE),
      segmented: () => this.statistics.segmented(),
      failed: () => this.refused('transmit'),
    };
  }

  private sendControl(): SendControl {
    return {
      // §13.4.33: without TCTL.EN what is in the packet memory stays there.
      enabled: () => this.linkUp && this.registers.r.TCTL.EN === 1,
      loopRate: () => this.phy.loopRate,
      now: () => this.sim.scheduler.now,
      left: (frame, length) => {
        this.frames.sent++;
        this.statistics.frameSent(frame, length);
        this.transmitter.resume();
      },
      loop: (frame) => this.receive(frame, frame.length),
    };
  }
}
