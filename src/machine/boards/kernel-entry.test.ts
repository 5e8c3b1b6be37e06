import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { elfKernel, LINKED, packedKernel } from '../../../test/benches/packed-kernel.ts';
import { ENGINE_KINDS } from '../../jit/engine-kind.ts';
import { ms } from '../../sim/time.ts';
import { LoadError } from '../loader/load-error.ts';
import { PcMachine } from '../pc-machine.ts';

/** out 80h, al (the entry tells itself); hlt. */
const posting = (code: number): number[] => [0xb0, code, 0xe6, 0x80, 0xfa, 0xf4];
const VMLINUX = elfKernel(posting(2));
const KERNEL = packedKernel(gzipSync(VMLINUX), {}, posting(1));

function machine(kernelEntry: 'decompressor' | 'vmlinux', engine: (typeof ENGINE_KINDS)[number] = 'interpreter') {
  const posts: number[] = [];
  const m = new PcMachine({
    ramBytes: 32 * 2 ** 20, disk: null, engine, options: { kernelEntry }, onSerial: () => {},
    onPost: (code) => posts.push(code),
  });
  return { m, posts };
}

describe('the option kernelEntry', () => {
  test.each(ENGINE_KINDS)('says which of the two is entered, and both may be given: %s', (engine) => {
    for (const [entry, post] of [['decompressor', 1], ['vmlinux', 2]] as const) {
      const { m, posts } = machine(entry, engine);
      m.loadLinux({ kernel: KERNEL, vmlinux: VMLINUX, append: '' });
      m.run(ms(1));
      expect(posts).toEqual([post]);
    }
  });

  test('the memory behind the file\'s bytes is zero', () => {
    const { m } = machine('vmlinux');
    m.ram.fill(0xff, LINKED, LINKED + 0x4000);
    m.loadLinux({ kernel: KERNEL, vmlinux: VMLINUX, append: '' });
    expect([m.ram[LINKED], m.ram[LINKED + 0x1fff], m.ram[LINKED + 0x2000]]).toEqual([0xb0, 0, 0xff]);
  });

  test('a kernel without its unpacked form is refused in words', () => {
    const load = (): void => machine('vmlinux').m.loadLinux({ kernel: KERNEL, append: '' });
    expect(load).toThrow(LoadError);
    expect(load).toThrow('kernel: its entry is to be vmlinux, and there is only the bzImage');
  });

  test('is part of the configuration: a snapshot of one does not fit the other', () => {
    const { m } = machine('vmlinux'), { m: other } = machine('decompressor');
    expect(m.config).toContain('kernel-entry vmlinux');
    const state = m.save();
    expect(() => other.load(state)).toThrow(/kernel-entry/);
    machine('vmlinux').m.load(state);
  });
});
