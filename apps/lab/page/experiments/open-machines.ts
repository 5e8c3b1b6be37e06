/** Methods of a request as machines that are looked at. */
import { signal } from '@preact/signals';
import { openMachines, view } from '../state/actions.ts';
import type { RunRequest } from '../../protocol/experiments.ts';
import { openingTexts, planOf } from './opening.ts';
import { carriersOf, fields } from './request.ts';

/** How what was opened differs from what is measured, a sentence; '' if it does not. */
export const opened = signal('');

/** Opens one method, or the two of the request that differ most: each with another carrier. */
export async function openForLook(request: RunRequest, method?: string): Promise<void> {
  const chosen = method === undefined ? pairOf(request) : [method];
  view.value = 'workbench';
  const smaller = smallerWords(request);
  opened.value = smaller === ''
    ? '' : `Opened with a smaller job, to be looked at: ${smaller}. Figures are measured with the whole one.`;
  await openMachines(chosen.map((m) => planOf(request, m)), Infinity);
}

function pairOf(request: RunRequest): string[] {
  const carrier = (name: string) => carriersOf(request, name)[0];
  const { methods: chosen } = request, [first] = chosen;
  if (first === undefined) return [];
  const second = chosen.find((m) => carrier(m) !== carrier(first)) ?? chosen[1];
  return second === undefined ? [first] : [first, second];
}

/** Which they are, and how the job differs from the one that is measured. */
export function openingNote(request: RunRequest): string {
  return [pairOf(request).join(' and '), smallerWords(request)].filter((t) => t !== '').join('; ');
}

/** `bytes 64KiB in place of 16MiB`. */
function smallerWords(request: RunRequest): string {
  return Object.entries(openingTexts(request.experiment)).filter(([name]) => request.texts[name] === undefined)
    .map(([name, text]) => {
      const field = fields.value.find((f) => f.name === name);
      return `${field?.word ?? name} ${text} in place of ${field?.initial ?? 'the default'}`;
    }).join(', ');
}
