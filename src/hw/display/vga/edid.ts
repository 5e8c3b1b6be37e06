import { DISPI_RATE, dispiBlanking } from './timing.ts';

/** The preferred mode. */
const WIDTH = 640, HEIGHT = 480;
/** Size of the picture: 12 by 9 inches, in millimetres. */
const WIDTH_MM = 305, HEIGHT_MM = 229;

/** An ASCII text of at most 13 characters in a descriptor (VESA E-EDID 1.4 §3.10.3). */
function text(out: Uint8Array, at: number, tag: number, value: string): void {
  out[at + 3] = tag;
  for (let k = 0; k < 13; k++)
    out[at + 5 + k] = k < value.length ? value.charCodeAt(k) : k === value.length ? 0x0a : 0x20;
}

/**
 * The monitor's description (VESA E-EDID Standard, release A rev. 2, version 1.4, §3): 640 × 480 at
 * 60 Hz is preferred, 800 × 600 and 1024 × 768 are there.
 */
export function edid(): Uint8Array {
  const e = new Uint8Array(128);
  e.set([0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0]); // §3.3
  // Manufacturer "NBR": five bits a letter, big endian (§3.4.1).
  const id = (14 << 10) | (2 << 5) | 18;
  e.set([id >> 8, id & 0xff, 0x11, 0x11, 0, 0, 0, 0, 1, 2023 - 1990, 1, 4], 8);
  // Digital, 8 bits a colour; size in cm; gamma 2.2; sRGB, preferred mode is native (§3.6).
  e.set([0xa0, Math.round(WIDTH_MM / 10), Math.round(HEIGHT_MM / 10), 120, 0x06], 20);
  // Chromaticities of sRGB (§3.7).
  e.set([0xee, 0x91, 0xa3, 0x54, 0x4c, 0x99, 0x26, 0x0f, 0x50, 0x54], 25);
  // 640 × 480, 800 × 600, 1024 × 768 at 60 Hz (§3.8); no further standard timings (§3.9).
  e.set([0x21, 0x08, 0], 35);
  e.fill(0x01, 38, 54);
  detailed(e, 54);
  // Range limits (§3.10.3.3.1): 50 to 125 Hz, 30 to 160 kHz, up to 300 MHz, default GTF.
  e.set([0, 0, 0, 0xfd, 0, 50, 125, 30, 160, 30, 0, 0x0a, 0x20, 0x20, 0x20, 0x20, 0x20, 0x20], 72);
  text(e, 90, 0xfc, 'Northbridge');
  text(e, 108, 0xfe, 'simulated');
  e[127] = (256 - (e.reduce((sum, b) => sum + b, 0) & 0xff)) & 0xff;
  return e;
}

/** The detailed timing of the preferred mode (§3.10.2). */
function detailed(e: Uint8Array, at: number): void {
  const { horizontal, vertical, front, sync } = dispiBlanking(WIDTH, HEIGHT);
  const clock = Math.round((DISPI_RATE * (WIDTH + horizontal) * (HEIGHT + vertical)) / 10e3);
  const hFront = Math.floor((WIDTH * 25) / 100), hSync = Math.floor((WIDTH * 3) / 100);
  e.set([
    clock & 0xff, clock >> 8,
    WIDTH & 0xff, horizontal & 0xff, ((WIDTH >> 8) << 4) | (horizontal >> 8),
    HEIGHT & 0xff, vertical & 0xff, ((HEIGHT >> 8) << 4) | (vertical >> 8),
    hFront & 0xff, hSync & 0xff, ((front & 15) << 4) | (sync & 15),
    ((hFront >> 8) << 6) | ((hSync >> 8) << 4),
    WIDTH_MM & 0xff, HEIGHT_MM & 0xff, ((WIDTH_MM >> 8) << 4) | (HEIGHT_MM >> 8),
    0, 0, 0x18,
  ], at);
}
