/**
 * Who began a transfer, as colour and shape: the one meaning that colour has on the page. The
 * colours are those of P. Tol's "bright" and "muted" schemes (SRON/EPS/TN/09-002, 2021), which the
 * colour-blind can tell apart; the shapes say the same without colour.
 */
import type { BoardDescription } from '../../../src/machine/describe.ts';

/** Each shape as a path in a square of 12 by 12 around 0, 0: on the page and on canvases. */
export const OUTLINES = {
  circle: 'M-4.5 0a4.5 4.5 0 1 0 9 0a4.5 4.5 0 1 0 -9 0z', square: 'M-4 -4h8v8h-8z',
  diamond: 'M0 -5.4L5.4 0L0 5.4L-5.4 0z',
  triangle: 'M0 -5L5.2 4.2H-5.2z', hexagon: 'M5 0L2.5 4.3H-2.5L-5 0L-2.5 -4.3H2.5z',
  cross: 'M-5 -1.7H-1.7V-5H1.7V-1.7H5V1.7H1.7V5H-1.7V1.7H-5z',
  star: 'M0 -5.5L1.6 -1.8L5.4 -1.7L2.4 .8L3.4 4.6L0 2.4L-3.4 4.6L-2.4 .8L-5.4 -1.7L-1.6 -1.8z',
  bar: 'M-5 -2h10v4h-10z',
} as const;
export type Shape = keyof typeof OUTLINES;

export interface InitiatorStyle {
  /** CSS colours on light and on dark paper, each with a contrast of 3:1 and more. */
  readonly light: string;
  readonly dark: string;
  readonly shape: Shape;
}

const PROCESSOR: InitiatorStyle = { light: '#2f67a3', dark: '#7fb2e5', shape: 'circle' };
/** Channels of a DMA controller, which moves data for others; nobody else looks so. */
const CONTROLLER: InitiatorStyle = { light: '#1f7a41', dark: '#74c990', shape: 'diamond' };
/** Devices that move their data themselves. */
const MASTERS: readonly InitiatorStyle[] = [
  { light: '#b5451b', dark: '#f2976b', shape: 'square' }, { light: '#8a2f7c', dark: '#dd8fd0', shape: 'triangle' },
  { light: '#8a6a00', dark: '#dfc25a', shape: 'hexagon' }, { light: '#00707f', dark: '#63c8d6', shape: 'star' },
  { light: '#a12a55', dark: '#f08fb0', shape: 'cross' }, { light: '#5a5f66', dark: '#b4bac1', shape: 'bar' },
];

/** Of whom it is known only what kind of carrier it is: as the first of its kind on a board. */
export const CARRIER_STYLES = {
  'processor': PROCESSOR, 'device': MASTERS[0] as InitiatorStyle, 'DMA controller': CONTROLLER,
} as const;

type Graph = Pick<BoardDescription, 'initiators' | 'slots' | 'buses'>;

/**
 * The style of an initiator on a board: the same wherever it is shown. All processors have one, and
 * all channels of DMA controllers, which are no initiators of a board's graph. Devices are counted:
 * cards in the order of slots, then what shares its slot with a bridge and belongs to the chip set.
 */
export function initiatorStyle(name: string, board: Graph | null): InitiatorStyle {
  if (board === null) return CONTROLLER;
  let styles = known.get(board);
  if (styles === undefined) known.set(board, (styles = new Map()));
  let style = styles.get(name);
  if (style === undefined) styles.set(name, (style = styleOn(board, name)));
  return style;
}

/** By board and name: asked for every span that is drawn. */
const known = new WeakMap<Graph, Map<string, InitiatorStyle>>();

function styleOn(board: Graph, name: string): InitiatorStyle {
  const own = board.initiators.find((i) => i.name === name);
  if (own === undefined) return CONTROLLER;
  if (own.kind === 'processor') return PROCESSOR;
  const masters = board.initiators.filter((i) => i.kind === 'dma').map((i) => i.component);
  const chipSet = (part: string): boolean => {
    const slot = board.slots.find((s) => s.component === part);
    return slot === undefined || board.slots.some((s) =>
      s.bridge === slot.bridge && s.device === slot.device && board.buses.some((b) => b.behind === s.component));
  };
  const place = (part: string): number => board.slots.findIndex((s) => s.component === part);
  const inOrder = [...new Set(masters)].sort((a, b) =>
    Number(chipSet(a)) - Number(chipSet(b)) || place(a) - place(b));
  return MASTERS[inOrder.indexOf(own.component) % MASTERS.length] as InitiatorStyle;
}
