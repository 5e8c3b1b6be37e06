import { shown, type Shown } from '../experiment.ts';

/** What the table and the trace of fb-draw show. */
export const FB_DRAW_STATEMENTS: readonly Shown[] = [
  shown('S119', 'all columns: what was stored last is what is shown, whoever stored it and in whatever order'),
  shown('S146', 'the card answers at ports (its mode) and in memory (its pixels): rows of trace --count target'),
  shown('S148', 'columns mmap: bterm, as Debian has it, maps /dev/fb0 as an X server would; its MOVs reach the card'),
];
