/** What a monitor shows. */
export interface Picture {
  /** Pixels in a line, and lines. */
  readonly width: number;
  readonly height: number;
  /** Four bytes a pixel: red, green, blue, 255; line by line from the top. */
  readonly rgba: Uint8Array;
}

/**
 * The output of a display card, as a monitor on its cable sees it. What is shown is what the beam
 * read from video memory when it was there. No look has an effect on the machine.
 */
export interface VideoOutput {
  /** Pictures that the beam has finished since power on. */
  readonly finishedFrames: number;
  /**
   * The monitor's picture now: above the beam of this frame, below it of the one before; null while
   * there is none (no sync, or a timing that no monitor shows). Its bytes are a copy.
   */
  picture(): Picture | null;
  /** Line of the picture at which the beam is; null while it is at none. */
  readonly beamLine: number | null;
  /**
   * The lines of characters that are in video memory, in a text mode, without blanks at their ends;
   * null in a graphics mode.
   */
  text(): readonly string[] | null;
}

/** Who gets the pictures that the beam finishes. */
export interface PictureTap {
  /**
   * The beam has reached the end of a frame.
   * @param output name of the display card
   * @param picture its bytes are the card's own: they hold during the call
   * @param time now, in ticks of 1/3 ns
   */
  finished(output: string, picture: Picture, time: number): void;
}
