/** The headers of guest/drivers have the offsets of the rows. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { E1000_REGISTERS } from './e1000/spec.ts';
import { RTL8029_PORTS } from './rtl8029/spec.ts';
import { RTL8139_REGISTERS } from './rtl8139/spec.ts';

/** Names and numbers that a header defines with this prefix and no further `_`. */
function defined(file: string, prefix: string): [string, number][] {
  const header = readFileSync(new URL(`../../../guest/drivers/${file}`, import.meta.url), 'utf8');
  return [...header.matchAll(new RegExp(`^#define ${prefix}_([A-Z0-9]+) (0x[0-9a-f]+)u`, 'gm'))]
    .map((m): [string, number] => [m[1], Number(m[2])]).filter(([name]) => name !== 'ID');
}

test.each([
  ['rtl8139.h', 'RTL', RTL8139_REGISTERS], ['e1000.h', 'E1000', E1000_REGISTERS], ['ne2000.h', 'NE', RTL8029_PORTS],
] as const)('%s', (file, prefix, layout) => {
  const rows: Readonly<Record<string, { offset: number }>> = layout.registers;
  const found = defined(file, prefix).filter(([name]) => !['DD', 'SEND', 'BUFFER'].includes(name));
  expect(found.length).toBeGreaterThan(10);
  for (const [name, offset] of found) {
    const { offset: at, options } = rows[name] as { offset: number; options?: { mirrors?: readonly number[] } };
    expect([at, ...(options?.mirrors ?? [])], name).toContain(offset);
  }
});
