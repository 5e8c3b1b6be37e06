import { shown, type Shown } from '../experiment.ts';

/** What the table and the trace of frame-buffer show. Traces are meant between the marks. */
export const FRAME_BUFFER_STATEMENTS: readonly Shown[] = [
  shown('S76', 'rows "pixels a second" of linear-uc and "PCI bus held": each store waits for the bus'),
  shown('S78', 'rows "pixels a second" and "time of the processor" of linear-wc, ram-copy and ram-dma'),
  shown('S111', 'row "video memory that the beam fetched": it reads all the time; no store tells it anything'),
  shown('S119', 'all columns: what was stored last is what is shown, whatever the way and the order of the stores'),
  shown('S120', '--vram shared: row "accesses that waited for the beam"; --snow on: row "dots of neither picture"'),
  shown('S145', 'trace of vga-planes: ports in space io choose the plane; pixels are in space memory'),
  shown('S146', 'trace of banked: the card answers in space io (the bank) and in space memory (the pixels)'),
];
