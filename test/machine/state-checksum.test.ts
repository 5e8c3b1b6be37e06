import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { readArithmetic, writeArithmetic } from '../../src/arch/x86/flags.ts';
import { EAX, FPU_STATE, SHADOW } from '../../src/arch/x86/state.ts';
import { STATE } from '../../src/ir/layout.ts';
import { CPU_LOOP } from '../../src/control/guests/cpu-loop.ts';
import { DISK_READ_BLOCK, type DiskReadMethod } from '../../src/control/experiments/disk-read/block.ts';
import { PcMachine } from '../../src/machine/pc-machine.ts';
import { ms, us } from '../../src/sim/time.ts';
import { DiskOverlay } from '../../src/control/disk-overlay.ts';
import { ImageDisk, pseudoRandomImage } from '../../src/control/image-disk.ts';
import { Session } from '../../src/control/session.ts';
import { stateChecksum, stateDigests } from '../../src/control/state-checksum.ts';
import { StateHash } from '../../src/control/state-hash.ts';

const READER = readFileSync(new URL('../../guest/images/disk-read.elf', import.meta.url));
const LOOP = readFileSync(new URL('../../guest/images/cpu-loop.elf', import.meta.url));
const IMAGE = pseudoRandomImage(2 ** 20);

function reader(method: DiskReadMethod): { machine: PcMachine; disk: DiskOverlay } {
  const disk = new DiskOverlay(new ImageDisk('d', IMAGE));
  const machine = new PcMachine({ ramBytes: 32 * 2 ** 20, disk, ide: 'piix3', onSerial: () => {}, onPost: () => {} });
  machine.loadGuest(READER, DISK_READ_BLOCK.encode({ method, byteCount: 16 * 1024, skipSha256: true }));
  return { machine, disk };
}

function looper(ramBytes = 8 * 2 ** 20): PcMachine {
  const machine = new PcMachine({ ramBytes, disk: null, ide: 'piix3', onSerial: () => {}, onPost: () => {} });
  machine.loadGuest(LOOP, CPU_LOOP.encode({ kind: 'mix', iterations: 20_000 }));
  return machine;
}

/** Parts of two machines that differ. */
function differing(a: PcMachine, b: PcMachine): string[] {
  const x = stateDigests(a), y = stateDigests(b);
  return [...new Set([...Object.keys(x), ...Object.keys(y)])].filter((k) => x[k] !== y[k]);
}

describe('equal machines', () => {
  test('built alike', () => {
    const a = looper(), b = looper();
    expect(stateChecksum(a)).toMatch(/^[0-9a-f]{16}$/);
    expect(stateChecksum(b)).toBe(stateChecksum(a));
  });

  test.each(['pio-irq', 'dma'] as const)(
    '%s: in slices of any length, and after a snapshot and a restore',
    (method) => {
      const { machine: whole } = reader(method);
      whole.run(ms(6));
      const { machine: sliced } = reader(method);
      for (let t = 0; t < ms(6); t += us(3.7)) sliced.run(Math.min(t, ms(6)));
      sliced.run(ms(6));
      expect(differing(whole, sliced)).toEqual([]);

      const { machine: first } = reader(method);
      first.run(ms(2.5));
      const { machine: second } = reader(method);
      new Session(second).restore(new Session(first).snapshot());
      expect(stateChecksum(second)).toBe(stateChecksum(first));
      second.run(ms(6));
      expect(differing(whole, second)).toEqual([]);
      expect(stateChecksum(second)).toBe(stateChecksum(whole));
    },
  );

  test('taking it changes nothing', () => {
    const a = looper(), b = looper();
    for (let t = 1; t <= 5; t++) {
      a.run(us(50 * t));
      stateChecksum(a);
    }
    b.run(us(250));
    expect(differing(a, b)).toEqual([]);
  });
});

describe('what only the engine sees does not count', () => {
  test('cells of the engine; flags in another form', () => {
    const a = looper(), b = looper();
    a.run(us(100));
    b.run(us(100));
    const w = b.cpu.architecture.x86.words;
    for (const cell of [STATE.IC, STATE.EXIT, STATE.EXIT_IP, STATE.MODE, STATE.TEMP]) w[cell >> 2] ^= 0x55;
    const raw = [w[STATE.CC_RES >> 2], w[STATE.CC_AUX >> 2]];
    writeArithmetic(w, readArithmetic(w));
    expect([w[STATE.CC_RES >> 2], w[STATE.CC_AUX >> 2]]).not.toEqual(raw);
    expect(differing(a, b)).toEqual([]);
  });

  test('an interrupt shadow that is over', () => {
    const a = looper(), b = looper();
    a.run(us(100));
    b.run(us(100));
    b.cpu.architecture.x86.words[SHADOW >> 2] = 1;
    expect(differing(a, b)).toEqual([]);
    const saved = structuredClone(a.save());
    saved.components['cpu0']['shadow']['at'] = a.cpu.instructions;
    b.load(saved);
    b.cpu.architecture.x86.words[SHADOW >> 2] = 1;
    expect(differing(a, b)).toEqual(['cpu0.cpu', 'cpu0.shadow']);
  });
});

