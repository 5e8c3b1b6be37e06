import { active, activePane, shown } from '../state/workbench.ts';
import { goToMemory, goToPart } from './go.ts';
import { addressDigits, hex, momentText } from './format.ts';

/** A part's name that leads to it; plain text where there is no such part. */
export function PartLink({ name, label = name }: { readonly name: string; readonly label?: string }) {
  if (name === '') return <>{label}</>;
  return <button class="link" onClick={() => goToPart(name)}>{label}</button>;
}

/** Of two machines, which it is of: `B device-dma: `. */
export function Whose() {
  if (shown.value !== 2) return null;
  return <span class="soft">{active.value === 0 ? 'A' : 'B'} {activePane.value.sheet.value?.method}: </span>;
}

/** An address that leads to what stands there. */
export function AddressLink({ space, address }: { readonly space: string; readonly address: number }) {
  const text = hex(address, addressDigits(space));
  return (
    <button class="link mono" onClick={() => goToMemory(space, address)} aria-label={`${space} at ${text}`}>
      {text}
    </button>
  );
}

/** Of which moment something is, and why it is older than the moment shown. */
export function AsOfLine({ at, failure }: { readonly at: number | null; readonly failure: string }) {
  if (failure !== '') return <p class="as-of bad" role="status">This could not be read: {failure}</p>;
  return <p class="as-of">{at === null ? 'Reading…' : `as of ${momentText(at)}`}</p>;
}
