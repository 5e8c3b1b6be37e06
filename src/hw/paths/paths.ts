import { STATUS } from '../../mem/transaction.ts';
import type { Identity, Simulation } from '../../sim/component.ts';
import type { DmaCompletion, DmaPort } from '../dma-port.ts';
import { ObservedRegisters, registerTraffic, trafficCounters } from '../pci/observed-registers.ts';
import { PciFunction } from '../pci/pci-function.ts';
import { CardBuffer } from './card-buffer.ts';
import { displayCells, drawUntil, frameAt, DISPLAY_LINES, lineAt } from './display.ts';
import { BUFFER_BYTES, FIFO_WORDS, PATHS_CONFIG, PATHS_REGISTERS } from './spec.ts';

/** Bytes that the bus master moves with one request. */
const CHUNK = 256;

export interface PathsOptions {
  /** Longest burst of the bus master in bytes, a power of two from 4 to 256 (default 64). */
  burst?: number;
}

/**
 * A card with one register block and one buffer, reached in every way there is: ports, memory
 * (uncached or write-combining), its own bus master, and anybody else's. See README.md.
 */
export class PathsCard extends PciFunction {
  readonly inta = this.intxOut(1);
  /** The card's own way to memory; to be bound to `PciBus.upstream`. */
  readonly mem: DmaPort;
  private readonly s = this.cells('card', {
    buffer: new Uint8Array(BUFFER_BYTES),
    fifo: new Uint32Array(FIFO_WORDS),
    first: 0,
    level: 0,
    /** What the beam draws: the colour register as it was last written. */
    colour: 0,
    // The transfer under way.
    busy: false, toMemory: false, address: 0, offset: 0, left: 0, chunk: 0,
  });
  private readonly traffic = this.cells('traffic', { ...registerTraffic(), bufferAccesses: 0 });
  private readonly display = this.cells('display', displayCells());
  /** What stands behind the window and BAR2. */
  readonly buffer = new CardBuffer(`${this.name}.buffer`, this.s.buffer, this.guard, this.traffic);
  readonly registers = this.regs('registers', PATHS_REGISTERS, {
    STATUS: {
      get: {
        BUSY: () => +this.s.busy,
        EMPTY: () => +(this.s.level === 0),
        FULL: () => +(this.s.level === FIFO_WORDS),
        LEVEL: () => this.s.level,
      },
    },
    FIFO: {
      value: () => (this.s.level === 0 ? 0 : this.s.fifo[this.s.first]),
      read: () => this.pop(),
      write: (w) => this.push(w.value),
    },
    COMMAND: { write: (w) => this.obey(w.CLEAR_FIFO === 1, w.RAISE === 1) },
    COLOUR: { write: () => this.recolour() },
    LINE: {
      get: {
        NUMBER: () => lineAt(this.sim.scheduler.now) % DISPLAY_LINES,
        FRAME: () => Math.floor(lineAt(this.sim.scheduler.now) / DISPLAY_LINES) & 0xffffff,
      },
    },
    WINDOW: {
      value: (size) => this.buffer.peek(this.windowAt(size), size),
      read: (size) => this.windowMoves(size),
      write: (w) => {
        this.buffer.poke(this.windowAt(w.size), w.size, w.value);
        this.windowMoves(w.size);
      },
    },
    DMA_CONTROL: {
      get: { GO: () => +this.s.busy },
      write: (w) => {
        this.registers.r.DMA_CONTROL.GO = 0;
        if (w.GO === 1) this.start();
      },
    },
  }, { unclaimedValue: 'zero' });
  readonly config = this.configSpace(PATHS_CONFIG, {
    STATUS: { get: { INTX: () => +this.pending } },
  });
  private readonly fetched: DmaCompletion;
  private readonly stored: DmaCompletion;

  constructor(name: string, sim: Simulation, options: PathsOptions = {}) {
    super(name, sim);
    this.mem = this.dmaPort('dma', { burst: options.burst ?? 64, buffer: CHUNK });
    this.fetched = this.completion(this.mem, 'fetched', (status) => this.moved(status));
    this.stored = this.completion(this.mem, 'stored', (status) => this.moved(status));
    const { FIFO, WINDOW } = PATHS_REGISTERS.registers;
    const registers = new ObservedRegisters(
      this.registers, this.traffic, (offset) => (offset & ~3) === WINDOW.offset || (offset & ~3) === FIFO.offset,
    );
    this.bar('BAR0', registers);
    this.bar('BAR1', registers);
    this.bar('BAR2', this.buffer);
    const t = this.traffic;
    this.countersOf(trafficCounters(t, 'card', () => t.controlAccesses + t.dataAccesses + t.bufferAccesses));
  }

