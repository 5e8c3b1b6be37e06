/** What every canvas of the page needs: pixels, and a frame to be drawn in. */

/**
 * Gives a canvas the pixels that the screen has for a size in CSS pixels. One that has them keeps
 * what was drawn.
 * @returns pixels of the screen in one of CSS
 */
export function sizeCanvas(canvas: HTMLCanvasElement, width: number, height: number): number {
  const ratio = devicePixelRatio, across = Math.round(width * ratio), down = Math.round(height * ratio);
  if (canvas.width !== across || canvas.height !== down) {
    canvas.width = across;
    canvas.height = down;
  }
  return ratio;
}

/** Something that is drawn anew when it may have changed, and not otherwise. */
export interface Redrawn {
  /** It is drawn at the next frame: once, however often this is called. */
  readonly soon: () => void;
  /** What was asked for is not drawn any more. */
  readonly end: () => void;
}

export function redrawn(draw: () => void): Redrawn {
  let due = 0;
  return {
    soon: () => {
      if (due !== 0) return;
      due = requestAnimationFrame(() => {
        due = 0;
        draw();
      });
    },
    end: () => {
      cancelAnimationFrame(due);
      due = 0;
    },
  };
}

/** The time of the next frame (ms). */
export function nextFrame(): Promise<number> {
  return new Promise((resolve) => { requestAnimationFrame(resolve); });
}
