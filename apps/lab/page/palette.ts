/**
 * Who began a transfer, as colour and shape: the one meaning that colour has on the page. The
 * colours are those of P. Tol's "bright" and "muted" schemes (SRON/EPS/TN/09-002, 2021), which the
 * colour-blind can tell apart; the shapes say the same without colour.
 */
export const SHAPES = ['circle', 'square', 'diamond', 'triangle', 'hexagon', 'cross', 'star', 'bar'] as const;
export type Shape = (typeof SHAPES)[number];

export interface InitiatorStyle {
  /** CSS colours on light and on dark paper, each with a contrast of 3:1 and more. */
  readonly light: string;
  readonly dark: string;
  readonly shape: Shape;
}

/** The processor's own; what waits for nobody. */
const PROCESSOR: InitiatorStyle = { light: '#2f67a3', dark: '#7fb2e5', shape: 'circle' };
const MASTERS: readonly InitiatorStyle[] = [
  { light: '#b5451b', dark: '#f2976b', shape: 'square' }, { light: '#1f7a41', dark: '#74c990', shape: 'diamond' },
  { light: '#8a2f7c', dark: '#dd8fd0', shape: 'triangle' }, { light: '#8a6a00', dark: '#dfc25a', shape: 'hexagon' },
  { light: '#00707f', dark: '#63c8d6', shape: 'star' }, { light: '#a12a55', dark: '#f08fb0', shape: 'cross' },
  { light: '#5a5f66', dark: '#b4bac1', shape: 'bar' },
];

/**
 * The style of an initiator among those of a board (`BoardDescription.initiators`, in their order):
 * the same wherever it is shown.
 */
export function initiatorStyle(
  name: string, initiators: readonly { readonly name: string; readonly kind: 'processor' | 'dma' }[],
): InitiatorStyle {
  if (initiators.some((i) => i.name === name && i.kind === 'processor')) return PROCESSOR;
  const at = initiators.filter((i) => i.kind === 'dma').findIndex((i) => i.name === name);
  return MASTERS[Math.max(0, at) % MASTERS.length] as InitiatorStyle;
}
