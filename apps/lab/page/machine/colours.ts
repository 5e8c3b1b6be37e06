/** Colours of the page for canvases: what the tokens are on the paper that is shown now. */
const TOKENS = ['paper', 'sheet', 'ink', 'ink-soft', 'rule', 'accent', 'bad', 'mark'] as const;

export interface Colours extends Readonly<Record<(typeof TOKENS)[number], string>> {
  readonly dark: boolean;
  readonly sans: string;
  readonly mono: string;
}

/** Reads them from an element of the page. */
export function coloursOf(place: HTMLElement): Colours {
  const probe = document.createElement('span');
  place.append(probe);
  const read = (token: string): string => {
    probe.style.color = `var(--${token})`;
    return getComputedStyle(probe).color;
  };
  const found = Object.fromEntries(TOKENS.map((t) => [t, read(t)])) as Record<(typeof TOKENS)[number], string>;
  const style = getComputedStyle(place);
  const fonts = { sans: style.getPropertyValue('--sans'), mono: style.getPropertyValue('--mono') };
  probe.remove();
  const [red = 255, green = 255, blue = 255] = (found.paper.match(/[\d.]+/g) ?? []).map(Number);
  return { ...found, ...fonts, dark: red + green + blue < 384 };
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
