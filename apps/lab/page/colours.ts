/** Colours of the page for canvases: what the tokens are on the paper that is shown now. */
import { initiatorStyle, type InitiatorStyle } from './palette.ts';

const TOKENS = ['paper', 'sheet', 'ink', 'ink-soft', 'rule', 'accent', 'bad', 'mark'] as const;

export interface Colours extends Readonly<Record<(typeof TOKENS)[number], string>> {
  /** Whether the paper is dark. */
  readonly dark: boolean;
  readonly sans: string;
  readonly mono: string;
}

/** Reads them from an element of the page. */
export function coloursOf(place: HTMLElement): Colours {
  const probe = document.createElement('span');
  probe.hidden = true;
  place.append(probe);
  const read = (colour: string): string => {
    probe.style.color = colour;
    return getComputedStyle(probe).color;
  };
  const found = Object.fromEntries(TOKENS.map((t) => [t, read(`var(--${t})`)])) as Record<
    (typeof TOKENS)[number], string
  >;
  const dark = read('light-dark(black, white)') === 'rgb(255, 255, 255)', style = getComputedStyle(place);
  probe.remove();
  return { ...found, dark, sans: style.getPropertyValue('--sans'), mono: style.getPropertyValue('--mono') };
}

/** An initiator's colour on the paper of now. */
export function styleColour({ light, dark }: InitiatorStyle, colours: Colours): string {
  return colours.dark ? dark : light;
}

/** The same of an initiator of a board. */
export function initiatorColour(
  name: string, board: Parameters<typeof initiatorStyle>[1], colours: Colours,
): string {
  return styleColour(initiatorStyle(name, board), colours);
}

/** Calls `changed` when the paper may have become another one. Returns how to end that. */
export function onPaperChange(changed: () => void): () => void {
  const media = matchMedia('(prefers-color-scheme: dark)');
  const theme = new MutationObserver(changed);
  media.addEventListener('change', changed);
  theme.observe(document.documentElement, { attributes: true, attributeFilter: ['data-theme'] });
  return () => {
    media.removeEventListener('change', changed);
    theme.disconnect();
  };
}