  /** The display now: 8 × 8 pixels, 24 bits each, line by line. */
  get frame(): Uint32Array {
    return frameAt(this.display, this.sim.scheduler.now, this.s.colour);
  }

  override describe(): Identity {
    return {
      compatible: 'northbridge,paths',
      title: 'A card reached in every way: ports, memory, its own bus master',
      datasheet: 'its README.md',
    };
  }

  protected override outputs(): void {
    this.inta.set(this.pending && !this.intxDisabled);
  }

  private get pending(): boolean {
    return (this.registers.r.INT.value & this.registers.r.CONTROL.value) !== 0;
  }

  // --- registers (§FIFO, §COMMAND, §WINDOW) ---

  private pop(): void {
    const s = this.s;
    if (s.level === 0) {
      this.registers.r.STATUS.UNDERRUN = 1;
      return;
    }
    s.first = (s.first + 1) % FIFO_WORDS;
    s.level--;
  }

  private push(value: number): void {
    const s = this.s, r = this.registers.r;
    if (s.level === FIFO_WORDS) {
      r.STATUS.OVERRUN = 1;
      return;
    }
    s.fifo[(s.first + s.level) % FIFO_WORDS] = value;
    s.level++;
    r.INT.FIFO = 1;
  }

  private obey(clear: boolean, raise: boolean): void {
    // Done at once: nothing stays for a later write of another byte to repeat.
    this.registers.r.COMMAND.value = 0;
    if (clear) {
      this.s.first = 0;
      this.s.level = 0;
    }
    if (raise) this.registers.r.INT.SOFT = 1;
  }

  /** An access of the window stays inside the buffer: an odd end is taken as aligned. */
  private windowAt(size: number): number {
    return this.registers.r.INDEX.BYTE & ~(size - 1);
  }

  private windowMoves(size: number): void {
    const index = this.registers.r.INDEX;
    index.BYTE = (this.windowAt(size) + size) % BUFFER_BYTES;
  }

  // --- the display (§DISPLAY) ---

  /** The write is what tells the card: until now the beam drew in the old colour. */
  private recolour(): void {
    drawUntil(this.display, this.sim.scheduler.now, this.s.colour);
    this.s.colour = this.registers.r.COLOUR.value & 0xffffff;
  }

  // --- the bus master (§DMA) ---

  private start(): void {
    const s = this.s, r = this.registers.r;
    if (s.busy) {
      r.STATUS.LATE = 1;
      this.note('dma-busy', 'GO was written while a transfer was under way; ignored');
      return;
    }
    const length = r.DMA_LENGTH.VALUE, offset = r.DMA_OFFSET.VALUE, address = r.DMA_ADDRESS.VALUE;
    r.DMA_DONE.BYTES = 0;
    if (length === 0 || offset + length > BUFFER_BYTES || address + length > 2 ** 32) {
      r.INT.ERROR = 1;
      this.note('dma-range', `a transfer of ${length} bytes at buffer offset ${offset} does not fit`);
      return;
    }
    s.busy = true;
    s.toMemory = r.DMA_CONTROL.TO_MEMORY === 1;
    s.address = address;
    s.offset = offset;
    s.left = length;
    this.next();
  }

  private next(): void {
    const s = this.s;
    s.chunk = Math.min(s.left, CHUNK);
    if (s.toMemory) {
      this.mem.buffer.set(s.buffer.subarray(s.offset, s.offset + s.chunk));
      this.mem.write(s.address, s.chunk, this.stored);
    } else {
      this.mem.read(s.address, s.chunk, this.fetched);
    }
  }

  private moved(status: number): void {
    const s = this.s, r = this.registers.r;
    if (status !== STATUS.OK) {
      s.busy = false;
      r.INT.ERROR = 1;
      return;
    }
    if (!s.toMemory) s.buffer.set(this.mem.buffer.subarray(0, s.chunk), s.offset);
    s.address += s.chunk;
    s.offset += s.chunk;
    s.left -= s.chunk;
    r.DMA_DONE.BYTES += s.chunk;
    if (s.left > 0) {
      this.next();
      return;
    }
    s.busy = false;
    r.INT.DMA = 1;
  }
}
