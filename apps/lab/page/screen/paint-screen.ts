import type { ScreenLook } from '../../protocol/screen.ts';

/**
 * Draws a picture, scaled by a whole number where it fits into `across` pixels of CSS, with the
 * beam's place if `beam`.
 */
export function paintScreen(canvas: HTMLCanvasElement, across: number, look: ScreenLook, beam: boolean): void {
  const { picture, beamLine } = look;
  if (picture === null) return;
  const { width, height, rgba } = picture;
  if (canvas.width !== width || canvas.height !== height) {
    canvas.width = width;
    canvas.height = height;
  }
  const scale = scaleOf(width, across);
  canvas.style.width = `${width * scale}px`;
  canvas.style.height = `${height * scale}px`;
  canvas.style.imageRendering = Number.isInteger(scale) ? 'pixelated' : 'auto';
  const pen = canvas.getContext('2d');
  if (pen === null) return;
  const { buffer, byteOffset, length } = rgba;
  const pixels = new Uint8ClampedArray(buffer as ArrayBuffer, byteOffset, length);
  pen.putImageData(new ImageData(pixels, width, height), 0, 0);
  if (!beam || beamLine === null) return;
  pen.fillStyle = getComputedStyle(canvas).color;
  pen.fillRect(0, beamLine, width, 1);
}

/** Pixels of CSS for one of the picture. */
export function scaleOf(width: number, across: number): number {
  const fits = across / width;
  return fits >= 1 ? Math.floor(fits) : fits;
}
