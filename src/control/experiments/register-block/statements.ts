import { shown, type Shown } from '../experiment.ts';

/** What the table and the trace of register-block show. */
export const REGISTER_BLOCK_STATEMENTS: readonly Shown[] = [
  shown('S15', 'columns port and mmio: the processor makes the same accesses, the card answers both'),
  shown('S17', 'rows "port accesses" and "MMIO accesses": IN and OUT in the one run, MOV in the other'),
  shown('S18', 'northbridge device rtl8139: BAR0 (ports) and BAR1 (memory) of one card in one slot'),
  shown('S144', 'the check: what was written by one way is read by the other'),
];
