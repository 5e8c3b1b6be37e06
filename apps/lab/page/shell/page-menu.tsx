import { signal } from '@preact/signals';
import { linkNow } from '../address/link.ts';
import { plans, view } from '../state/actions.ts';
import { theme, turnTheme } from './theme.ts';

/** What was last done here, in words; '' after a while. */
const done = signal('');
/** How long it stands (ms). */
const REST = 4000;

/** The way back, what to send to others, dark or light. */
export function PageMenu() {
  return (
    <nav class="page-menu" aria-label="page">
      <button onClick={() => { view.value = 'minute'; }}>Start</button>
      <button onClick={() => copyOf(linkNow, 'the address of this moment is copied')}>Copy link</button>
      <button onClick={() => copyOf(embedCode, 'the code for a page of your own is copied')}>Embed</button>
      <button onClick={turnTheme} title="as the system has it, light, or dark">colours: {theme.value}</button>
      <span role="status">{done.value}</span>
    </nav>
  );
}

/** Copies what stands for the machines that are open, if an address can name them. */
function copyOf(text: () => string, said: string): void {
  if (plans.value.some((p) => p.own !== undefined))
    say('what you brought along stays here: an address cannot hold it');
  else void copy(text(), said);
}

function embedCode(): string {
  const quoted = linkNow('embedded').replaceAll('&', '&amp;').replaceAll('"', '&quot;');
  const title = 'Northbridge: a machine that can be stepped';
  return `<iframe src="${quoted}" width="720" height="420" title="${title}"></iframe>`;
}

async function copy(text: string, said: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
    say(said);
  } catch {
    // Without permission the text itself is what the reader can copy.
    say(text);
  }
}

function say(text: string): void {
  done.value = text;
  setTimeout(() => { if (done.value === text) done.value = ''; }, REST);
}
