/**
 * How firmware can leave the display card: text of 80 × 25 characters, or pixels that stand in its
 * memory one after the other (width × height × bits of a pixel).
 */
export const DISPLAY_MODES = [
  'text', '640x480x8', '640x480x16', '640x480x32', '800x600x8', '800x600x16', '800x600x32', '1024x768x8',
  '1024x768x16', '1024x768x32', '1280x1024x8', '1280x1024x16', '1280x1024x32',
] as const;

export type DisplayMode = (typeof DISPLAY_MODES)[number];

/** Size in pixels, and bits of a pixel. */
export interface LinearMode {
  readonly width: number;
  readonly height: number;
  readonly bits: number;
}

/** Null for text. */
export function linearModeOf(mode: DisplayMode): LinearMode | null {
  if (mode === 'text') return null;
  const [width, height, bits] = mode.split('x').map(Number);
  return { width, height, bits };
}
