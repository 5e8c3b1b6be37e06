import { didYouMean } from '../sim/nearest.ts';
import type { BankHooks, Hooks } from './bank.ts';
import type { Fields, Registers } from './layout.ts';

const KINDS: Readonly<Record<keyof Hooks<Fields>, true>> = { get: true, value: true, read: true, write: true };

/**
 * Checks that each hook of a bank is for something that the bank has. JavaScript is not type
 * checked, nor is TypeScript when it is loaded at run time: a hook that nobody calls would be
 * silent.
 * @throws Error that names the bank, the hook and the nearest name
 */
export function checkHooks<R extends Registers>(bank: string, registers: R, hooks: BankHooks<R>): void {
  for (const [name, hook] of Object.entries(hooks) as [string, Hooks<Fields> | undefined][]) {
    if (!Object.hasOwn(registers, name)) {
      const hint = didYouMean(name, Object.keys(registers));
      throw new Error(`${bank}: there is a hook for ${name}, but no such register${hint}`);
    }
    for (const kind of Object.keys(hook ?? {}))
      if (!Object.hasOwn(KINDS, kind))
        throw new Error(`${bank}: ${name} has a hook '${kind}'; hooks are ${Object.keys(KINDS).join(', ')}`);
    const { fields } = registers[name];
    for (const field of Object.keys(hook?.get ?? {}))
      if (!Object.hasOwn(fields, field)) {
        const hint = didYouMean(field, Object.keys(fields));
        throw new Error(`${bank}: there is a hook for ${name}.${field}, but no such field${hint}`);
      }
  }
}
