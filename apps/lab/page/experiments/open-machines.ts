/** Methods of a request as machines that are looked at. */
import { signal } from '@preact/signals';
import { openMachines, view } from '../state/actions.ts';
import type { RunRequest } from '../../protocol/experiments.ts';
import type { MachinePlan } from '../../protocol/machine.ts';
import { openingTexts, seesMemory } from './opening.ts';
import { fields, methods } from './request.ts';

/** How what was opened differs from what is measured, a sentence; '' if it does not. */
export const opened = signal('');

/** Opens one method, or the two of the request that differ most: each with another carrier. */
export async function openForLook(request: RunRequest, method?: string): Promise<void> {
  const chosen = method === undefined ? pairOf(request.methods) : [method];
  const { experiment, guest } = request, texts = { ...openingTexts(experiment), ...request.texts };
  view.value = 'workbench';
  const smaller = smallerWords(request);
  opened.value = smaller === ''
    ? '' : `Opened with a smaller job, to be looked at: ${smaller}. Figures are measured with the whole one.`;
  const memory = guest === 'bare' && seesMemory(experiment) ? { memory: true } : {};
  await openMachines(chosen.map((m): MachinePlan => ({ experiment, guest, method: m, texts, ...memory })), Infinity);
}

function pairOf(chosen: readonly string[]): string[] {
  const carrier = (name: string): string => methods.value.find((m) => m.method === name)?.carriers[0] ?? '';
  const [first] = chosen;
  if (first === undefined) return [];
  const second = chosen.find((m) => carrier(m) !== carrier(first)) ?? chosen[1];
  return second === undefined ? [first] : [first, second];
}

/** Which they are, and how the job differs from the one that is measured. */
export function openingNote(request: RunRequest): string {
  return [pairOf(request.methods).join(' and '), smallerWords(request)].filter((t) => t !== '').join('; ');
}

/** `bytes 64KiB in place of 16MiB`. */
function smallerWords(request: RunRequest): string {
  return Object.entries(openingTexts(request.experiment)).filter(([name]) => request.texts[name] === undefined)
    .map(([name, text]) => {
      const field = fields.value.find((f) => f.name === name);
      return `${field?.word ?? name} ${text} in place of ${field?.initial ?? 'the default'}`;
    }).join(', ');
}
