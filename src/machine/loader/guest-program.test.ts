import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { BOOT_MAGIC, GUEST_BLOCK_ADDRESS, planGuest } from './guest-program.ts';

const MAP = [{ base: 0, size: 0x9fc00, type: 1 }, { base: 0x100000, size: 31 * 2 ** 20, type: 1 }];
const image = (name: string): Uint8Array =>
  new Uint8Array(readFileSync(new URL(`../../../guest/images/${name}.elf`, import.meta.url)));

describe('guest programs', () => {
  test.each(['disk-read', 'cpu-loop', 'faults'])('%s is planned at 1 MiB with EAX and EBX set', (name) => {
    const block = Uint8Array.of(1, 2, 3, 4);
    const plan = planGuest(image(name), block, MAP);
    expect(plan.registers).toMatchObject({ eax: BOOT_MAGIC, ebx: GUEST_BLOCK_ADDRESS });
    expect(plan.entry).toBeGreaterThanOrEqual(0x100000);
    expect(plan.segments.find((s) => s.name === 'parameter block')).toMatchObject({
      address: GUEST_BLOCK_ADDRESS, bytes: block,
    });
    expect(plan.segments.find((s) => s.name === 'segment 0')!.address).toBe(0x100000);
  });

  test('a program that the RAM does not hold is refused', () => {
    expect(() =>
      planGuest(image('disk-read'), new Uint8Array(4), [MAP[0], { base: 0x100000, size: 4096, type: 1 }]),
    ).toThrow(/not that much RAM/);
    expect(() => planGuest(image('disk-read'), new Uint8Array(4097), MAP)).toThrow(/limit/);
  });
});
