import type { Device } from '../hw/device.ts';
import { byOffset, registerTable, unmodelledFields } from '../reg/doc.ts';
import type { Register } from '../reg/layout.ts';
import type { Parameter } from '../sim/parameter.ts';

/** A device as its rows tell: what `northbridge device` prints. */
export interface DataSheet {
  readonly schema: 'northbridge-device/1';
  readonly name: string;
  readonly title: string;
  readonly datasheet: string;
  readonly options: readonly { name: string; kind: string; default: string; doc: string; source: string }[];
  readonly banks: readonly BankSheet[];
  /** Outputs: interrupt lines and others. */
  readonly lines: readonly string[];
  readonly dma: readonly { name: string; burst: number; buffer: number }[];
  readonly counters: readonly { name: string; unit: string; doc: string }[];
  /** What software can set without any effect, and why. */
  readonly unmodelled: readonly { bank: string; register: string; field: string; reason: string }[];
}

export interface BankSheet {
  readonly name: string;
  readonly registers: readonly RegisterSheet[];
}

export interface RegisterSheet {
  readonly name: string;
  readonly offset: number;
  /** Bits. */
  readonly width: number;
  readonly access: 'r' | 'w' | 'rw';
  readonly reset: number;
  readonly doc: string;
  readonly fields: readonly FieldSheet[];
}

export interface FieldSheet {
  readonly name: string;
  readonly high: number;
  readonly low: number;
  readonly kind: string;
  readonly reset: number;
  /** Of an unmodelled field: why. */
  readonly reason: string;
}

/** The data sheet of a device; `options` are the rows that it takes. */
export function dataSheet(device: Device, options: Readonly<Record<string, Parameter>> = {}): DataSheet {
  const identity = device.describe();
  const banks = [...device.banks].map(([name, bank]): BankSheet => ({
    name,
    registers: byOffset(bank.layout.registers).map(([row, r]) => registerSheet(row, r, bank.layout.width)),
  }));
  return {
    schema: 'northbridge-device/1',
    name: device.name,
    title: identity?.title ?? '',
    datasheet: identity?.datasheet ?? '',
    options: Object.entries(options).map(([name, o]) => (
      { name, kind: o.kind, default: o.format(o.default), doc: o.doc, source: o.source }
    )),
    banks,
    lines: device.irqLines.map((l) => l.name),
    dma: device.dmaPorts.map((p) => ({ name: p.name, burst: p.burst, buffer: p.buffer.length })),
    counters: device.counterRows.map(({ name, unit, doc }) => ({ name, unit, doc })),
    unmodelled: [...device.banks].flatMap(([bank, { layout }]) =>
      unmodelledFields(layout).map((f) => ({ bank, ...f }))),
  };
}

function registerSheet(name: string, r: Register, width: number): RegisterSheet {
  const fields = Object.entries(r.fields).sort(([, a], [, b]) => b.hi - a.hi);
  return {
    name, offset: r.offset,
    width: r.options.width ?? width,
    access: r.options.dir ?? 'rw',
    reset: fields.reduce((sum, [, f]) => sum + f.reset * 2 ** f.lo, 0),
    doc: r.options.doc ?? '',
    fields: fields.map(([field, f]) => (
      { name: field, high: f.hi, low: f.lo, kind: f.kind, reset: f.reset, reason: f.reason }
    )),
  };
}

/** The data sheet as a page in Markdown. */
export function dataSheetPage(device: Device, options: Readonly<Record<string, Parameter>> = {}): string {
  const sheet = dataSheet(device, options);
  const lines = [`# ${sheet.name}`, ''];
  if (sheet.title !== '') lines.push(`${sheet.title}.`, '');
  if (sheet.datasheet !== '') lines.push(`Follows: ${sheet.datasheet}.`, '');
  const list = (title: string, items: readonly string[]): void => {
    if (items.length > 0) lines.push(`## ${title}`, '', ...items.map((i) => `- ${i}`), '');
  };
  list('Options', sheet.options.map((o) => `\`${o.name}\` (${o.kind}, default ${o.default}): ${o.doc}. ${o.source}`));
  for (const [name, { layout }] of device.banks) lines.push(`## ${name}`, '', registerTable(layout));
  list('Lines', sheet.lines);
  list('DMA ports', sheet.dma.map((p) => `${p.name}: bursts of ${p.burst} bytes at most, ${p.buffer} bytes of buffer`));
  list('Counts', sheet.counters.map((c) => `${c.name}${c.unit === '' ? '' : ` (${c.unit})`}: ${c.doc}`));
  list('Kept without effect', sheet.unmodelled.map((u) => `${u.bank} ${u.register}.${u.field}: ${u.reason}`));
  return lines.join('\n');
}
