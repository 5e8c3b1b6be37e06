import { crc32 } from '../../../bits/crc32.ts';
import type { Bank } from '../../../reg/bank.ts';
import type { Identity, Simulation } from '../../../sim/component.ts';
import { TICKS_PER_SECOND } from '../../../sim/time.ts';
import { ObservedRegisters, registerTraffic, trafficCounters } from '../../pci/observed-registers.ts';
import { PciFunction } from '../../pci/pci-function.ts';
import { frameCounters } from '../frame-counters.ts';
import type { EthernetLink, EthernetStation } from '../ethernet.ts';
import { FRAME_LEAST } from '../link/wire.ts';
import { destinationKind, isFor, KIND, multicastHash } from '../mac-address.ts';
import { NicMemory, RAM_BASE, RAM_END } from './nic-memory.ts';
import { REMOTE, RTL8029_CONFIG, RTL8029_PORTS } from './spec.ts';

/** Bytes of a page of the ring, of the header before a frame, of the FCS behind it (§9.0). */
const PAGE = 256, HEADER = 4, FCS = 4;
/** Where a tally stays (§10.3), and from where on it asks to be read. */
const TALLY_MOST = 192, TALLY_HIGH = 128;
/** EEM of 9346CR: the configuration registers may be written. */
const CONFIG_WRITE = 3;
const FIRST_MAR = Object.keys(RTL8029_PORTS.registers).indexOf('MAR0');

/**
 * Realtek RTL8029AS: an NE2000 on PCI. It has no way to system memory: frames go through 16 KiB of
 * its own, which the processor reaches word by word through the data port. See README.md.
 */
export class Rtl8029 extends PciFunction implements EthernetStation {
  readonly inta = this.intxOut(1);
  private readonly link: EthernetLink;
  private readonly s = this.cells('core', {
    ram: new Uint8Array(RAM_END - RAM_BASE),
    // Remote DMA (§11): what is left to move, and where.
    remote: 0, address: 0, left: 0,
    /** A frame is leaving; whether it is looped back. */
    transmitting: false,
    /** The ring was full when a frame came; nothing is received before software removes one. */
    full: false,
  });
  private readonly traffic = this.cells('traffic', registerTraffic());
  private readonly frame = new Uint8Array(0x10000);
  private readonly sent = this.event('sent', () => this.transmitted());
  private readonly frames = this.cells('frames', { received: 0, dropped: 0, sent: 0, interrupts: 0 });
  private readonly nic: NicMemory;
  readonly ports: Bank<(typeof RTL8029_PORTS)['registers']> = this.regs('ports', RTL8029_PORTS, {
    CR: { get: { TXP: () => +this.s.transmitting }, write: (w) => this.obey(w.STP === 1, (w.value & 4) !== 0, w.RD) },
    BNRY: { write: () => this.removed() },
    CRDA0: { get: { LOW: () => this.s.address & 0xff } },
    CRDA1: { get: { HIGH: () => this.s.address >> 8 } },
    RSAR0: { write: (w) => void (this.s.address = (this.s.address & 0xff00) | w.LOW) },
    RSAR1: { write: (w) => void (this.s.address = (this.s.address & 0xff) | (w.HIGH << 8)) },
    RBCR0: { write: (w) => void (this.s.left = (this.s.left & 0xff00) | w.LOW) },
    RBCR1: { write: (w) => void (this.s.left = (this.s.left & 0xff) | (w.HIGH << 8)) },
    PSTART2: { get: { PAGE: () => this.ports.r.PSTART.value } },
    PSTOP2: { get: { PAGE: () => this.ports.r.PSTOP.value } },
    TPSR2: { get: { PAGE: () => this.ports.r.TPSR.value } },
    RCR2: { get: { BITS: () => this.ports.r.RCR.value } },
    TCR2: { get: { BITS: () => this.ports.r.TCR.value } },
    DCR2: { get: { BITS: () => this.ports.r.DCR.value } },
    IMR2: { get: { MASK: () => this.ports.r.IMR.value } },
    CONFIG3: { write: (w) => this.configure(w.value) },
    DATA: {
      value: (size) => this.peekData(size), read: (size) => this.advance(size, REMOTE.READ),
      write: (w) => this.putData(w.size, w.value),
    },
    RESET: { value: () => 0, read: () => this.resetCore(), write: () => this.resetCore() },
  }, { page: () => this.ports.r.CR.PS });
  readonly config = this.configSpace(RTL8029_CONFIG, { STATUS: { get: { INTX: () => +this.pending } } });

  /** @param station its address, six bytes, in the PROM */
  constructor(name: string, sim: Simulation, link: EthernetLink, station: Uint8Array) {
    super(name, sim);
    this.link = link;
    this.nic = new NicMemory(station, this.s.ram);
    const t = this.traffic, f = this.frames;
    this.bar('BAR0', new ObservedRegisters(this.ports, t, (offset) => (offset & 0x18) === 0x10));
    this.countersOf(trafficCounters(t, 'card', () => t.controlAccesses + t.dataAccesses));
    this.countersOf(frameCounters(f, () => f.interrupts));
  }

