/** Where makers differ from the P6 that is modelled, and where the manual leaves a choice. */
import type { Drawn } from './case-sets.ts';
import type { Outcome } from './record.ts';
import { MODE, PLACE } from './record.ts';

const NO_TRAP = 0xffffffff;
const ESP = 4;
const STATUS_FLAGS = 0x8d5;
const SEGMENT_PUSHES: ReadonlySet<string> = new Set(['pushSeg', 'pushFsGs']);
const COMPARING_STRINGS: ReadonlySet<string> = new Set(['cmps', 'scas']);
const REPNE = 0xf2;

/**
 * The host's outcome with ours in its place where the host was free to do otherwise.
 *
 * A selector pushed as a doubleword: Intel's processors since the 486, apart from the Pentium,
 * write two bytes (SDM vol. 3, "Selector Pushes and Pops"); AMD's write four, the upper two zero,
 * and check four. REPNE CMPS or SCAS that faults may leave the flags as they were before the
 * instruction (SDM vol. 2, REP; CMPS and SCAS do not read them).
 */
export function withMakersChoices(drawn: Drawn, vendor: string, host: Outcome, ours: Outcome): Outcome {
  const { case: c, name } = drawn;
  if (COMPARING_STRINGS.has(name) && c.code.includes(REPNE) && host.trap !== NO_TRAP && host.trap === ours.trap) {
    const unchanged = ((host.flags ^ c.flags) & STATUS_FLAGS) === 0;
    return unchanged ? { ...host, flags: ours.flags } : host;
  }
  if (vendor === 'GenuineIntel' || !SEGMENT_PUSHES.has(name)) return host;
  if (ours.trap !== NO_TRAP || ((c.regs[ESP] - ours.regs[ESP]) & 0xffff) !== 4) return host;
  if (host.trap !== NO_TRAP) return ours;
  const slot = c.mode === MODE.FLAT ? ours.regs[ESP] - PLACE.DATA : ours.regs[ESP] & 0xffff;
  const window = host.window.slice();
  for (const at of [slot - PLACE.WINDOW + 2, slot - PLACE.WINDOW + 3])
    if (at >= 0 && at < window.length && window[at] === 0) window[at] = ours.window[at];
  return { ...host, window };
}
