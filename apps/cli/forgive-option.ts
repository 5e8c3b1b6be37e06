import { Option } from 'commander';
import { RULE_NAMES, type RuleName } from '../../src/sim/forgive.ts';
import { InputError } from './input-error.ts';
import { knownWord } from './suggest.ts';

/** `--forgive`, for commands that run a user's software. */
export function forgiveOption(): Option {
  return new Option(
    '--forgive <names>',
    `rules of devices that need not be kept, with commas: ${RULE_NAMES.join(', ')}, or all`,
  );
}

/** The rules that `--forgive` names. @throws InputError */
export function forgivenRules(text: string | undefined): RuleName[] {
  if (text === undefined) return [];
  const names = listOf(text);
  if (names.length === 0) throw new InputError(`--forgive is empty; known: ${RULE_NAMES.join(', ')}, all`);
  if (names.includes('all')) return [...RULE_NAMES];
  return names.map((name) => knownWord(name, [...RULE_NAMES, 'all'], 'rule')) as RuleName[];
}

/** Words between commas. */
export function listOf(text: string): string[] {
  return [...new Set(text.split(',').map((word) => word.trim()).filter((word) => word !== ''))];
}