  override describe(): Identity {
    return {
      compatible: 'pci10ec,8029', title: 'RTL8029AS: an NE2000 on PCI, frames by programmed I/O',
      datasheet: 'Realtek LS009.0 (1997-01-16); core: National DP8390D/NS32490D, TL/F/8582 (July 1995)',
      figures: [
        { what: 'data port', value: 'no wait states beyond the PCI cycle', source: 'assumption', verified: 'nobody' },
        { what: 'local DMA', value: 'none: a frame is in memory when it has arrived', source: 'assumption',
          verified: 'nobody' },
      ],
      absent: ['boot ROM', 'half duplex', 'what loopback leaves in the FIFO'],
    };
  }

  protected override outputs(): void {
    const level = this.pending && !this.intxDisabled;
    if (level && !this.inta.level) this.frames.interrupts++;
    this.inta.set(level);
  }

  private get pending(): boolean {
    return (this.ports.r.ISR.value & this.ports.r.IMR.value & 0x7f) !== 0;
  }

  // --- command register (§10.3) ---

  private obey(stop: boolean, transmit: boolean, remote: number): void {
    const { r } = this.ports;
    if (!stop && !this.s.full) r.ISR.RST = 0;
    // What is leaving leaves first (§10.3, STP).
    if (stop && !this.s.transmitting) r.ISR.RST = 1;
    if (stop) this.s.full = false;
    else if (transmit && !this.s.transmitting) this.transmit();
    this.startRemote(remote);
  }

  /** The reset pin of the core (§10.1): the registers that it touches, no others. */
  private resetCore(): void {
    const { r } = this.ports, s = this.s;
    this.sent.cancel();
    s.transmitting = s.full = false;
    s.remote = s.left = 0;
    r.CR.value = 0x21;
    r.ISR.value = 0x80;
    r.IMR.value = 0;
    r.TCR.LB = 0;
  }

  // --- transmission (§7.0) ---

  private transmit(): void {
    const { r } = this.ports, s = this.s;
    const length = r.TBCR0.LOW | (r.TBCR1.HIGH << 8), from = r.TPSR.PAGE * PAGE;
    for (let k = 0; k < length; k++) this.frame[k] = this.nic.read((from + k) & 0xffff);
    s.transmitting = true;
    r.TSR.PTX = 0;
    // In loopback the frame takes its time and does not leave.
    const now = this.sim.scheduler.now;
    this.sent.at(r.TCR.LB === 0
      ? this.link.send(this, this.frame, length)
      : now + Math.ceil((length * 8 * TICKS_PER_SECOND) / this.link.rate));
  }

  private transmitted(): void {
    const { r } = this.ports;
    this.s.transmitting = false;
    this.frames.sent++;
    r.TSR.PTX = 1;
    r.ISR.PTX = 1;
    if (r.CR.STP === 1) r.ISR.RST = 1;
  }

  // --- reception (§8.0, §9.0) ---

  frameArrived(frame: Uint8Array): void {
    const { r } = this.ports;
    if (r.CR.STP === 1 || r.TCR.LB !== 0 || !this.wants(frame)) return;
    const group = (frame[0] & 1) !== 0;
    r.RSR.value = 0;
    r.RSR.PHY = +group;
    if (r.RCR.MON === 1) {
      r.RSR.DIS = 1;
      this.miss();
    } else if (this.store(frame)) {
      r.ISR.PRX = 1;
    } else {
      this.s.full = true;
      this.frames.dropped++;
      r.ISR.OVW = 1;
      r.ISR.RST = 1;
      this.miss();
    }
    this.outputs();
  }

  private wants(frame: Uint8Array): boolean {
    const { r } = this.ports, { RCR } = r;
    if (frame.length < (RCR.AR === 1 ? 6 : FRAME_LEAST)) return false;
    switch (destinationKind(frame)) {
      case KIND.broadcast: return RCR.AB === 1;
      case KIND.multicast: {
        const hash = multicastHash(frame);
        return RCR.AM === 1 && ((this.ports.values[FIRST_MAR + (hash >> 3)] >> (hash & 7)) & 1) === 1;
      }
      default: {
        const low = (r.PAR0.BYTE | (r.PAR1.BYTE << 8) | (r.PAR2.BYTE << 16) | (r.PAR3.BYTE << 24)) >>> 0;
        return RCR.PRO === 1 || isFor(frame, low, r.PAR4.BYTE | (r.PAR5.BYTE << 8));
      }
    }
  }

