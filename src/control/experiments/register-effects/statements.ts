import { shown, type Shown } from '../experiment.ts';

/** What the table and the trace of register-effects show. */
export const REGISTER_EFFECTS_STATEMENTS: readonly Shown[] = [
  shown('S3', 'column memory: every act but the first three is a load or a store of an address of the card'),
  shown('S12', 'trace of memory: cpu0 in space memory, target paths.registers'),
  shown('S15', 'columns memory and ports: the same acts with the same results, by two ways of the processor'),
  shown('S17', 'trace: space memory for MOV, space io for IN and OUT'),
  shown('S18', 'columns memory and ports: one card in one slot answers both; last row'),
  shown('S35', 'rows "write 11h to FIFO" and "read FIFO": the value does not stay at the address, it goes to the card'),
  shown('S36', 'column memory: FIFO is read and the value stored in a word of main memory, one after the other'),
  shown('S110', 'row "write 4060A0h to COLOUR": the card has changed when the write is over'),
  shown('S111', 'trace: one write of COLOUR, and no read by anybody before lines change their colour'),
  shown('S114', 'trace: each act is one transaction whose target is paths.registers'),
  shown('S115', 'row "write 4060A0h to COLOUR": no other transaction tells the card'),
  shown('S116', 'rows "read it again" (memory: 5, 5) and "read FIFO again" (11h, then 22h)'),
  shown('S117', 'rows "write 11h to FIFO" and "read FIFO": one address, a write pushes, a read pops'),
  shown('S118', 'rows "read STATUS again" (cleared by the read) and "write 8 (SOFT) to INT" (cleared by the 1)'),
  shown('S121', 'trace of memory: addresses of one region, each a register of the card'),
  shown('S125', 'src/hw/paths/README.md says what each register does; the rows show it'),
  shown('S126', 'rows "read STATUS": FIFO level, what is and what has happened in one register'),
  shown('S127', 'every row: what changed in the card when it was read or written'),
  shown('S128', 'row "write FFFFFFFFh to CONTROL": INTA# rises as a cause is set and now enabled'),
  shown('S144', 'columns memory and ports are equal but for the line that the display draws'),
  shown('S145', 'trace: `space` is io in the one run and memory in the other'),
  shown('S146', 'row "read COLOUR the other way": written by memory and read by ports, and the converse'),
];
