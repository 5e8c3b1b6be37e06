/** The processor as people see it who look without touching. */
import { INVALID_TAG, STATE, TLB_ENTRIES } from '../../ir/layout.ts';
import { MEMORY_TYPE, MEMORY_TYPE_NAMES } from '../../mem/transaction.ts';
import type { AddressWalk, CoreLook, HeldTranslation, Inspection, WalkStep } from '../isa.ts';
import { TYPE_SHIFT, WRITABLE } from '../translation-table.ts';
import { CR0_PG, CR4_PSE } from './mmu.ts';
import { registerGroups } from './register-names.ts';
import { attributesOf, baseOf, D } from './segments.ts';
import { CR0, CR3, CR4, CS, HALTED } from './state.ts';
import type { X86 } from './x86.ts';

/** Page table entry bits (SDM vol. 3, 3.6.4). */
const P = 1, RW = 2, US = 4, PWT = 8, PCD = 0x10, ACCESSED = 0x20, DIRTY = 0x40, PS = 0x80, GLOBAL = 0x100;
const HELD_GLOBAL = 2, HELD_LARGE = 4;

export class X86Inspection implements Inspection {
  private readonly x: X86;

  constructor(x: X86) {
    this.x = x;
  }

  look(): CoreLook {
    const { x } = this;
    const pc = x.words[STATE.PC >> 2] >>> 0;
    return {
      groups: registerGroups(x), mode: this.mode(), codeBits: this.code32 ? 32 : 16,
      pc, address: (baseOf(x, CS) + pc) >>> 0,
      source: 'Intel Architecture Software Developer\'s Manual, vol. 1, 3.6; vol. 3, 2.5',
    };
  }

  /** By the page tables as they stand in RAM; no accessed bit is set, no fault recorded. */
  walk(address: number): AddressWalk {
    const w = this.x.words, steps: WalkStep[] = [];
    const end = (physical: number | null, why: string): AddressWalk => ({ address, steps, physical, why });
    if ((w[CR0 >> 2] & CR0_PG) === 0) return end(address >>> 0, 'paging is off: linear addresses are physical ones');
    const large = (w[CR4 >> 2] & CR4_PSE) !== 0;
    const pde = this.entry(steps, 'page directory', (w[CR3 >> 2] & ~0xfff) >>> 0, address >>> 22, large);
    if (pde === null) return end(null, 'the page directory does not stand in RAM');
    if ((pde & P) === 0) return end(null, 'the page directory has no table for it: page fault');
    if (large && (pde & PS) !== 0)
      return end(((pde & 0xffc00000) | (address & 0x3fffff)) >>> 0, 'in a page of 4 MiB');
    const pte = this.entry(steps, 'page table', (pde & ~0xfff) >>> 0, (address >>> 12) & 0x3ff, false);
    if (pte === null) return end(null, 'the page table does not stand in RAM');
    if ((pte & P) === 0) return end(null, 'the page is not present: page fault');
    return end(((pte & ~0xfff) | (address & 0xfff)) >>> 0, 'in a page of 4 KiB');
  }

  translations(): HeldTranslation[] {
    const { tags, frames, flags } = this.x.mmu.kept, { codeTags, codeFrames } = this.x.mmu;
    const held: HeldTranslation[] = [];
    tags.forEach((tag, slot) => {
      if (tag === INVALID_TAG) return;
      const f = flags[slot], type = f >>> TYPE_SHIFT;
      held.push({
        kind: 'data', regime: slot < TLB_ENTRIES ? 'supervisor' : 'user', page: tag >>> 0, frame: frames[slot] >>> 0,
        text: words([
          (f & WRITABLE) !== 0 ? 'writable' : 'to be read',
          (f & HELD_LARGE) !== 0 ? '4 MiB' : '', (f & HELD_GLOBAL) !== 0 ? 'global' : '',
          type === MEMORY_TYPE.NONE ? '' : MEMORY_TYPE_NAMES[type],
        ]),
      });
    });
    codeTags.forEach((tag, slot) => {
      if (tag === INVALID_TAG) return;
      const frame = codeFrames[slot];
      held.push({
        kind: 'code', regime: slot < codeTags.length / 2 ? 'supervisor' : 'user',
        page: tag >>> 0, frame: (frame & ~0xfff) >>> 0,
        text: words([(frame & 2) !== 0 ? '4 MiB' : '', (frame & 1) !== 0 ? 'global' : '']),
      });
    });
    const order = (h: HeldTranslation): string => `${h.kind} ${h.regime}`;
    return held.sort((a, b) => order(a).localeCompare(order(b)) || a.page - b.page);
  }

  private get code32(): boolean {
    return (attributesOf(this.x, CS) & D.BIG) !== 0;
  }

  private mode(): string {
    const { x } = this, halted = x.words[HALTED >> 2];
    const bits = this.code32 ? 32 : 16;
    return words([
      x.v86 ? 'virtual-8086 mode' : x.protectedMode ? `${bits}-bit protected mode` : `${bits}-bit real mode`,
      (x.words[CR0 >> 2] & CR0_PG) !== 0 ? 'paging' : 'no paging',
      x.protectedMode ? `privilege level ${x.cpl}` : '',
      halted === 1 ? 'halted: waits for an interrupt' : halted === 2 ? 'shut down' : '',
    ]);
  }

  /** Reads an entry of a table without effects, and says so; null: it does not stand in RAM. */
  private entry(steps: WalkStep[], table: string, base: number, index: number, large: boolean): number | null {
    const page = this.x.mmu.passed(base), host = this.x.physical.hostPage(page), address = page + 4 * index;
    if (host < 0) {
      steps.push({ table, address, digits: '', text: 'not in RAM' });
      return null;
    }
    const entry = this.x.host.words[(host + 4 * index) >> 2];
    steps.push({ table, address, digits: (entry >>> 0).toString(16).padStart(8, '0'), text: entryText(entry, large) });
    return entry;
  }
}

function entryText(entry: number, large: boolean): string {
  if ((entry & P) === 0) return 'not present';
  return words([
    'present', (entry & RW) !== 0 ? 'writable' : 'read-only', (entry & US) !== 0 ? 'user' : 'supervisor',
    large && (entry & PS) !== 0 ? '4 MiB' : '', (entry & PWT) !== 0 ? 'write-through' : '',
    (entry & PCD) !== 0 ? 'not cached' : '', (entry & ACCESSED) !== 0 ? 'accessed' : '',
    (entry & DIRTY) !== 0 ? 'dirty' : '', (entry & GLOBAL) !== 0 ? 'global' : '',
  ]);
}

function words(parts: readonly string[]): string {
  return parts.filter((p) => p !== '').join(', ');
}
