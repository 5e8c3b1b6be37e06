import { shown, type Shown } from '../experiment.ts';

/** What the table and the trace of register-effects show. Traces: between the two marks. */
export const REGISTER_EFFECTS_STATEMENTS: readonly Shown[] = [
  shown('S3', 'trace of memory: all acts on the card but the last are cpu0\'s reads and writes of space memory'),
  shown('S12', 'trace of memory: cpu0 in space memory, target paths.registers'),
  shown('S15', 'columns memory and ports: the same values read; the display aside, the same changes'),
  shown('S17', 'trace: space memory at the `pc` of a MOV, space io at that of an IN or OUT'),
  shown('S18', 'columns memory and ports: one card in one slot answers both; row "read COLOUR the other way"'),
  shown('S35', 'rows "read FIFO" and "read FIFO again": an address does not hold a value, the card answers'),
  shown('S36', 'trace of memory with --trace-processor-ram: FIFO is read, then the value is written to ram'),
  shown('S110', 'row "write 4060A0h to COLOUR": the card has changed when the write is over'),
  shown('S111', 'trace: no initiator but cpu0, the card does not look; row "read COLOUR": coloured lines'),
  shown('S114', 'trace: each of the 22 acts on the card is one transaction whose target is paths.registers'),
  shown('S115', 'trace: the write of COLOUR is the only transaction between the POST codes around that act'),
  shown('S116', 'rows "read it again" (5 after 5) and "read FIFO again" (22h after 11h)'),
  shown('S117', 'trace: FIFO is one address; row "write 11h to FIFO" pushes, "read FIFO" pops'),
  shown('S118', 'rows "read STATUS" (cleared by the read) and "write 8 (SOFT) to INT" (cleared by the 1)'),
  shown('S121', 'trace of memory: addresses of one region, each a register of the card'),
  shown('S125', 'northbridge device paths: the registers that the rows name, and what clears or pops them'),
  shown('S126', 'row "read STATUS": 20002h, the FIFO is empty (what is) and a pop found nothing (what has happened)'),
  shown('S127', 'rows "read FIFO" (LEVEL falls by a read) and "write 2 (RAISE) to COMMAND" (SOFT rises by a write)'),
  shown('S144', 'columns memory and ports: each act read the same; it differs in time and in the kind of access'),
  shown('S145', 'trace: `space` is io in the one run and memory in the other'),
  shown('S146', 'row "read COLOUR the other way": written by memory and read by ports, and the converse'),
];
