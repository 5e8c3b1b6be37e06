import type { BankView } from '../../../reg/bank.ts';
import { MOST_LINES, MOST_WIDTH, type DISPI_REGISTERS } from './spec.ts';

type Dispi = BankView<(typeof DISPI_REGISTERS)['registers']>;

/** Bits of a pixel that there are; 4, the planes of the VGA, are not. */
const DEPTHS: readonly number[] = [8, 15, 16, 24, 32];

/** Bits that a pixel takes in memory. */
export function storedBits(r: Dispi): number {
  return r.BPP.BITS === 15 ? 16 : r.BPP.BITS;
}

/**
 * Makes of what software has set in the DISPI registers a mode that fits the memory, as QEMU's
 * model answers (hw/display/vga.c of QEMU 8, the checks at a write while a mode is on): widths are
 * multiples of 8, too much becomes the most that there is, an offset beyond the memory becomes 0.
 * @returns what did not fit, or ''
 */
export function fitMode(r: Dispi, memoryBytes: number): string {
  const asked = `${r.XRES.PIXELS} × ${r.YRES.LINES}, ${r.BPP.BITS} bits, virtual width ${r.VIRT_WIDTH.PIXELS}`;
  let wrong = false;
  const fit = (value: number, fitting: number): number => {
    wrong ||= value !== fitting;
    return fitting;
  };
  if (!DEPTHS.includes(r.BPP.BITS)) r.BPP.BITS = fit(r.BPP.BITS, 8);
  const bits = storedBits(r);
  r.XRES.PIXELS = fit(r.XRES.PIXELS, Math.max(8, Math.min(MOST_WIDTH, r.XRES.PIXELS & ~7)));
  const line = Math.min(MOST_VIRTUAL, r.VIRT_WIDTH.PIXELS & ~7);
  r.VIRT_WIDTH.PIXELS = Math.max(line, r.XRES.PIXELS);
  const lineBytes = (r.VIRT_WIDTH.PIXELS * bits) / 8, most = Math.floor(memoryBytes / lineBytes);
  r.YRES.LINES = fit(r.YRES.LINES, Math.max(1, Math.min(MOST_LINES, most, r.YRES.LINES)));
  r.VIRT_HEIGHT.LINES = Math.min(0xffff, most);
  const end = (): number => (r.X_OFFSET.PIXELS * bits) / 8 + (r.Y_OFFSET.LINES + r.YRES.LINES) * lineBytes;
  if (end() > memoryBytes) r.Y_OFFSET.LINES = fit(r.Y_OFFSET.LINES, 0);
  if (end() > memoryBytes) r.X_OFFSET.PIXELS = fit(r.X_OFFSET.PIXELS, 0);
  return wrong ? asked : '';
}

/** The longest line in memory, in pixels. */
const MOST_VIRTUAL = 0xfff8;
