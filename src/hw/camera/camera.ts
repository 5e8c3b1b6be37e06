import { STATUS } from '../../mem/transaction.ts';
import type { Identity, Simulation } from '../../sim/component.ts';
import { valuesOf, type ValuesOf } from '../../sim/parameter.ts';
import type { DmaCompletion, DmaPort } from '../dma-port.ts';
import { ObservedRegisters, registerTraffic, trafficCounters } from '../pci/observed-registers.ts';
import { PciFunction } from '../pci/pci-function.ts';
import { CAMERA_OPTIONS, pictureByte, Sensor } from './sensor.ts';
import {
  CAMERA_CONFIG, CAMERA_ERROR, CAMERA_REGISTERS, ENTRY_BYTES, ENTRY_RESULT, LIST_LINK, MOST_ENTRIES, MOST_LINKS,
  PAGE_BYTES, RESULT_DAMAGED, RESULT_STORED,
} from './spec.ts';

/** What the camera is doing with a frame. */
const PHASE = { IDLE: 0, ENTRY: 1, LIST: 2, DATA: 3, RESULT: 4 } as const;
/** Bytes of a page list that are fetched at once. */
const LIST_BYTES = 64;
const TICKS_PER_MICROSECOND = 3000, WORD = 2 ** 32, INDEX_MASK = 0xffff;

/** Why the camera stopped, in words. */
const WHY: Readonly<Record<number, string>> = {
  [CAMERA_ERROR.RING_SIZE]: 'the size of the ring is no power of two from 1 to 256',
  [CAMERA_ERROR.INDEX]: 'the consumer is ahead of the producer, or further behind than the ring is long',
  [CAMERA_ERROR.PAGE_ENTRY]: 'an entry of the page list is neither the address of a page nor a link',
  [CAMERA_ERROR.LINKS]: `a page list has more than ${MOST_LINKS} links`,
  [CAMERA_ERROR.MASTER_ABORT]: 'nothing answers at an address that it was given',
  [CAMERA_ERROR.TARGET_ABORT]: 'an address that it was given was refused',
  [CAMERA_ERROR.MASTER_OFF]: 'it may not master the bus any more',
};

/**
 * A camera that stores frames in a ring of buffers by itself, at its own rate, once it was told
 * where they are. See README.md.
 */
export class Camera extends PciFunction {
  static readonly options = CAMERA_OPTIONS;
  readonly inta = this.intxOut(1);
  /** To be bound to `PciBus.upstream`. */
  readonly mem: DmaPort;
  readonly sensor: Sensor;
  private readonly fifo: number;
  private readonly s = this.cells('camera', {
    running: false,
    phase: PHASE.IDLE as number,
    /** Of the frame that is stored: its number, when it began, its slot, bytes out of the FIFO. */
    frame: 0, began: 0, slot: 0, taken: 0, damaged: false, chunk: 0,
    /** Its page list: what was fetched and not used, where the rest is, the page in use. */
    list: new Uint32Array(LIST_BYTES / 4), have: 0, next: 0, listAt: 0, links: 0, page: 0, pageNumber: -1,
  });
  private readonly traffic = this.cells('traffic', registerTraffic());
  private readonly stored = this.counter('framesStored', '', 'frames that a camera stored');
  private readonly data = this.counter('cameraBytes', 'B', 'bytes of frames that a camera stored');
  readonly registers = this.regs('registers', CAMERA_REGISTERS, {
    CONTROL: { write: (w) => this.control(w.RESET === 1) },
    STATUS: { get: { STORING: () => +(this.s.phase !== PHASE.IDLE), EMPTY: () => +this.empty } },
    GEOMETRY: { get: { WIDTH: () => this.sensor.width, HEIGHT: () => this.sensor.height } },
    FORMAT: {
      get: {
        PIXEL_BYTES: () => this.sensor.pixelBytes,
        PERIOD: () => Math.round(this.sensor.period / TICKS_PER_MICROSECOND),
      },
    },
    FRAME: { get: { NUMBER: () => Math.floor(this.sim.scheduler.now / this.sensor.period) % WORD } },
    CLOCK: { get: { MICROSECONDS: () => this.microseconds } },
  }, { unclaimedValue: 'zero' });
  readonly config = this.configSpace(CAMERA_CONFIG, { STATUS: { get: { INTX: () => +this.pending } } });
  /** A frame begins. */
  private readonly begins = this.event('frame', () => this.frameBegins());
  /** The FIFO holds what the next burst takes. */
  private readonly filled = this.event('fifo', () => this.pump());
  private readonly entryRead: DmaCompletion;
  private readonly listRead: DmaCompletion;
  private readonly written: DmaCompletion;
  private readonly resultWritten: DmaCompletion;

