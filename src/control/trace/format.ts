/**
 * The trace file, version 1; `docs/trace-format.md` describes it. A header, then blocks. Every
 * block has its length and checksum before it, so that what a killed recording leaves can be read
 * to the last whole block; the last block of a finished file is the index.
 */
export const TRACE_VERSION = 1;
/** `NBTRAC\r\n`: text transfers that mangle line ends break it at once. */
export const MAGIC: readonly number[] = [0x4e, 0x42, 0x54, 0x52, 0x41, 0x43, 0x0d, 0x0a];
/** Magic, version, length and checksum of the header's text. */
export const HEADER_BYTES = 20;
/** Kind, length of the payload, checksum of both and the payload. */
export const BLOCK_HEADER_BYTES = 9;
/** No block is longer: a longer one is damage. */
export const LONGEST_BLOCK = 2 ** 28;

export const BLOCK = { RUN: 1, RECORDS: 2, INDEX: 3 } as const;

/** What the header tells. */
export interface TraceHeader {
  ticksPerSecond: number;
  board: string;
  /** The program that wrote the file, with its version. */
  generator: string;
  /** The filters in words, '' if every record was kept. */
  filter: string;
}

/** A trace file cannot be used; the message is one line that says why. */
export class TraceFormatError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'TraceFormatError';
  }
}
