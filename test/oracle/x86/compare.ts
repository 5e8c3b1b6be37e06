/** Compares outcomes and describes differences for a person. */
import type { Engine } from './engine.ts';
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
 * host (host | ours).
 */
export function compare(
  cases: readonly Case[],
  names: readonly string[],
  host: readonly Outcome[],
  engine: Engine,
  every = 1,
): string[] {
  const lines: string[] = [];
  cases.forEach((c, n) => {
    if (n % every !== 0) return;
    let found: string;
    try {
      found = difference(c, host[n], engine.run(c, n % 2 === 0));
    } catch (error) {
      found = error instanceof Error ? error.message : String(error);
    }
    if (found !== '') lines.push(`${describeCase(c, names[n])}: ${found}`);
  });
  return lines;
}
