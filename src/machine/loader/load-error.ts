/** An image that cannot be loaded. The message is one line: image kind, where, why. */
export class LoadError extends Error {
  /**
   * Byte offset in the image of what is wrong, or -1 if the fault is not at one place of the image.
   */
  readonly offset: number;

  /**
   * @param image what kind of image or input, e.g. `ELF`
   * @param offset byte offset in it, or -1
   * @param reason the rest of the sentence
   */
  constructor(image: string, offset: number, reason: string) {
    super(offset < 0 ? `${image}: ${reason}` : `${image}, offset 0x${offset.toString(16)}: ${reason}`);
    this.name = 'LoadError';
    this.offset = offset;
  }
}
