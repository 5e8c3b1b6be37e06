import type { Machine } from '../../../machine/machine.ts';
import type { Attachment } from '../../session.ts';
import { heldFor, pageEntryOf, type PageEntry } from '../../inspect/page-entry.ts';
import { POST } from '../../guests/status.ts';
import { tellMapping } from '../../trace/mappings.ts';
import { MAPPED_AT, PROGRAM } from './linux.ts';
import { DEVICE_MMAP_POST, type DeviceMmapMethod } from './methods.ts';

/** The page table's entry for the mapped page at three moments, and what the processor used. */
export interface Observed {
  before: PageEntry;
  mapped: PageEntry;
  used: PageEntry;
  /** Frame and memory type of the translation that the processor had made; -1 if it had none. */
  heldFrame: number;
  heldText: string;
}

const NOTHING: PageEntry = { digits: '', text: '', frame: -1 };

/** Where the program's accesses go, for the trace. */
function tell(machine: Machine, method: DeviceMmapMethod): void {
  if (method === 'read-write') return;
  const { sim, board } = machine, ports = method === 'ports';
  const target = ports || method === 'mmap' ? 'paths.registers' : 'paths.buffer';
  const space = ports ? 'io' : 'memory';
  const region = board.spaces.find((s) => s.name === space)?.mapped.find((r) => r.name === target);
  if (region === undefined) return;
  tellMapping(sim.trace, sim.scheduler.now, {
    space, first: region.base, last: region.base + region.size - 1, name: ports ? 'ioperm' : PROGRAM[method].file,
    linear: ports ? -1 : MAPPED_AT, entry: ports ? '' : pageEntryOf(machine, MAPPED_AT).digits,
  });
}

/** Looks at the page tables when the program says where it is, and changes nothing. */
export class PageWatch implements Attachment {
  readonly seen: Observed = { before: NOTHING, mapped: NOTHING, used: NOTHING, heldFrame: -1, heldText: '' };

  private readonly method: DeviceMmapMethod;

  constructor(method: DeviceMmapMethod) {
    this.method = method;
  }

  posted(code: number, machine: Machine): void {
    const { seen } = this;
    // Twice: a recording may begin between the two.
    if (code === DEVICE_MMAP_POST.mapped || code === POST.begin) tell(machine, this.method);
    if (code === DEVICE_MMAP_POST.before) seen.before = pageEntryOf(machine, MAPPED_AT);
    else if (code === DEVICE_MMAP_POST.mapped) seen.mapped = pageEntryOf(machine, MAPPED_AT);
    else if (code === POST.end) {
      seen.used = pageEntryOf(machine, MAPPED_AT);
      const held = heldFor(machine, MAPPED_AT);
      seen.heldFrame = held?.frame ?? -1;
      seen.heldText = held?.text ?? '';
    }
  }

  save(): ReturnType<Attachment['save']> {
    const { before, mapped, used, heldFrame, heldText } = this.seen;
    return { before: { ...before }, mapped: { ...mapped }, used: { ...used }, held: { heldFrame, heldText } };
  }

  mismatch(saved: ReturnType<Attachment['save']>): string {
    return ['before', 'mapped', 'used', 'held'].every((k) => saved[k] !== undefined) ? '' : 'no page table entries';
  }

  load(saved: ReturnType<Attachment['save']>): void {
    const entry = (name: string): PageEntry => {
      const c = saved[name];
      return { digits: String(c['digits']), text: String(c['text']), frame: Number(c['frame']) };
    };
    Object.assign(this.seen, {
      before: entry('before'), mapped: entry('mapped'), used: entry('used'),
      heldFrame: Number(saved['held']['heldFrame']), heldText: String(saved['held']['heldText']),
    });
  }
}
