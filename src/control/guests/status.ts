/**
 * How a guest program's run can end, as the `status` of its block. `words` completes "the guest
 * failed: "; {detail} in it stands for the block's `detail`.
 */
export interface GuestStatus {
  readonly code: number;
  /** C name, without NB_STATUS_. */
  readonly name: string;
  /** For the C header. */
  readonly doc: string;
  readonly words: string;
}

const row = (code: number, name: string, words: string, doc = ''): GuestStatus => ({ code, name, words, doc });

/**
 * Every program's statuses; below 80h it runs or is done. From A0h to DFh a program has its own.
 */
export const GUEST_STATUSES: readonly GuestStatus[] = [
  row(0x00, 'RUNNING', 'it is still running'),
  row(0x01, 'DONE', 'it is done'),
  row(0x80, 'BAD_BLOCK', 'its parameter block is damaged', 'magic or program number is wrong'),
  row(0x81, 'BAD_PARAMETER', 'it refused {parameter}', 'detail: offset of the parameter in the block'),
  row(0x82, 'NO_DRIVE', 'no drive answers as primary master', 'nothing answers as primary master'),
  row(0x83, 'TIMEOUT', 'the drive did not answer command {detail} in time',
    'counted in polls; detail: the command under way'),
  row(0x84, 'ATA_ERROR', 'the drive ended command {detail} with an error',
    'ERR or DF in the drive\'s status; detail: the command'),
  row(0x85, 'NO_BUS_MASTER', 'there is no bus-master IDE controller on the PCI bus',
    'no IDE function on PCI bus 0, or it is no bus master'),
  row(0x86, 'BM_ERROR', 'the bus master reported an error', 'error bit in the bus master\'s status'),
  row(0x87, 'BM_LENGTH', 'the bus master was still active after the interrupt',
    'interrupt, but the bus master is still active: table longer than transfer'),
  row(0x88, 'MODE', 'the controller has no timing for this transfer mode',
    'the controller has no timing for the transfer mode'),
  row(0x89, 'CAPACITY', 'the range ends behind the drive\'s last sector',
    'the range ends behind the drive\'s last sector'),
  row(0x8a, 'EXCEPTION', 'processor exception {vector}', 'detail: vector in bits 7:0'),
  row(0x8b, 'MISMATCH', 'what it checked itself is wrong (detail {detail})',
    'a check that the guest makes itself failed; detail: per program'),
];

/** Numbers that loader and guests share. */
export const PROTOCOL = {
  /** First dword of every block. */
  BLOCK_MAGIC: 0x4e42_5042,
  /** Port of the POST codes. */
  POST_PORT: 0x80,
} as const;

/** POST codes that the guests write to port 80h. */
export const POST = { begin: 0xb0, end: 0xb1, done: 0xdd, fail: 0xee } as const;

/** What the codes say, for the C header. */
export const POST_DOC: Readonly<Record<keyof typeof POST, string>> = {
  begin: 'the measured part begins',
  end: 'the measured part has ended',
  done: 'the block is complete, status NB_STATUS_DONE',
  fail: 'the block is complete, status >= 80h',
};

/** A guest reports a status below this as good. */
export const FIRST_FAILURE = 0x80;