describe('whatever software could see counts', () => {
  const change = (part: string, by: (m: PcMachine) => void) => {
    const a = looper(), b = looper();
    a.run(us(100));
    b.run(us(100));
    by(b);
    expect(differing(a, b)).toEqual([part]);
    expect(stateChecksum(b)).not.toBe(stateChecksum(a));
  };
  test('one bit anywhere in RAM', () => {
    for (const at of [0, 0x9_0000, 0x10_0003, 8 * 2 ** 20 - 1]) change('ram.contents', (m) => { m.ram[at] ^= 0x80; });
  });
  test('two words of RAM that have changed places', () => change('ram.contents', (m) => {
    m.ram[0x60_0000] = 1;
    m.ram[0x60_0010] = 2;
    const a = stateChecksum(m);
    m.ram[0x60_0000] = 2;
    m.ram[0x60_0010] = 1;
    expect(stateChecksum(m)).not.toBe(a);
  }));
  test('a register', () => change('cpu0.cpu', (m) => { m.cpu.architecture.x86.words[EAX >> 2] ^= 1; }));
  test('PC', () => change('cpu0.cpu', (m) => { m.cpu.architecture.x86.words[STATE.PC >> 2] ^= 1; }));
  test('a flag', () =>
    change('cpu0.cpu', (m) => writeArithmetic(m.cpu.architecture.x86.words, readArithmetic(m.cpu.architecture.x86.words) ^ 1)));
  test('the FPU', () => change('cpu0.cpu', (m) => { m.cpu.architecture.x86.words[FPU_STATE >> 2] ^= 1; }));

  test('time, a device, the disk\'s overlay', () => {
    const { machine: a, disk } = reader('dma');
    a.run(ms(1));
    const before = stateChecksum(a, { disk });
    disk.write(512, IMAGE, 0, 512);
    expect(stateChecksum(a, { disk })).not.toBe(before);
    const { machine: b } = reader('dma');
    b.run(ms(1.2));
    expect(differing(a, b)).toEqual(expect.arrayContaining(['scheduler', 'cpu0.time', 'counters']));
  });

  test('the configuration', () => {
    expect(differing(looper(8 * 2 ** 20), looper(9 * 2 ** 20))).toContain('configuration');
  });
});

describe('StateHash', () => {
  const digest = (take: (h: StateHash) => void) => {
    const h = new StateHash();
    take(h);
    return h.digest();
  };
  test('is the same everywhere and for ever; where bytes lie and in which order cells are named is no matter', () => {
    expect(digest((h) => h.bytes(IMAGE.subarray(0, 4099)))).toBe('d71a6ac23889c581');
    expect(
      digest((h) =>
        h.state({ g: { a: -1.5, b: true, c: 'µop', d: Float64Array.of(0.1), e: Uint16Array.of(1, 2, 3) } }),
      ),
    ).toBe('531dab8ca91d44ef');
    expect(digest((h) => h.bytes(IMAGE.subarray(0, 4099)))).toBe(digest((h) => h.bytes(IMAGE.slice(0, 4099))));
    expect(digest((h) => h.bytes(IMAGE.subarray(1, 100)))).toBe(digest((h) => h.bytes(IMAGE.slice(1, 100))));
    expect(digest((h) => h.state({ g: { b: 1, a: 'x' } }))).toBe(digest((h) => h.state({ g: { a: 'x', b: 1 } })));
  });
  test('numbers: -0 is 0, any NaN is NaN, types count', () => {
    expect(digest((h) => h.cell(-0))).toBe(digest((h) => h.cell(0)));
    expect(digest((h) => h.cell(new Float64Array([Number.NaN])))).not.toBe(
      digest((h) => h.cell(new Float64Array([0]))),
    );
    expect(digest((h) => h.cell(1))).not.toBe(digest((h) => h.cell(true)));
    expect(digest((h) => h.cell(new Uint8Array(4)))).not.toBe(digest((h) => h.cell(new Int32Array(1))));
  });
  test('spreads: 40000 states that differ in one bit have 40000 digests, and each digit takes all values', () => {
    const words = new Int32Array(1250);
    const seen = new Set<string>();
    for (let bit = 0; bit < 40_000; bit++) {
      words[bit >> 5] = 1 << (bit & 31);
      seen.add(digest((h) => h.words(words, 0, words.length)));
      words[bit >> 5] = 0;
    }
    expect(seen.size).toBe(40_000);
    for (let digit = 0; digit < 16; digit++) expect(new Set([...seen].map((s) => s[digit])).size).toBe(16);
  });
});
