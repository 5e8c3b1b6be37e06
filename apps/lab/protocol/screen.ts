/** What a machine's monitor shows, and keys and mouse for it. */
import type { MachineInput } from '../../../src/host/input.ts';
import type { Picture } from '../../../src/host/video.ts';
import type { Ticks } from '../../../src/sim/time.ts';

/** Which picture it is. */
export interface PictureMark {
  readonly at: Ticks;
  /** Pictures that the beam had finished then. */
  readonly frames: number;
  /** It is of the front, not of the past. */
  readonly front: boolean;
}

export interface ScreenLook {
  readonly mark: PictureMark;
  /** Null: no picture, as no mode is set. */
  readonly picture: Picture | null;
  /** Lines of characters in a text mode. */
  readonly text: readonly string[] | null;
  /** Line of the picture that the beam is at; null: it is between two pictures. */
  readonly beamLine: number | null;
}

export interface ScreenApi {
  /**
   * What the monitor shows at a time, at most where the front is. Null: nothing new since `seen`,
   * or no display card. While the front runs, its picture is new when the beam has finished one.
   */
  look(time: Ticks, seen: PictureMark | null): Promise<ScreenLook | null>;
  /** Types or moves the mouse, at the front. */
  put(inputs: readonly MachineInput[]): Promise<void>;
}
