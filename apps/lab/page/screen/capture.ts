/** The reader's keys and mouse, given to the machine. */
import type { MachineInput } from '../../../../src/host/input.ts';

/** Escape twice within this time gives the keyboard back (ms). */
const TWICE = 500;
/** Quarters of a millimetre for a pixel of the page: about what a mouse moves for one. */
const BY_PIXEL = 1;

export interface Capture {
  keyDown(event: KeyboardEvent): void;
  keyUp(event: KeyboardEvent): void;
  mouseMove(event: MouseEvent): void;
  mouseButtons(event: MouseEvent): void;
  wheel(event: WheelEvent): void;
  /** The browser has taken the mouse back: its buttons are let go of. */
  mouseGone(): void;
  /** Lets go of what is held. */
  end(): void;
}

/**
 * @param put takes what is typed
 * @param leave called when Escape was pressed twice; the first goes to the machine
 */
export function capture(put: (inputs: readonly MachineInput[]) => void, leave: () => void): Capture {
  const held = new Set<string>();
  let escaped = -Infinity, buttons = 0, frame = 0, right = 0, up = 0, wheel = 0;
  const ours = (event: Event): void => {
    event.preventDefault();
    event.stopPropagation();
  };
  const key = (code: string, down: boolean): void => {
    if (down) held.add(code);
    else held.delete(code);
    put([{ kind: 'key', code, down }]);
  };
  // A mouse of the host may tell of itself a thousand times a second.
  const moved = (): void => {
    cancelAnimationFrame(frame);
    frame = 0;
    const whole = { right: Math.trunc(right), up: Math.trunc(up), wheel };
    [right, up, wheel] = [right - whole.right, up - whole.up, 0];
    if (whole.right !== 0 || whole.up !== 0 || whole.wheel !== 0) put([{ kind: 'move', ...whole }]);
  };
  const soon = (): void => {
    if (frame === 0) frame = requestAnimationFrame(moved);
  };
  const mouseGone = (): void => {
    cancelAnimationFrame(frame);
    frame = 0;
    if (buttons !== 0) put([{ kind: 'buttons', down: buttons = 0 }]);
  };
  return {
    keyDown: (event) => {
      ours(event);
      // The keyboard of the machine repeats by itself.
      if (event.repeat || event.code === '') return;
      if (event.code === 'Escape') {
        const twice = event.timeStamp - escaped < TWICE;
        escaped = twice ? -Infinity : event.timeStamp;
        if (twice) return leave();
      }
      key(event.code, true);
    },
    keyUp: (event) => {
      ours(event);
      if (held.has(event.code)) key(event.code, false);
    },
    mouseMove: (event) => {
      right += event.movementX * BY_PIXEL;
      up -= event.movementY * BY_PIXEL;
      soon();
    },
    mouseButtons: (event) => {
      moved();
      buttons = event.buttons & 7;
      put([{ kind: 'buttons', down: buttons }]);
    },
    wheel: (event) => {
      ours(event);
      wheel += Math.sign(event.deltaY);
      soon();
    },
    mouseGone,
    end: () => {
      for (const code of held) key(code, false);
      mouseGone();
    },
  };
}
