/** What differs between two looks at the same thing: pure functions over plain data. */
import type { CoreLook } from '../../arch/isa.ts';
import type { MemoryLook } from './memory.ts';
import type { PartLook } from './part.ts';

/**
 * What changed of a part: `bank.REGISTER` and `bank.REGISTER.FIELD`, names of lines, of DMA ports
 * and of counters.
 */
export function changesOfPart(before: PartLook | null, after: PartLook): Set<string> {
  if (before === null || before.name !== after.name) return new Set();
  return changed(flatPart(before), flatPart(after));
}

/** What changed of a core: `EAX`, and `EFLAGS.ZF` for fields. */
export function changesOfCore(before: CoreLook | null, after: CoreLook): Set<string> {
  return before === null ? new Set() : changed(flatCore(before), flatCore(after));
}

/** Addresses of bytes that are in both looks and differ. */
export function changesOfMemory(before: MemoryLook | null, after: MemoryLook): Set<number> {
  const differ = new Set<number>();
  if (before === null || before.space !== after.space) return differ;
  for (let i = 0; i < after.bytes.length; i++) {
    const at = after.address + i - before.address;
    if (at >= 0 && at < before.bytes.length && before.bytes[at] !== after.bytes[i]) differ.add(after.address + i);
  }
  return differ;
}

function changed(before: ReadonlyMap<string, unknown>, after: ReadonlyMap<string, unknown>): Set<string> {
  return new Set([...after].filter(([key, value]) => before.has(key) && before.get(key) !== value).map(([key]) => key));
}

function flatPart(part: PartLook): Map<string, unknown> {
  const flat = new Map<string, unknown>();
  for (const bank of part.banks)
    for (const register of bank.registers) {
      flat.set(`${bank.name}.${register.name}`, register.value);
      for (const f of register.fields) flat.set(`${bank.name}.${register.name}.${f.name}`, f.value);
    }
  for (const line of part.lines) flat.set(line.name, line.high);
  for (const port of part.dma) flat.set(port.name, `${port.active} ${port.address} ${port.done} ${port.bytes}`);
  for (const counter of part.counters) flat.set(counter.name, counter.value);
  return flat;
}

function flatCore(core: CoreLook): Map<string, unknown> {
  const flat = new Map<string, unknown>();
  for (const { registers } of core.groups)
    for (const r of registers) {
      flat.set(r.name, `${r.digits} ${r.text}`);
      for (const f of r.fields) flat.set(`${r.name}.${f.name}`, f.value);
    }
  return flat;
}
