/** Compares outcomes and describes differences for a person. */
import type { Drawn } from './case-sets.ts';
import type { Engine } from './engine.ts';
import { withMakersChoices } from './makers.ts';
import type { Case, Outcome } from './record.ts';

const NAMES = ['eax', 'ecx', 'edx', 'ebx', 'esp', 'ebp', 'esi', 'edi'];
/** CF PF AF ZF SF DF OF NT ID. */
const COMPARED = 0x204cd5;

function hex(value: number): string {
  return (value >>> 0).toString(16);
}

/** What differs between the host's outcome and ours; empty if nothing does. */
export function difference(c: Case, host: Outcome, ours: Outcome): string {
  const found: string[] = [];
  if (host.trap !== ours.trap || host.eip !== ours.eip)
    found.push(`trap ${host.trap | 0} at ${host.eip} | ${ours.trap | 0} at ${ours.eip}`);
  else if (host.exit !== ours.exit) found.push(`exit ${host.exit | 0} | ${ours.exit | 0}`);
  for (let i = 0; i < 8; i++)
    if (host.regs[i] !== ours.regs[i]) found.push(`${NAMES[i]} ${hex(host.regs[i])} | ${hex(ours.regs[i])}`);
  const mask = COMPARED & ~c.ignore;
  if (((host.flags ^ ours.flags) & mask) !== 0)
    found.push(`flags ${hex(host.flags & mask)} | ${hex(ours.flags & mask)}`);
  const at = host.window.findIndex((byte, i) => byte !== ours.window[i]);
  if (at >= 0) found.push(`memory +${hex(at)} ${hex(host.window[at])} | ${hex(ours.window[at])}`);
  return found.join(', ');
}

function describeCase(c: Case, name: string): string {
  const code = [...c.code].map((byte) => byte.toString(16).padStart(2, '0')).join(' ');
  const pokes = c.pokes.map(([at, value]) => `[${hex(at)}]=${hex(value)}`).join(' ');
  return `${name}: ${code} (mode ${c.mode}; ${[...c.regs].map(hex).join(' ')}; flags ${hex(c.flags)}; ${pokes})`;
}

/**
 * Runs the cases (or every nth) on the engine and returns a line for each that differs from the
 * host (host | ours). Cases without an outcome of the host are left out.
 */
export function compare(
  drawn: readonly Drawn[],
  host: readonly (Outcome | null)[],
  vendor: string,
  engine: Engine,
  every = 1,
): string[] {
  const lines: string[] = [];
  drawn.forEach((one, n) => {
    const expected = host[n];
    if (n % every !== 0 || expected === null) return;
    let found: string;
    try {
      const ours = engine.run(one.case, n % 2 === 0);
      found = difference(one.case, withMakersChoices(one, vendor, expected, ours), ours);
    } catch (error) {
      found = error instanceof Error ? error.message : String(error);
    }
    if (found !== '') lines.push(`${describeCase(one.case, one.name)}: ${found}`);
  });
  return lines;
}
