import type { Identity, Simulation } from '../../../sim/component.ts';
import { us } from '../../../sim/time.ts';
import { Device } from '../../device.ts';
import { nextState, PATTERN_REGISTERS } from './spec.ts';

/**
 * A card on ISA that gives the bytes of a sequence, as fast as they are taken or one in a set time:
 * to the processor by a port, to memory by third-party DMA. See README.md.
 */
export class PatternSource extends Device {
  readonly irq = this.irqOut('irq');
  private readonly s = this.cells('source', { ready: false });
  private readonly tick = this.event('byte', () => {
    this.s.ready = true;
  });
  readonly ports = this.regs('ports', PATTERN_REGISTERS, {
    CONTROL: { write: (w) => this.control(w.GO === 1) },
    STATUS: { get: { READY: () => +this.s.ready } },
    DATA: {
      get: { BYTE: () => this.byte },
      read: () => {
        if (this.s.ready) this.take();
      },
    },
  });
  /** DREQ and DACK#. */
  readonly dma = this.isaDma('dreq', {
    read: (_size, terminal) => {
      const { byte } = this;
      this.take();
      if (terminal) this.end();
      return byte;
    },
  });

  constructor(name: string, sim: Simulation) {
    super(name, sim);
  }

  override describe(): Identity {
    return {
      compatible: 'northbridge,pattern-source',
      title: 'Source of bytes on ISA, by port or by third-party DMA',
      datasheet: 'its README.md',
    };
  }

  protected override outputs(): void {
    const { CONTROL, STATUS } = this.ports.r;
    this.dma.dreq.set(this.s.ready && CONTROL.GO === 1);
    this.irq.set(STATUS.DONE === 1 && CONTROL.IE === 1);
  }

  /** The byte that is there, or would be next. */
  private get byte(): number {
    return nextState(this.ports.r.SEED.STATE) >>> 24;
  }

  private control(go: boolean): void {
    this.tick.cancel();
    this.s.ready = false;
    if (go) this.wait();
  }

  private take(): void {
    const { SEED } = this.ports.r;
    SEED.STATE = nextState(SEED.STATE);
    this.wait();
  }

  /** Until the next byte is there. */
  private wait(): void {
    const { MICROSECONDS } = this.ports.r.PERIOD;
    this.s.ready = MICROSECONDS === 0;
    if (MICROSECONDS > 0) this.tick.after(us(MICROSECONDS));
  }

  /** TC: this was the last byte. */
  private end(): void {
    const { CONTROL, STATUS } = this.ports.r;
    CONTROL.GO = 0;
    STATUS.DONE = 1;
    this.control(false);
  }
}
