/** A packed kernel that does not unpack; the message says how that is known. */
export class DamagedKernelError extends Error {
  override readonly name = 'DamagedKernelError';
}

/** A kernel that cannot be unpacked here; the message says what lacks. */
export class NoDecoderError extends Error {
  override readonly name = 'NoDecoderError';
}
