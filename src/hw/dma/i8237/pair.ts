import { allOnes } from '../../../bits/field.ts';
import type { InputPin } from '../../../irq/line.ts';
import type { AddressSpace } from '../../../mem/address-space.ts';
import type { Bus } from '../../../mem/bus.ts';
import { STATUS, Transaction } from '../../../mem/transaction.ts';
import type { Bank } from '../../../reg/bank.ts';
import { Clock } from '../../../sim/clock.ts';
import type { Identity, Simulation } from '../../../sim/component.ts';
import type { Ticks } from '../../../sim/time.ts';
import { Device } from '../../device.ts';
import type { DmaPath } from '../../dma-path.ts';
import type { BusTime } from '../../dma-port.ts';
import type { DackTarget, DmaChannel } from '../isa-dma.ts';
import { I8237Chip, type I8237Bank } from './chip.ts';
import { DmaService, type CycleMaker } from './service.ts';
import { FIRST_REGISTERS, PAGE_REGISTERS, SECOND_REGISTERS, TRANSFER } from './spec.ts';

/** Channel of the second chip that the first one is cascaded into. */
const CASCADE = 4;

export interface I8237PairOptions {
  /** What a memory cycle reaches: memory and what devices show in it. */
  memory: AddressSpace;
  /** CLK of both chips (default 8⅓ MHz). */
  clock?: Clock;
  /** Wait states of each cycle, in clocks (default 1, as in a PC/AT). */
  waitStates?: number;
  /** Half clocks from a request to its first cycle (default 5), and to a free bus again (3). */
  acquire?: number;
  release?: number;
  /** The buses that a service keeps from others. */
  buses?: readonly Bus[];
}

/**
 * The two 8237A of a PC/AT with its page registers, as a PIIX3 contains them: channels 0 to 3 move
 * bytes, 5 to 7 words; the first chip's HRQ goes to channel 4, which has to be in cascade mode.
 *
 * A cycle is one transaction of the trace, from the channel (`dma.2`) to memory; its cause is what
 * made the request. The device takes part by DACK# (`../isa-dma.ts`).
 */
export class I8237Pair extends Device implements CycleMaker {
  private readonly firstChip = new I8237Chip();
  private readonly secondChip = new I8237Chip();
  private readonly space: AddressSpace;
  private readonly service: DmaService;
  /** By channel: who is acknowledged, and in whose name memory is accessed. */
  private readonly devices: (DackTarget | null)[] = [null, null, null, null, null, null, null, null];
  /** Faulty paths to memory; null: sound. */
  private readonly paths: (DmaPath | null)[] = Array.from({ length: 8 }, () => null);
  private readonly transactions: readonly Transaction[];
  /** For the trace: what made the channel's latest request. */
  private readonly causes = new Float64Array(8);
  private readonly buffer = new Uint8Array(2);
  private readonly view = new DataView(this.buffer.buffer);
  private readonly eop = { low: false };
  private readonly inputs = this.irqIn((input, level) => {
    if (level) this.causes[input] = this.sim.trace.cause;
    this.chipOf(input).setDreq(input & 3, level);
  });
  /** EOP#, true is asserted. In a PC it is an output only, TC. */
  readonly endOfProcess: InputPin = {
    sink: this.irqIn((_input, level) => {
      this.eop.low = level;
    }),
    input: 0,
  };
  /** Ports 00h to 1Fh. */
  readonly first: I8237Bank;
  /** Ports C0h to DFh. */
  readonly second: I8237Bank;
  /** Ports 80h to 8Fh. */
  readonly pages: Bank<(typeof PAGE_REGISTERS)['registers']>;
  private held: { hold(until: Ticks): void } | null = null;
  private readonly cyclesMade = this.counter('dmaChannelCycles', '', 'cycles of the ISA DMA controllers');
  private readonly bytesMoved = this.counter('dmaChannelBytes', 'B', 'bytes that ISA DMA moved to or from memory');

