import type { BoardDescription, SpaceDescription } from '../../../src/machine/describe.ts';

/** A board in a few lines: what it is, and its chips. */
export function boardSummary(b: BoardDescription): string {
  const chips = b.components.flatMap((c) => (c.title === null ? [] : [[`      ${c.name}`, c.title]]));
  return `${b.board}  ${b.summary}\n${leftTable(chips)}`;
}

/** The whole graph of a board as text. `ram` says how much memory was put in to look at it. */
export function boardListing(b: BoardDescription, ram: string): string {
  const parts = [
    `components:\n${leftTable(b.components.map((c) => [
      `  ${c.name}`, c.compatible ?? '', [c.title ?? '', c.clock === null ? '' : `clock ${c.clock}`].join('  ').trim(),
    ]))}`,
    `clocks:\n${leftTable(b.clocks.map((c) => [`  ${c.name}`, `${frequency(c.hertz)}`]))}`,
    ...b.spaces.flatMap((s) => memoryMap(s, ram)),
    `interrupt lines and other wires:\n${leftTable(b.lines.map((l) => [`  ${l.from}`, `→ ${l.to}`]))}`,
    `vectors and forwarding:\n${leftTable(b.relations.map((r) => [`  ${r.from}`, `→ ${r.to}`, r.kind]))}`,
    `initiators:\n${leftTable(b.initiators.map((i) => [
      `  ${i.name}`, `→ ${i.spaces.join(', ')}${i.bus === null ? '' : ` over ${i.bus}`}`,
    ]))}`,
    `PCI slots:\n${leftTable(b.slots.map((s) => [`  ${s.device}.${s.function}`, s.component]))}`,
    `options:\n${leftTable(b.options.map((o) => [
      `  --${o.name} ${o.default}`, o.doc,
    ]))}`,
  ];
  return parts.join('\n');
}

function memoryMap(space: SpaceDescription, ram: string): string[] {
  const rows = space.regions.filter((r) => r.enabled).map((r) => [
    `  ${hex(r.base, space.bits)}-${hex(r.base + r.size - 1, space.bits)}`,
    r.name,
    r.bus === null ? '' : `on ${r.bus}`,
  ]);
  if (rows.length === 0) return [];
  const behind = space.behind === null ? '' : `, behind ${space.behind}`;
  return [`${space.name}, ${space.bits} bits${behind}, after reset (with ${ram} of RAM):\n${leftTable(rows)}`];
}

function frequency(hertz: number): string {
  const [unit, factor] = hertz >= 1e6 ? ['MHz', 1e6] : hertz >= 1e3 ? ['kHz', 1e3] : ['Hz', 1];
  return `${Number((hertz / factor).toFixed(6))} ${unit}`;
}

function hex(n: number, bits: number): string {
  return n.toString(16).padStart(bits / 4, '0');
}

/** Columns, all left. */
function leftTable(rows: readonly (readonly string[])[]): string {
  const columns = Math.max(0, ...rows.map((r) => r.length));
  const widths = Array.from({ length: columns }, (_, i) => Math.max(...rows.map((r) => (r[i] ?? '').length)));
  return rows.map((r) => `${r.map((cell, i) => cell.padEnd(widths[i])).join('  ').trimEnd()}\n`).join('');
}
