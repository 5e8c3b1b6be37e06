import type { Simulation } from '../../sim/component.ts';
import { choice, count, duration, size, type ValuesOf } from '../../sim/parameter.ts';
import { ms, us } from '../../sim/time.ts';
import type { PciFunction } from '../pci/pci-function.ts';
import type { EthernetLink, EthernetStation } from './ethernet.ts';
import { FRAME_LEAST, EthernetWire } from './link/wire.ts';
import { EthernetPeer } from './peer/peer.ts';
import { PacketSource } from './source/source.ts';

/**
 * Options of every Ethernet card: its address, its wire, what stands at the far end.
 * @param rates that the card can do, in Mbit/s; the first is the default
 */
export function ethernetOptions<const R extends readonly string[]>(rates: R) {
  return {
    mac: count(0x56, { doc: 'Last byte of the station address, 52:54:00:12:34:xx', source: 'a choice', maximum: 255 }),
    rate: choice(rates, rates[0] as R[number], { doc: 'Mbit/s of the wire', source: 'IEEE 802.3' }),
    latency: duration(us(1), {
      doc: 'From one end of the wire to the other', maximum: us(100),
      source: 'an assumption: some metres of cable, and a switch that takes its time for the header only',
    }),
    loss: count(0, { doc: 'Of a million frames the wire loses so many', source: 'a choice', maximum: 1e6 }),
    seed: count(1, { doc: 'Seed of losses and of contents', source: 'a choice', maximum: 2 ** 31 - 1 }),
    far: choice(['peer', 'source'], 'peer', {
      doc: 'What stands at the far end: a host at 10.0.2.2 that answers, or a source of frames', source: 'a choice',
    }),
    frames: count(1000, { doc: 'Source: frames of a series', source: 'a choice', maximum: 1e9 }),
    size: size(1514, { doc: 'Source: bytes of each frame', source: 'IEEE 802.3', minimum: FRAME_LEAST, maximum: 1514 }),
    interval: duration(us(100), {
      doc: 'Source: from a frame to the next; shorter than a frame: one right behind the other', source: 'a choice',
      maximum: ms(10_000),
    }),
    delay: duration(0, {
      doc: 'Source: from reset to the first frame; 0: the first frame that arrives there starts it', source: 'a choice',
      maximum: ms(1e6),
    }),
  };
}

export type EthernetCardOptions = ValuesOf<ReturnType<typeof ethernetOptions<readonly string[]>>>;

/** A card's station address: 52:54:00 is what virtual machines use by custom. */
export function stationAddress({ mac }: Pick<EthernetCardOptions, 'mac'>): Uint8Array {
  return Uint8Array.of(0x52, 0x54, 0x00, 0x12, 0x34, mac);
}

/** Makes a card with its private parts: `NAME-wire`, and `NAME-peer` or `NAME-source` behind it. */
export function withWire<C extends PciFunction & EthernetStation>(
  name: string, sim: Simulation, options: EthernetCardOptions, make: (link: EthernetLink) => C,
): C {
  const { latency, loss, seed } = options;
  const wire = new EthernetWire(`${name}-wire`, sim, { rate: Number(options.rate) * 1e6, latency, loss, seed });
  const far = options.far === 'peer'
    ? new EthernetPeer(`${name}-peer`, sim, wire)
    : new PacketSource(`${name}-source`, sim, wire, { ...options, destination: stationAddress(options) });
  const card = make(wire);
  wire.connect(card, far);
  card.parts = [wire, far];
  return card;
}
