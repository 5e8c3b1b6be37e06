import type { Guard, Target, Transaction } from '../../mem/transaction.ts';
import type { Counter } from '../../sim/counter.ts';

/** Cells of what processors did to a card's registers; declared by the card. */
export interface RegisterTraffic {
  /** Accesses to registers that control, and their bytes. */
  controlAccesses: number;
  controlBytes: number;
  /** Accesses to registers that carry data. */
  dataAccesses: number;
}

/**
 * The counters that cards make of it.
 * @param card what the device is, in a word
 * @param transactions all that processors made with it, where control is not all
 */
export function trafficCounters(
  t: RegisterTraffic, card: string, transactions: () => number = () => t.controlAccesses,
): Counter[] {
  return [
    {
      name: 'controlAccesses', unit: '',
      doc: 'accesses of the processor to the registers of our cards, but for data registers',
      value: () => t.controlAccesses,
    },
    { name: 'controlBytes', unit: 'B', doc: 'bytes of these accesses', value: () => t.controlBytes },
    {
      name: 'cardTransactions', unit: '', doc: `bus transactions of the processor with the ${card}`,
      value: transactions,
    },
  ];
}

export function registerTraffic(): RegisterTraffic & Record<string, number> {
  return { controlAccesses: 0, controlBytes: 0, dataAccesses: 0 };
}

/**
 * Registers of a card as a target that counts what processors do to them: control apart from data.
 * Looks of a debugger are not counted, nor what a bus master does: its port counts that.
 */
export class ObservedRegisters implements Target {
  readonly name: string;
  readonly guard?: Guard;
  private readonly registers: Target;
  private readonly traffic: RegisterTraffic;
  private readonly carriesData: (offset: number) => boolean;

  constructor(registers: Target, traffic: RegisterTraffic, carriesData: (offset: number) => boolean = () => false) {
    this.name = registers.name;
    if (registers.guard !== undefined) this.guard = registers.guard;
    this.registers = registers;
    this.traffic = traffic;
    this.carriesData = carriesData;
  }

  read(offset: number, size: number, tx: Transaction): number {
    if (!tx.debug && !tx.busMaster) this.count(offset, size);
    return this.registers.read(offset, size, tx);
  }

  write(offset: number, size: number, value: number, tx: Transaction): void {
    if (!tx.debug && !tx.busMaster) this.count(offset, size);
    this.registers.write(offset, size, value, tx);
  }

  private count(offset: number, size: number): void {
    const t = this.traffic;
    if (this.carriesData(offset)) {
      t.dataAccesses++;
    } else {
      t.controlAccesses++;
      t.controlBytes += size;
    }
  }
}