  constructor(name: string, sim: Simulation, options: I8237PairOptions) {
    super(name, sim);
    this.space = options.memory;
    const clock = options.clock ?? new Clock('dma', 25e6, 3);
    this.service = new DmaService(sim, this.firstChip, this.secondChip, {
      clock, waitStates: options.waitStates ?? 1,
      acquire: Math.ceil(clock.duration(options.acquire ?? 5) / 2),
      release: Math.ceil(clock.duration(options.release ?? 3) / 2),
      buses: options.buses ?? [], hold: (until) => this.held?.hold(until),
    }, this);
    const declare = (which: string, chip: I8237Chip, layout: typeof FIRST_REGISTERS): I8237Bank => {
      this.cells(which, chip.state);
      this.state.declare(`${which}.pins`, chip.pins, true);
      return this.regs(which, layout, {
        ...chip.hooks,
        REQUEST: { write: (w) => this.softwareRequest(chip, w.CHANNEL, w.SET) },
        MASTER_CLEAR: {
          write: () => {
            chip.masterClear();
            this.service.reset(chip);
          },
        },
      });
    };
    this.first = declare('first', this.firstChip, FIRST_REGISTERS);
    this.second = declare('second', this.secondChip, SECOND_REGISTERS);
    this.pages = this.regs('pages', PAGE_REGISTERS, {});
    this.state.declare('pins', this.eop, true);
    this.cells('service', this.service.state);
    this.service.grant = this.event('hlda', () => this.service.granted());
    this.service.cycleEnd = this.event('cycle', () => this.service.cycleEnded());
    this.transactions = this.devices.map((_, n) => new Transaction(`${name}.${n}`, true));
  }

  /** What the buses have cost the services of both chips. */
  get busTime(): BusTime {
    const { waited, held, worst } = this.service.state;
    return { waited, held, worst };
  }

  /** A channel, for `Board.isaDma`: 0 to 3 and 5 to 7. */
  channel(n: number): DmaChannel {
    if (!(Number.isInteger(n) && n >= 0 && n <= 7) || n === CASCADE)
      throw new Error(`${this.name}: there is no channel ${n}`);
    return {
      name: `${this.name}.${n}`,
      dreq: { sink: this.inputs, input: n },
      acknowledges: (target) => {
        if (this.devices[n] !== null) throw new Error(`${this.name}.${n} acknowledges two devices`);
        this.devices[n] = target;
      },
      through: (path) => { this.paths[n] = path; },
    };
  }

  /** Whose bus it takes by HOLD/HLDA; without a processor nobody stands still. */
  holds(processor: { hold(until: Ticks): void }): void {
    this.held = processor;
  }

  /** Cycles that were asked for. */
  override get atWork(): boolean {
    return this.anyEventPending;
  }

  override describe(): Identity {
    const source = 'Intel 231466-005, §DMA Operation, §Address Generation';
    return {
      compatible: 'intel,i8237',
      title: 'Two cascaded 8237A DMA controllers, with page registers',
      datasheet: 'Intel 231466-005 (September 1993)',
      figures: [
        { what: 'cycle', value: '3 clocks (S2 to S4) and the wait states', source, verified: 'second-hand' },
        { what: 'compressed cycle', value: '2 clocks (S2, S4)', source, verified: 'second-hand' },
        {
          what: 'S1', value: '1 clock, at the start of a service and where address bits 15:8 change', source,
          verified: 'second-hand',
        },
        {
          what: 'memory to memory', value: '8 clocks a byte and the wait states',
          source: 'Intel 231466-005, §Memory-to-Memory', verified: 'second-hand',
        },
      ],
      absent: [
        'ISA bus masters: a channel in cascade mode, but 4, gets no DACK#',
        'type F timing and the DMA buffer of the PIIX3',
      ],
    };
  }

  protected override outputs(): void {
    this.service.look();
  }

  private chipOf(channel: number): I8237Chip {
    return channel < CASCADE ? this.firstChip : this.secondChip;
  }

  private softwareRequest(chip: I8237Chip, channel: number, set: number): void {
    chip.softwareRequest(channel, set);
    if (set !== 0) this.causes[chip === this.firstChip ? channel : channel + CASCADE] = this.sim.trace.cause;
  }

  // --- CycleMaker ---

  get endRequested(): boolean {
    return this.eop.low;
  }

  noteCascade(channel: number): void {
    this.note('dma-cascade', `channel ${channel} asks in cascade mode, and no other controller is behind it`);
  }

  cycle(channel: number, start: Ticks, terminal: boolean): void {
    const own = channel & 3, chip = this.chipOf(channel);
    const device = this.devices[channel];
    const type = chip.transfer(own);
    this.cyclesMade.value++;
    if (type === TRANSFER.WRITE || type === TRANSFER.READ) {
      this.move(channel, this.address(channel), type === TRANSFER.WRITE, start, device, terminal);
      this.bytesMoved.value += channel < CASCADE ? 1 : 2;
      return;
    }
    // Addresses stand on the bus, but neither memory nor device gets a strobe. DEVIATES: nor in the
    // illegal type 11.
    device?.dackVerify(terminal);
  }