  /** @throws ParameterError if an option is refused */
  constructor(name: string, sim: Simulation, options: Partial<ValuesOf<typeof CAMERA_OPTIONS>> = {}) {
    super(name, sim);
    const o = valuesOf(CAMERA_OPTIONS, options);
    this.sensor = new Sensor(o);
    this.fifo = o.fifo;
    this.mem = this.dmaPort('dma', { burst: o.burst, buffer: Math.max(LIST_BYTES, o.burst), countsData: true });
    this.entryRead = this.completion(this.mem, 'entry', (status, aborted) => {
      if (this.good(status, aborted)) this.listFrom(this.mem.view.getUint32(0, true));
    });
    this.listRead = this.completion(this.mem, 'list', (status, aborted) => {
      if (this.good(status, aborted)) this.listCame();
    });
    this.written = this.completion(this.mem, 'written', (status, aborted) => {
      if (!this.good(status, aborted)) return;
      this.s.taken += this.s.chunk;
      this.data.value += this.s.chunk;
      this.pump();
    });
    this.resultWritten = this.completion(this.mem, 'result', (status, aborted) => {
      if (this.good(status, aborted)) this.frameEnds();
    });
    this.bar('BAR0', new ObservedRegisters(this.registers, this.traffic));
    const t = this.traffic;
    this.countersOf(trafficCounters(t, 'camera'));
  }

  override describe(): Identity {
    return {
      compatible: 'northbridge,camera',
      title: 'Camera that stores frames in a ring of buffers by itself',
      datasheet: 'its README.md',
      figures: [{
        what: 'blanking', value: '45 of 525 lines, 160 of 800 pixel times',
        source: 'VESA DMT 1.0 rev. 11, 640 × 480 at 60 Hz', verified: 'nobody',
      }],
      absent: ['exposure, gain, colour; the picture is a test pattern'],
    };
  }

  protected override dataBytes(): number {
    return this.data.value;
  }

  protected override outputs(): void {
    this.inta.set(this.pending && !this.intxDisabled);
  }

  private get pending(): boolean {
    return (this.registers.r.INT.value & (this.registers.r.CONTROL.value >>> 8) & 15) !== 0;
  }

  private get microseconds(): number {
    return Math.floor(this.sim.scheduler.now / TICKS_PER_MICROSECOND) % WORD;
  }

  /** Frames that software has not given back. */
  private get held(): number {
    return (this.registers.r.PRODUCER.FRAMES - this.registers.r.CONSUMER.FRAMES) & INDEX_MASK;
  }

  private get empty(): boolean {
    return this.registers.r.CONTROL.OVERWRITE === 0 && this.held >= this.registers.r.SIZE.ENTRIES;
  }

  // --- §CONTROL ---

  private control(reset: boolean): void {
    const s = this.s, r = this.registers.r;
    r.CONTROL.RESET = 0;
    if (reset) {
      const run = r.CONTROL.RUN;
      this.halt();
      r.CONTROL.RUN = run;
      r.PRODUCER.value = r.CONSUMER.value = 0;
      r.DROPPED.value = r.LOST.value = r.MISSED.value = 0;
      r.INT.value = 0;
      r.STATUS.ERROR = CAMERA_ERROR.NONE;
    }
    if (r.CONTROL.RUN === 1 && !s.running) this.start();
    else if (r.CONTROL.RUN === 0 && s.running) this.halt();
  }

  private start(): void {
    const r = this.registers.r, entries = r.SIZE.ENTRIES;
    r.STATUS.ERROR = CAMERA_ERROR.NONE;
    if (entries === 0 || entries > MOST_ENTRIES || (entries & (entries - 1)) !== 0) {
      this.fail('camera-refused', CAMERA_ERROR.RING_SIZE);
      return;
    }
    this.s.running = true;
    const { period } = this.sensor;
    this.begins.at((Math.floor(this.sim.scheduler.now / period) + 1) * period);
  }

  /** A frame that is being stored is given up; nothing is written any more. */
  private halt(): void {
    this.registers.r.CONTROL.RUN = 0;
    this.s.running = false;
    this.s.phase = PHASE.IDLE;
    this.begins.cancel();
    this.filled.cancel();
    this.mem.abort();
  }

  private fail(note: 'camera-refused' | 'camera-stopped', error: number): void {
    this.halt();
    this.registers.r.STATUS.ERROR = error;
    this.registers.r.INT.ERROR = 1;
    this.note(note === 'camera-refused' ? 'camera-refused' : 'camera-stopped', WHY[error]);
  }

  private good(status: number, aborted: boolean): boolean {
    if (status === STATUS.OK) return true;
    this.fail('camera-stopped', status === STATUS.DECODE_ERROR ? CAMERA_ERROR.MASTER_ABORT
      : aborted ? CAMERA_ERROR.TARGET_ABORT : CAMERA_ERROR.MASTER_OFF);
    return false;
  }

  // --- a frame (§Ring, §Page lists, §FIFO) ---

