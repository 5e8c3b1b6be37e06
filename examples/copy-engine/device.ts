import {
  headerRows, memoryBar, PciFunction, reg, regs, ro, rw, size, STATUS, w1c, type Simulation, type ValuesOf,
} from 'northbridge/device';

/** Registers behind BAR0. Writing GO copies LENGTH bytes from SOURCE to TARGET, both in memory. */
const REGISTERS = regs(32, {
  SOURCE: reg(0x00, { ADDRESS: rw(31, 0) }, { doc: 'Physical address to read from' }),
  TARGET: reg(0x04, { ADDRESS: rw(31, 0) }, { doc: 'Physical address to write to' }),
  LENGTH: reg(0x08, { BYTES: rw(15, 0) }, { doc: 'Bytes to copy, 1 to the size of the buffer' }),
  CONTROL: reg(0x0c, { GO: rw(0), IE: rw(1) }, { doc: 'GO starts and clears itself; IE lets INTA# through' }),
  STATUS: reg(0x10, { BUSY: ro(0), DONE: w1c(1), ERROR: w1c(2) }, { doc: 'Writing 1 to DONE or ERROR clears it' }),
});

const CONFIG = regs(32, {
  ...headerRows({ vendor: 0x1234, device: 0xc0e1, revision: 1, classCode: 0x088000, pin: 1 }),
  BAR0: memoryBar(0x10, 4096),
});

/** A card that copies memory by itself: reads into its buffer, writes it out, then interrupts. */
export default class CopyEngine extends PciFunction {
  static readonly options = {
    buffer: size(4096, { doc: 'longest copy', minimum: 64, maximum: 65536, source: 'a choice of this example' }),
  };
  readonly config = this.configSpace(CONFIG, { STATUS: { get: { INTX: () => +this.pending } } });
  readonly registers = this.regs('registers', REGISTERS, {
    CONTROL: { write: (w) => this.start(w.GO === 1) },
    STATUS: { get: { BUSY: () => +this.dma.active } },
  });
  private readonly inta = this.intxOut(1);
  private readonly dma;
  private readonly fetched;
  private readonly stored;

  constructor(name: string, sim: Simulation, options: ValuesOf<typeof CopyEngine.options>) {
    super(name, sim);
    this.bar('BAR0', this.registers);
    this.dma = this.dmaPort('dma', { burst: 64, buffer: options.buffer });
    this.fetched = this.completion(this.dma, 'fetched', (status) => {
      if (status === STATUS.OK) this.dma.write(this.registers.r.TARGET.ADDRESS, this.length, this.stored);
      else this.end(status);
    });
    this.stored = this.completion(this.dma, 'stored', (status) => this.end(status));
  }

  private get length(): number {
    return this.registers.r.LENGTH.BYTES;
  }
  private get pending(): boolean {
    const { STATUS: status, CONTROL } = this.registers.r;
    return CONTROL.IE === 1 && (status.DONE | status.ERROR) !== 0;
  }
  private start(go: boolean): void {
    this.registers.r.CONTROL.GO = 0;
    if (go && !this.dma.active) this.dma.read(this.registers.r.SOURCE.ADDRESS, this.length, this.fetched);
  }
  private end(status: number): void {
    this.registers.r.STATUS[status === STATUS.OK ? 'DONE' : 'ERROR'] = 1;
  }
  protected override outputs(): void {
    this.inta.set(this.pending && !this.intxDisabled);
  }
}
