import { STATUS } from '../../../mem/transaction.ts';
import type { Identity, Simulation } from '../../../sim/component.ts';
import type { DmaCompletion, DmaPort } from '../../dma-port.ts';
import { ObservedRegisters, registerTraffic, trafficCounters } from '../../pci/observed-registers.ts';
import { PciFunction } from '../../pci/pci-function.ts';
import { SYSTEM_DMA_CONFIG, SYSTEM_DMA_REGISTERS } from './spec.ts';

export interface SystemDmaOptions {
  /** The engine's FIFO = longest burst: bytes, a power of two from 4 to 256 (default 64). */
  fifo?: number;
}

/**
 * A DMA engine that belongs to no device: it reads a burst from one address into its FIFO and
 * writes it to another, so every byte crosses the bus twice. See README.md.
 */
export class SystemDma extends PciFunction {
  readonly inta = this.intxOut(1);
  /** To be bound to `PciBus.upstream`. */
  readonly mem: DmaPort;
  private readonly fifo: number;
  private readonly s = this.cells('engine', { busy: false, source: 0, target: 0, left: 0, chunk: 0 });
  private readonly traffic = this.cells('traffic', registerTraffic());
  readonly registers = this.regs('registers', SYSTEM_DMA_REGISTERS, {
    CONTROL: {
      get: { START: () => +this.s.busy },
      write: (w) => {
        this.registers.r.CONTROL.START = 0;
        if (w.START === 1) this.start();
      },
    },
    LEFT: { get: { BYTES: () => this.s.left } },
  }, { unclaimedValue: 'zero' });
  readonly config = this.configSpace(SYSTEM_DMA_CONFIG, {
    STATUS: { get: { INTX: () => +this.pending } },
  });
  private readonly fetched: DmaCompletion;
  private readonly stored: DmaCompletion;

  constructor(name: string, sim: Simulation, options: SystemDmaOptions = {}) {
    super(name, sim);
    this.fifo = options.fifo ?? 64;
    this.mem = this.dmaPort('dma', { burst: this.fifo, buffer: this.fifo });
    this.fetched = this.completion(this.mem, 'fetched', (status) => {
      if (status === STATUS.OK) this.mem.write(this.s.target, this.s.chunk, this.stored);
      else this.end(false);
    });
    this.stored = this.completion(this.mem, 'stored', (status) => {
      if (status === STATUS.OK) this.advance();
      else this.end(true);
    });
    this.bar('BAR0', new ObservedRegisters(this.registers, this.traffic));
    const t = this.traffic;
    this.countersOf(trafficCounters(t, 'engine'));
  }

  override describe(): Identity {
    return {
      compatible: 'northbridge,system-dma',
      title: 'Memory-to-memory DMA engine of the board',
      datasheet: 'its README.md',
    };
  }

  protected override outputs(): void {
    this.inta.set(this.pending && !this.intxDisabled);
  }

  private get pending(): boolean {
    const { CONTROL, STATUS: status } = this.registers.r;
    return CONTROL.IE === 1 && (status.DONE | status.ERROR) !== 0;
  }

  private start(): void {
    const s = this.s, r = this.registers.r;
    if (s.busy) {
      this.note('dma-busy', 'START was written while a transfer was under way; ignored');
      return;
    }
    r.STATUS.AT_WRITE = 0;
    const bytes = r.COUNT.BYTES;
    if (bytes === 0 || r.SRC.ADDRESS + bytes > 2 ** 32 || r.DST.ADDRESS + bytes > 2 ** 32) {
      r.STATUS.ERROR = 1;
      this.note('dma-range', `a transfer of ${bytes} bytes does not fit behind its addresses`);
      return;
    }
    s.busy = true;
    s.source = r.SRC.ADDRESS;
    s.target = r.DST.ADDRESS;
    s.left = bytes;
    this.next();
  }

  /**
   * A burst ends where either side meets a boundary of its size, so that both sides take it as one
   * transaction.
   */
  private next(): void {
    const s = this.s, size = this.fifo;
    s.chunk = Math.min(s.left, size - (s.source % size), size - (s.target % size));
    this.mem.read(s.source, s.chunk, this.fetched);
  }

  private advance(): void {
    const s = this.s;
    s.source += s.chunk;
    s.target += s.chunk;
    s.left -= s.chunk;
    if (s.left > 0) this.next();
    else {
      s.busy = false;
      this.registers.r.STATUS.DONE = 1;
    }
  }

  private end(atWrite: boolean): void {
    const r = this.registers.r;
    this.s.busy = false;
    r.STATUS.ERROR = 1;
    r.STATUS.AT_WRITE = +atWrite;
  }
}
