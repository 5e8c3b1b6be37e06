import { STATUS } from '../../../mem/transaction.ts';
import type { Identity, Simulation } from '../../../sim/component.ts';
import { valuesOf, type ValuesOf } from '../../../sim/parameter.ts';
import type { DmaCompletion, DmaPort } from '../../dma-port.ts';
import { PciFunction } from '../../pci/pci-function.ts';
import { EduRegisters } from './edu-registers.ts';
import { EDU_BUFFER, EDU_BUFFER_BYTES, EDU_CONFIG, EDU_IRQ, EDU_OPTIONS, EDU_REGISTERS } from './spec.ts';

/** From this n on, n! is a multiple of 2^32 (it has 32 factors of 2): the loop stays short. */
const ALL_ZERO = 34;

/**
 * QEMU's educational PCI device: identification, liveness, factorials, an interrupt register, and a
 * DMA controller with a buffer of 4 KiB. See README.md.
 */
export class EduDevice extends PciFunction {
  readonly inta = this.intxOut(1);
  readonly mem: DmaPort;
  private readonly s = this.cells('edu', { buffer: new Uint8Array(EDU_BUFFER_BYTES), offset: 0 });
  readonly registers = this.regs('registers', EDU_REGISTERS, {
    LIVENESS: { write: (w) => { this.registers.r.LIVENESS.VALUE = ~w.value >>> 0; } },
    FACTORIAL: { write: (w) => this.factorial(w.value) },
    IRQ_RAISE: { write: (w) => this.raise(w.value) },
    IRQ_ACKNOWLEDGE: {
      write: (w) => {
        const causes = this.registers.r.IRQ_STATUS;
        causes.CAUSES = (causes.CAUSES & ~w.value) >>> 0;
      },
    },
    DMA_COMMAND: { write: (w) => { if (w.RUN === 1) this.transfer(); } },
  });
  readonly config = this.configSpace(EDU_CONFIG, { STATUS: { get: { INTX: () => +this.pending } } });
  private readonly computed = this.event('computed', () => this.factorialDone());
  private readonly fetched: DmaCompletion;
  private readonly stored: DmaCompletion;
  private readonly dmaBits: number;
  /** Ticks of one multiplication. */
  private readonly multiplication: number;

  /** @throws ParameterError if an option is refused */
  constructor(name: string, sim: Simulation, options: Partial<ValuesOf<typeof EDU_OPTIONS>> = {}) {
    super(name, sim);
    const o = valuesOf(EDU_OPTIONS, options);
    this.dmaBits = o.dmaBits;
    this.multiplication = o.multiplication;
    this.mem = this.dmaPort('dma', { burst: o.burst, buffer: EDU_BUFFER_BYTES });
    this.fetched = this.completion(this.mem, 'fetched', (status) => {
      const { BYTES } = this.registers.r.DMA_COUNT;
      if (status === STATUS.OK) this.s.buffer.set(this.mem.buffer.subarray(0, BYTES), this.s.offset);
      this.transferred();
    });
    this.stored = this.completion(this.mem, 'stored', () => this.transferred());
    this.bar('BAR0', new EduRegisters(this.registers));
  }

  override describe(): Identity {
    return {
      compatible: 'qemu,edu',
      title: 'QEMU\'s educational device: registers, interrupts and DMA to practise on',
      datasheet: 'QEMU docs/specs/edu.rst',
      absent: [
        'MSI', 'accesses of 8 bytes', 'the 100 ms that QEMU waits before a transfer: it takes the time of its bytes',
      ],
    };
  }

  protected override outputs(): void {
    this.inta.set(this.pending && !this.intxDisabled);
  }

  private get pending(): boolean {
    return this.registers.r.IRQ_STATUS.CAUSES !== 0;
  }

  private raise(causes: number): void {
    const status = this.registers.r.IRQ_STATUS;
    status.CAUSES = (status.CAUSES | causes) >>> 0;
  }

  // --- factorial computation ---

  private factorial(n: number): void {
    this.registers.r.STATUS.COMPUTING = 1;
    this.computed.after(Math.max(1, n) * this.multiplication);
  }

  private factorialDone(): void {
    const r = this.registers.r, n = r.FACTORIAL.VALUE;
    let product = n < ALL_ZERO ? 1 : 0;
    for (let k = 2; k <= n && product !== 0; k++) product = Math.imul(product, k);
    r.FACTORIAL.VALUE = product >>> 0;
    r.STATUS.COMPUTING = 0;
    if (r.STATUS.IRQFACT === 1) this.raise(EDU_IRQ.FACTORIAL);
  }

  // --- DMA controller ---

  private transfer(): void {
    const r = this.registers.r, toMemory = r.DMA_COMMAND.TO_MEMORY === 1;
    const bytes = r.DMA_COUNT.BYTES;
    const [inside, outside] = toMemory
      ? [r.DMA_SOURCE.ADDRESS, r.DMA_DESTINATION.ADDRESS] : [r.DMA_DESTINATION.ADDRESS, r.DMA_SOURCE.ADDRESS];
    const address = outside % 2 ** this.dmaBits;
    if (address !== outside)
      this.note('dma-clamped', `address ${hex(outside)} has more than ${this.dmaBits} bits: ${hex(address)}`);
    // DEVIATES: nothing is moved; QEMU logs that, and moves bytes from or to beside its buffer.
    if (inside < EDU_BUFFER || inside + bytes > EDU_BUFFER + EDU_BUFFER_BYTES || address + bytes > 2 ** 32) {
      this.note('dma-range', `${bytes} bytes at ${hex(inside)} are not in the buffer, 40000 to 40fff`);
      this.transferred();
    } else if (bytes === 0) {
      this.transferred();
    } else {
      this.s.offset = inside - EDU_BUFFER;
      if (toMemory) {
        this.mem.buffer.set(this.s.buffer.subarray(this.s.offset, this.s.offset + bytes));
        this.mem.write(address, bytes, this.stored);
      } else {
        this.mem.read(address, bytes, this.fetched);
      }
    }
  }

  /** As in QEMU, how it went is not told: an abort stands in the PCI status register. */
  private transferred(): void {
    const command = this.registers.r.DMA_COMMAND;
    command.RUN = 0;
    if (command.IRQ === 1) this.raise(EDU_IRQ.DMA);
  }
}

function hex(address: number): string {
  return address.toString(16).padStart(8, '0');
}
