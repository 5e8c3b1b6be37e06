import type { Machine } from '../../../machine/machine.ts';
import type { Attachment } from '../../session.ts';
import { heldFor, pageEntryOf, type PageEntry } from '../../inspect/page-entry.ts';
import { POST } from '../../guests/status.ts';
import { MAPPED_AT } from './linux.ts';
import { DEVICE_MMAP_POST } from './methods.ts';

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

/** Looks at the page tables when the program says where it is, and changes nothing. */
export class PageWatch implements Attachment {
  readonly seen: Observed = { before: NOTHING, mapped: NOTHING, used: NOTHING, heldFrame: -1, heldText: '' };

  posted(code: number, machine: Machine): void {
    const { seen } = this;
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
