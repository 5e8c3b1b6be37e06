/** Names of processors, for recorded answers and for what makers do differently. */
import { readFileSync } from 'node:fs';

export interface Processor {
  /** CPUID's vendor: `GenuineIntel`, `AuthenticAMD`. */
  readonly vendor: string;
  /** Brand, family, model and stepping, for a person. */
  readonly name: string;
}

/** The host's processor as Linux names it; empty fields elsewhere. */
export function hostProcessor(): Processor {
  let text = '';
  try {
    text = readFileSync('/proc/cpuinfo', 'utf8');
  } catch {
    // No such file: the host is not Linux, and nothing is run on its processor.
  }
  const field = (name: string): string => new RegExp(`^${name}\\s*: (.*)$`, 'm').exec(text)?.[1].trim() ?? '';
  const numbers = `family ${field('cpu family')} model ${field('model')} stepping ${field('stepping')}`;
  return { vendor: field('vendor_id'), name: `${field('model name')}, ${numbers}` };
}
