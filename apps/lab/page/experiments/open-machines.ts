/** Methods of a request as machines that are looked at. */
import { plans as openPlans, openMachines, view } from '../state/actions.ts';
import type { RunRequest } from '../../protocol/experiments.ts';
import type { MachinePlan } from '../../protocol/machine.ts';
import { openingTexts } from './opening.ts';
import { fields, methods } from './request.ts';

/** Opens one method, or the two of the request that differ most: each with another carrier. */
export async function openForLook(request: RunRequest, method?: string): Promise<void> {
  const chosen = method === undefined ? pairOf(request.methods) : [method];
  const { experiment, guest } = request, texts = { ...openingTexts(experiment), ...request.texts };
  view.value = 'workbench';
  await openMachines(chosen.map((m): MachinePlan => ({ experiment, guest, method: m, texts })), Infinity);
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
  const smaller = Object.entries(openingTexts(request.experiment)).filter(([name]) => request.texts[name] === undefined)
    .map(([name, text]) => {
      const field = fields.value.find((f) => f.name === name);
      return `${field?.word ?? name} ${text} here, ${field?.initial ?? ''} when it is run`;
    });
  return [pairOf(request.methods).join(' and '), ...smaller].join('; ');
}

/** The machines that are open are of this request's experiment. */
export function isOpen(request: RunRequest): boolean {
  return openPlans.value[0]?.experiment === request.experiment;
}