  /** Puts a frame with its header into the ring at CURR; false if it does not fit before BNRY. */
  private store(frame: Uint8Array): boolean {
    const { r } = this.ports, start = r.PSTART.PAGE, stop = r.PSTOP.PAGE, at = r.CURR.PAGE, boundary = r.BNRY.PAGE;
    const size = stop - start, pages = Math.ceil((HEADER + frame.length + FCS) / PAGE);
    const room = at < boundary ? boundary - at : size - (at - boundary);
    // DEVIATES: CURR at BNRY is an empty ring, so a frame never fills the last page (README.md).
    if (this.s.full || size <= 0 || pages >= room) return false;
    const next = (page: number): number => (page + 1 === stop ? start : (page + 1) & 0xff);
    let page = at;
    for (let k = 0; k < pages; k++) page = next(page);
    r.RSR.PRX = 1;
    const count = frame.length + FCS;
    const head = [r.RSR.value, page, count & 0xff, count >> 8], fcs = crc32(frame);
    let address = at * PAGE;
    for (let k = 0; k < HEADER + count; k++) {
      const n = k - HEADER;
      this.nic.write(address, n < 0 ? head[k] : n < frame.length ? frame[n] : fcs >>> (8 * (n - frame.length)));
      address = (address + 1) % PAGE === 0 ? next(address >> 8) * PAGE : address + 1;
    }
    r.CURR.PAGE = page;
    this.frames.received++;
    return true;
  }

  /** CNTR2 counts what was lost (§10.3). */
  private miss(): void {
    const { CNTR2, ISR, RSR } = this.ports.r;
    RSR.MPA = 1;
    CNTR2.TALLY = Math.min(CNTR2.TALLY + 1, TALLY_MOST);
    if (CNTR2.TALLY >= TALLY_HIGH) ISR.CNT = 1;
  }

  /** DEVIATES: software has moved BNRY, so there is room again (§10.3, ISR.RST). */
  private removed(): void {
    if (!this.s.full) return;
    this.s.full = false;
    if (this.ports.r.CR.STP === 0) this.ports.r.ISR.RST = 0;
  }

  // --- remote DMA (§11.0) ---

  private startRemote(remote: number): void {
    const s = this.s, { r } = this.ports;
    if (remote === 0) return;
    s.remote = remote >= REMOTE.ABORT ? 0 : remote;
    if (s.remote === REMOTE.SEND) {
      // The send command takes the oldest frame, its header included, and removes it.
      const from = r.BNRY.PAGE * PAGE;
      s.address = from;
      s.left = r.BNRY.PAGE === r.CURR.PAGE ? 0 : this.nic.read(from + 2) | (this.nic.read(from + 3) << 8);
    }
    if (s.remote !== 0 && s.left === 0) this.remoteDone();
  }

  private remoteDone(): void {
    const { r } = this.ports;
    if (this.s.remote === REMOTE.SEND && r.BNRY.PAGE !== r.CURR.PAGE) {
      r.BNRY.PAGE = this.nic.read(r.BNRY.PAGE * PAGE + 1);
      this.removed();
    }
    this.s.remote = 0;
    r.ISR.RDC = 1;
  }

  /** Bytes of the core's transfers that an access of `size` makes: at least a word with WTS. */
  private moves(size: number): number {
    return this.ports.r.DCR.WTS === 1 ? Math.max(size, 2) : size;
  }

  private peekData(size: number): number {
    const s = this.s;
    if (s.remote !== REMOTE.READ && s.remote !== REMOTE.SEND) return 0xffffffff;
    let value = 0, address = s.address;
    for (let k = 0; k < size; k++) {
      value += this.nic.read(address) * 2 ** (8 * k);
      address = this.after(address);
    }
    return value;
  }

  private putData(size: number, value: number): void {
    const s = this.s;
    if (s.remote !== REMOTE.WRITE) {
      this.idle('written');
      return;
    }
    let address = s.address;
    for (let k = 0; k < size; k++) {
      this.nic.write(address, (value >>> (8 * k)) & 0xff);
      address = this.after(address);
    }
    this.advance(size, REMOTE.WRITE);
  }

  private advance(size: number, direction: number): void {
    const s = this.s;
    if (direction === REMOTE.READ && s.remote !== REMOTE.READ && s.remote !== REMOTE.SEND) {
      this.idle('read');
      return;
    }
    const bytes = this.moves(size);
    for (let k = 0; k < bytes; k++) s.address = this.after(s.address);
    s.left = Math.max(0, s.left - bytes);
    if (s.left === 0) this.remoteDone();
  }

  private idle(what: string): void {
    this.note('data-port-idle', `the data port was ${what} without a remote DMA in that direction`);
  }

  /** Behind the last page of the ring comes its first. */
  private after(address: number): number {
    const next = (address + 1) & 0xffff, { PSTART, PSTOP } = this.ports.r;
    return next === PSTOP.PAGE * PAGE ? PSTART.PAGE * PAGE : next;
  }

  private configure(value: number): void {
    const { CONFIG3, CR9346 } = this.ports.r;
    if (CR9346.EEM === CONFIG_WRITE) CONFIG3.value = value & 0x46;
  }
}
