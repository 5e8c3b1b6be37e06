import { Sb16 } from '../../../hw/sound/sb16/sb16.ts';
import { SB16_FIRST_PORT, SB16_PORTS } from '../../../hw/sound/sb16/spec.ts';
import type { DmaChannel } from '../../../hw/dma/isa-dma.ts';
import type { IrqLine } from '../../../irq/line.ts';
import { choice, duration, size } from '../../../sim/parameter.ts';
import { us } from '../../../sim/time.ts';
import type { Board } from '../../board.ts';
import type { Surroundings } from '../../definition.ts';
import type { Backbone, PcValues } from './backbone.ts';

const GUIDE = 'second-hand: Creative, Sound Blaster Series Hardware Programming Guide, 2nd ed., chapter 1: ';

/** The sound card's rows of the board's options. */
export const SOUND_OPTIONS = {
  sound: choice(['none', 'sb16'], 'none', { doc: 'Sound card: a Sound Blaster 16 at port 220h', source: 'a choice' }),
  soundIrq: choice(['5', '7', '9', '10'], '5', { doc: 'Sound card: interrupt line', source: `${GUIDE}5` }),
  soundDma8: choice(['0', '1', '3'], '1', { doc: 'Sound card: 8-bit DMA channel', source: `${GUIDE}1` }),
  soundDma16: choice(['5', '6', '7'], '5', { doc: 'Sound card: 16-bit DMA channel', source: `${GUIDE}5` }),
  soundFifo: size(64, {
    doc: 'Sound card: FIFO between DMA and converter', source: 'unverified: an assumption', minimum: 4, maximum: 256,
    step: 4,
  }),
  soundBusy: duration(us(3), {
    doc: 'Sound card: time that the DSP takes for each byte of a command', maximum: us(20),
    source: 'unverified: an assumption; the guide\'s 23 kHz in direct mode leave at most 21 µs',
  }),
} as const;

const BASE = 0x220;

/** The sound card, if there is to be one; its interrupt line. */
export function soundCard(
  b: Board, o: PcValues, { io, isaBus }: Backbone, { hosts }: Surroundings, channel: (n: number) => DmaChannel,
): [number, IrqLine][] {
  if (o.sound === 'none') return [];
  const irq = Number(o.soundIrq), dma8 = Number(o.soundDma8), dma16 = Number(o.soundDma16);
  const card = b.add(new Sb16('sound', b, {
    // What is IRQ 2 on the card's bus is IRQ 9 on an AT.
    irq: irq === 9 ? 2 : irq, dma8, dma16, fifo: o.soundFifo, busy: o.soundBusy,
    ...(hosts.audio === null ? {} : { audio: hosts.audio }),
  }));
  b.map(io, BASE + SB16_FIRST_PORT, SB16_PORTS, card.ports, { bus: isaBus, offset: SB16_FIRST_PORT });
  b.isaDma(card.dma8, channel(dma8));
  b.isaDma(card.dma16, channel(dma16));
  return [[irq, card.irq]];
}
