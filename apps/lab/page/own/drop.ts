/** Files that are dropped anywhere on the page. */
import { signal } from '@preact/signals';
import { side } from '../shell/side.ts';
import { view } from '../state/actions.ts';
import { part, take } from './state.ts';

/** Files are being held over the page. */
export const hovering = signal(false);

export function takeDrops(): void {
  addEventListener('dragover', (event) => {
    if (event.dataTransfer?.types.includes('Files') !== true) return;
    event.preventDefault();
    event.dataTransfer.dropEffect = 'copy';
    hovering.value = true;
  });
  addEventListener('dragleave', (event) => {
    if (event.relatedTarget === null) hovering.value = false;
  });
  addEventListener('drop', (event) => {
    hovering.value = false;
    const given = [...event.dataTransfer?.files ?? []];
    if (given.length === 0) return;
    event.preventDefault();
    show();
    void take(given);
  });
}

function show(): void {
  view.value = 'workbench';
  side.value = 'own';
  part.value = 'software';
}
