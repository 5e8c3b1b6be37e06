import { block } from '../../guests/block.ts';
import { u32, word, words } from '../../guests/fields.ts';
import type { GuestStatus } from '../../guests/status.ts';

export const PATHS_METHODS = ['port-pio', 'mmio-uc', 'mmio-wc', 'device-dma', 'system-dma'] as const;
export type PathsMethod = (typeof PATHS_METHODS)[number];
export const DIRECTIONS = ['both', 'to-card', 'from-card'] as const;
export const COMPLETIONS = ['interrupt', 'polled'] as const;
export const REGISTER_PATHS = ['memory', 'ports'] as const;

/** Bytes that the card's buffer holds: the longest transfer. */
export const CARD_BYTES = 0x10000;
/** Where the program's data are: what goes to the card; behind it what comes back. */
export const DATA_AT = 0x100_0000;
/** Sizes of the sweep: 4 bytes, doubled up to the card's buffer. */
export const SWEEP_SIZES: readonly number[] = Array.from({ length: 15 }, (_, k) => 4 * 2 ** k);

/** POST codes of this program beside those of all. */
export const PATHS_POST = { toBlock: 0xb2, turn: 0xb3, fromBlock: 0xb4 } as const;

const status = (code: number, name: string, words: string, doc: string): GuestStatus => ({ code, name, words, doc });

const PATHS_STATUSES: readonly GuestStatus[] = [
  status(0xa0, 'NO_CARD', 'there is no card paths on the PCI bus', 'no card `paths` on PCI bus 0'),
  status(0xa1, 'NO_ENGINE', 'there is no system DMA engine on the PCI bus', 'no system DMA engine on PCI bus 0'),
  status(0xa2, 'NO_ADDRESS', 'firmware gave the card no addresses', 'a base address register is empty'),
  status(0xa3, 'NO_LINE', 'firmware gave the card no interrupt line', 'no interrupt line is routed'),
  status(0xa4, 'NO_RANGE', 'no memory type range register is free', 'no memory type range is free'),
  status(0xa5, 'DMA', 'a DMA transfer failed (status {detail})', 'detail: status of the transfer'),
  status(0xa6, 'LATE', 'a DMA transfer did not end in time', 'a transfer did not end'),
];

/** guest/paths: the same bytes to the card and from the card, by one way, between the two marks. */
export const PATHS_BLOCK = block('paths', 16, {
  about: 'The same bytes from memory to the card, then from the card to memory, by one of five ways.',
  in: {
    method: word('METHOD_*', PATHS_METHODS),
    direction: word('DIRECTION_*', DIRECTIONS),
    completion: word('COMPLETION_*: how the end of a DMA transfer is noticed', COMPLETIONS),
    registers: word('REGISTERS_*: how device-dma reaches the card\'s registers', REGISTER_PATHS),
    byteCount: u32('bytes each way, moved in pieces of at most 64 KiB', { minimum: 4, multiple: 4 }),
    width: u32('bits of each access of the processor: 8, 16 or 32', { minimum: 8, maximum: 32, powerOfTwo: true }),
    source: u32('physical address of what goes to the card, multiple of 4', { multiple: 4 }),
    target: u32('physical address of what comes from the card, multiple of 4', { multiple: 4 }),
    sweep: u32('1: after the measured part, measure one transfer of each size', { initial: 1, maximum: 1 }),
  },
  out: {
    bytesTo: u32('bytes that went to the card in the measured part'),
    bytesFrom: u32('bytes that came from it'),
    transfers: u32('transfers in both directions, measured part'),
    polls: u32('reads of a status register while waiting, measured part'),
    interrupts: u32('interrupts of the card or the engine taken, measured part'),
    spurious: u32('interrupts that neither had asked for'),
    irq: u32('the line at the 8259 pair; 0: none'),
    deviceStatus: u32('causes or status of the last DMA transfer'),
    sweepTo: words('processor cycles of one transfer to the card: 4 bytes, 8, … 64 KiB', SWEEP_SIZES.length),
    sweepFrom: words('the same from the card', SWEEP_SIZES.length),
  },
  constants: {
    POST_TO_BLOCK: [PATHS_POST.toBlock, 'a piece has arrived at the card'],
    POST_TURN: [PATHS_POST.turn, 'all has gone to the card'],
    POST_FROM_BLOCK: [PATHS_POST.fromBlock, 'the next piece is wanted from the card'],
    SWEEP_SIZES: [SWEEP_SIZES.length, 'sizes of the sweep'],
  },
  statuses: PATHS_STATUSES,
});

export type PathsInput = Parameters<typeof PATHS_BLOCK.encode>[0];