  /** DEVIATES: each half has the page of its own channel; a PIIX3 has no such transfers. */
  copy(write: boolean, start: Ticks): void {
    const chip = this.firstChip, channel = write ? 1 : 0;
    this.cyclesMade.value++;
    if (write) this.bytesMoved.value++;
    this.buffer[0] = chip.state.temporary;
    this.move(channel, this.address(channel), write, start, null, false);
    if (!write) chip.state.temporary = this.buffer[0];
  }

  /** Address bits 23:16 are the page's, 23:17 for words; nothing carries into them. */
  private address(channel: number): number {
    const address = this.chipOf(channel).state.address[channel & 3];
    const page = this.page(channel);
    return channel < CASCADE ? (page << 16) | address : ((page & 0xfe) << 16) | (address << 1);
  }

  private page(channel: number): number {
    const { r } = this.pages;
    switch (channel) {
      case 0: return r.PAGE0.PAGE;
      case 1: return r.PAGE1.PAGE;
      case 2: return r.PAGE2.PAGE;
      case 3: return r.PAGE3.PAGE;
      case 5: return r.PAGE5.PAGE;
      case 6: return r.PAGE6.PAGE;
      default: return r.PAGE7.PAGE;
    }
  }

  /** A cycle with strobes, as one transaction: it is the cause of what the device does in it. */
  private move(
    channel: number, address: number, write: boolean, start: Ticks, device: DackTarget | null, terminal: boolean,
  ): void {
    const { trace, scheduler } = this.sim, tx = this.transactions[channel];
    if (!trace.enabled) {
      this.strobes(channel, address, write, device, terminal, tx);
      return;
    }
    const before = trace.cause;
    trace.cause = trace.valid(this.causes[channel]);
    const id = trace.open(start);
    const value = this.strobes(channel, address, write, device, terminal, tx);
    tx.ticks = scheduler.now - start;
    this.space.closeRecord(id, before, address, channel < CASCADE ? 1 : 2, write, value, tx);
  }

  /**
   * IOR# and MEMW#, or MEMR# and IOW#: the byte goes past the controller. Without a device
   * (`copy`, or an open channel) it is in the buffer, or nobody drives it.
   */
  private strobes(
    channel: number, address: number, write: boolean, device: DackTarget | null, terminal: boolean, tx: Transaction,
  ): number {
    const size = channel < CASCADE ? 1 : 2;
    const own = this.guard, other = device?.guard ?? own;
    const wasOwn = own.engaged, wasOther = other.engaged;
    own.engaged = other.engaged = true;
    if (write && device !== null) this.view.setUint16(0, device.dackRead(size, terminal) & allOnes(size), true);
    else if (write && !this.service.state.copying) this.view.setUint16(0, 0xffff);
    const path = this.paths[channel];
    if (path === null) this.space.burst(address, this.buffer, 0, size, write, tx);
    else this.throughFaults(path, address, size, write, tx);
    const value = size === 1 ? this.buffer[0] : this.view.getUint16(0, true);
    if (tx.status !== STATUS.OK) this.noteFailure(channel, address, write, tx.status);
    if (!write && device !== null) device.dackWrite(size, value, terminal);
    own.engaged = wasOwn;
    other.engaged = wasOther;
    return value;
  }

  /** A cycle on a faulty path: a word that gets lost leaves memory, or what stood on the bus. */
  private throughFaults(path: DmaPath, address: number, size: number, write: boolean, tx: Transaction): void {
    tx.status = STATUS.OK;
    if (!write) this.space.burst(address, this.buffer, 0, size, false, tx);
    const lost = path.cross(tx.initiator, address, this.buffer, 0, size).length > 0;
    if (write && !lost) this.space.burst(address, this.buffer, 0, size, true, tx);
    else if (lost && !write) this.buffer.fill(0xff, 0, size);
  }

  private noteFailure(channel: number, address: number, write: boolean, status: number): void {
    this.note(
      status === STATUS.DECODE_ERROR ? 'dma-decode-error' : 'dma-target-error',
      `channel ${channel}: ${write ? 'write' : 'read'} at 0x${address.toString(16)}`,
    );
  }
}