  private frameBegins(): void {
    const s = this.s, r = this.registers.r, { now } = this.sim.scheduler;
    this.begins.at(now + this.sensor.period);
    if (s.phase !== PHASE.IDLE) {
      r.MISSED.value++;
      return;
    }
    if (r.CONTROL.OVERWRITE === 0 && this.held > r.SIZE.ENTRIES) {
      this.fail('camera-stopped', CAMERA_ERROR.INDEX);
      return;
    }
    if (this.empty) {
      r.DROPPED.value++;
      r.INT.DROP = 1;
      return;
    }
    s.frame = now / this.sensor.period;
    s.began = now;
    s.slot = r.PRODUCER.FRAMES & (r.SIZE.ENTRIES - 1);
    s.taken = s.have = s.next = s.links = 0;
    s.pageNumber = -1;
    s.damaged = false;
    s.phase = PHASE.ENTRY;
    this.mem.read(this.entryAt, 4, this.entryRead);
  }

  private get entryAt(): number {
    // The field holds bits 31:4.
    return this.registers.r.RING.ADDRESS * 16 + this.s.slot * ENTRY_BYTES;
  }

  private listFrom(address: number): void {
    if ((address & 3) !== 0) {
      this.fail('camera-stopped', CAMERA_ERROR.PAGE_ENTRY);
      return;
    }
    this.s.listAt = address;
    this.fetchList();
  }

  private fetchList(): void {
    this.s.phase = PHASE.LIST;
    this.mem.read(this.s.listAt, LIST_BYTES - (this.s.listAt % LIST_BYTES), this.listRead);
  }

  private listCame(): void {
    const s = this.s, bytes = LIST_BYTES - (s.listAt % LIST_BYTES);
    s.have = bytes / 4;
    s.next = 0;
    for (let k = 0; k < s.have; k++) s.list[k] = this.mem.view.getUint32(4 * k, true);
    s.listAt += bytes;
    this.pump();
  }

  /** The FIFO gives up its next burst, or waits until it has one. */
  private pump(): void {
    const s = this.s, sensor = this.sensor, since = this.sim.scheduler.now - s.began;
    s.phase = PHASE.DATA;
    const arrived = sensor.arrived(since);
    if (arrived - s.taken > this.fifo) this.overrun(arrived);
    if (s.taken === sensor.frameBytes) {
      this.writeResult();
      return;
    }
    if (!this.reachPage(Math.floor(s.taken / PAGE_BYTES))) return;
    const inPage = s.taken % PAGE_BYTES;
    s.chunk = Math.min(this.mem.burst, PAGE_BYTES - inPage, sensor.lineBytes - (s.taken % sensor.lineBytes));
    if (arrived < s.taken + s.chunk) {
      this.filled.at(s.began + sensor.when(s.taken + s.chunk));
      return;
    }
    const line = Math.floor(s.taken / sensor.lineBytes), column = s.taken % sensor.lineBytes;
    for (let k = 0; k < s.chunk; k++) this.mem.buffer[k] = pictureByte(s.frame, line, column + k);
    this.mem.write(s.page + inPage, s.chunk, this.written);
  }

  /** Pixels were lost: the FIFO is emptied, and storing goes on with the next line that begins. */
  private overrun(arrived: number): void {
    const s = this.s, { lineBytes } = this.sensor;
    const first = Math.floor(s.taken / lineBytes), resume = Math.floor((arrived - 1) / lineBytes) + 1;
    this.registers.r.LOST.value += resume - first;
    this.registers.r.INT.OVERRUN = 1;
    s.damaged = true;
    s.taken = resume * lineBytes;
  }

  /** Goes on in the page list to a page of the buffer; false if it has to be fetched, or is bad. */
  private reachPage(wanted: number): boolean {
    const s = this.s;
    while (s.pageNumber < wanted) {
      if (s.next === s.have) {
        this.fetchList();
        return false;
      }
      const entry = s.list[s.next++];
      if ((entry & LIST_LINK) !== 0) {
        if (++s.links > MOST_LINKS) {
          this.fail('camera-stopped', CAMERA_ERROR.LINKS);
          return false;
        }
        s.listAt = (entry & ~3) >>> 0;
        s.have = s.next = 0;
      } else if (entry % PAGE_BYTES !== 0) {
        this.fail('camera-stopped', CAMERA_ERROR.PAGE_ENTRY);
        return false;
      } else {
        s.page = entry;
        s.pageNumber++;
      }
    }
    return true;
  }

  private writeResult(): void {
    const s = this.s, { view } = this.mem;
    s.phase = PHASE.RESULT;
    view.setUint32(0, s.frame % WORD, true);
    view.setUint32(4, RESULT_STORED | (s.damaged ? RESULT_DAMAGED : 0), true);
    view.setUint32(8, Math.floor(s.began / TICKS_PER_MICROSECOND) % WORD, true);
    this.mem.write(this.entryAt + ENTRY_RESULT, ENTRY_BYTES - ENTRY_RESULT, this.resultWritten);
  }

  private frameEnds(): void {
    const r = this.registers.r;
    this.s.phase = PHASE.IDLE;
    r.PRODUCER.value = (r.PRODUCER.value + 1) & INDEX_MASK;
    r.INT.FRAME = 1;
    this.stored.value++;
    if (r.CONTROL.SINGLE === 1) this.halt();
  }
}
