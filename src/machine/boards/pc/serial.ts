import { SerialPeer } from '../../../hw/char/serial-peer/serial-peer.ts';
import { Uart16550 } from '../../../hw/char/uart16550/uart16550.ts';
import type { DmaChannel } from '../../../hw/dma/isa-dma.ts';
import { choice, frequency } from '../../../sim/parameter.ts';
import { Clock } from '../../../sim/clock.ts';
import type { Board } from '../../board.ts';
import type { Surroundings } from '../../definition.ts';
import type { Backbone, PcValues } from './backbone.ts';

/** The crystal of both ports, 1.8432 MHz (IBM PC Technical Reference, Asynchronous Adapter). */
export const SERIAL_CRYSTAL = 1_843_200;

/** The second serial port's rows of the board's options. */
export const SERIAL_OPTIONS = {
  serialClock: frequency(SERIAL_CRYSTAL, {
    doc: 'COM2: clock of the UART; the fastest line is a sixteenth of it', minimum: 1e5, maximum: 24e6,
    source: 'IBM PC Technical Reference: 1.8432 MHz; PC16550D (TL/C/8652) §AC characteristics: up to 24 MHz',
  }),
  serialPeer: choice(['none', 'com2'], 'none', {
    doc: 'A far end at COM2 that takes and sends characters', source: 'a choice',
  }),
  serialDma: choice(['none', 'com2'], 'none', {
    doc: "COM2's RXRDY on DMA channel 3 and TXRDY on channel 0", source: 'a choice: channels that nothing here uses',
  }),
} as const;

const BASE = 0x2f8, PORTS = 8;
const RECEIVE_CHANNEL = 3, TRANSMIT_CHANNEL = 0;

/** COM2, and who is at its far end if that is a part of the machine. */
export function secondPort(
  b: Board, o: PcValues, { io, isaBus }: Backbone, { hosts }: Surroundings, crystal: Clock,
): { com2: Uart16550; peer: SerialPeer | null } {
  const clock = o.serialClock === SERIAL_CRYSTAL ? crystal : b.clock(new Clock('uart2', o.serialClock));
  const peer = o.serialPeer === 'none' ? null : new SerialPeer('peer', b);
  const com2 = b.add(
    new Uart16550('com2', b, peer ?? hosts.serial[1], { clock, dma: o.serialDma === 'com2' }),
  );
  b.map(io, BASE, PORTS, com2.ports, { bus: isaBus });
  if (peer !== null) b.add(peer).connect(com2);
  return { com2, peer };
}

/** Wires COM2 to the DMA controller, if it is to be. */
export function serialDma(b: Board, com2: Uart16550, channel: (n: number) => DmaChannel): void {
  if (com2.receiveDma !== null) b.isaDma(com2.receiveDma, channel(RECEIVE_CHANNEL));
  if (com2.transmitDma !== null) b.isaDma(com2.transmitDma, channel(TRANSMIT_CHANNEL));
}
