/** How a frame's bytes are to be read: samples of 16 bits have their low byte first. */
export interface AudioFormat {
  /** Frames a second; not always a whole number. */
  readonly rate: number;
  readonly channels: 1 | 2;
  readonly bits: 8 | 16;
  readonly signed: boolean;
}

/**
 * Where sound goes: a device calls it once for each frame (a sample of each channel) when its
 * converter takes it, in simulated time. Where nothing comes, it is silent.
 */
export interface AudioBackend {
  /**
   * @param time simulated time in ticks of 1/3 ns, never before the frame of the last call
   * @param format the same object as before unless the format is another
   * @param frame `channels` × `bits` / 8 bytes, valid during the call
   */
  frame(time: number, format: AudioFormat, frame: Uint8Array): void;
}
