/** The page's colours for a canvas: what the CSS variables are on the paper of now. */
import { initiatorStyle } from '../palette.ts';

const TOKENS = ['paper', 'sheet', 'ink', 'ink-soft', 'rule', 'accent', 'bad', 'mark'] as const;
export type Token = (typeof TOKENS)[number];

/** Colours and fonts to draw with. */
export class Ink {
  readonly sans: string;
  readonly mono: string;
  /** Whether the paper is dark. */
  readonly dark: boolean;
  private readonly colours: Readonly<Record<Token, string>>;

  /** Reads the colours as they are at `place`. */
  constructor(place: HTMLElement) {
    const probe = place.ownerDocument.createElement('i');
    probe.hidden = true;
    place.append(probe);
    const read = (token: Token): string => {
      probe.style.color = `var(--${token})`;
      return getComputedStyle(probe).color;
    };
    this.colours = Object.fromEntries(TOKENS.map((t) => [t, read(t)])) as Record<Token, string>;
    probe.style.color = `light-dark(black, white)`;
    this.dark = getComputedStyle(probe).color === 'rgb(255, 255, 255)';
    const style = getComputedStyle(place);
    this.sans = style.getPropertyValue('--sans');
    this.mono = style.getPropertyValue('--mono');
    probe.remove();
  }

  of(token: Token): string {
    return this.colours[token];
  }

  /** The colour of an initiator of a board. */
  initiator(name: string, board: Parameters<typeof initiatorStyle>[1]): string {
    const style = initiatorStyle(name, board);
    return this.dark ? style.dark : style.light;
  }
}
