import { allOnes } from '../bits/field.ts';
import { STATUS, type Target, type Transaction } from './transaction.ts';

/**
 * What a board maps, below everything else, where a cycle runs although nobody answers: reads are
 * all ones, writes are lost, and the status says that nothing decoded the address. The region that
 * it is mapped by says which bus the cycle takes, and how long.
 */
export class OpenBus implements Target {
  /** As the trace calls the target of an access that nothing decodes. */
  readonly name = 'none';

  read(_offset: number, size: number, tx: Transaction): number {
    tx.status = STATUS.DECODE_ERROR;
    return allOnes(size);
  }

  write(_offset: number, _size: number, _value: number, tx: Transaction): void {
    tx.status = STATUS.DECODE_ERROR;
  }
}

/** Below every region of a device and its base address registers. */
export const OPEN_BUS_PRIORITY = -1000;
