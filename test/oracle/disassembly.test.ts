/**
 * A second opinion on instruction text: Capstone 5 (which the lab shows code by) over the code of
 * every guest image. Lengths are equal; texts are equal but for spelling, which `spelled` lists.
 */
import { readFileSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { expect, test } from 'vitest';
import { disassemble } from '../../src/arch/x86/disasm/disasm.ts';

interface Module {
  readonly ARCH_X86: number;
  readonly MODE_32: number;
  readonly Capstone: new (arch: number, mode: number) => {
    disasm(bytes: number[], address: number): { size: number; mnemonic: string; op_str: string }[];
  };
}

const IMAGES = new URL('../../guest/images/', import.meta.url);
/** Other names of the same: Capstone's, ours. */
const NAMES: Readonly<Record<string, string>> = {
  ljmp: 'jmp', lcall: 'call', pushal: 'pusha', popal: 'popa', pushfd: 'pushf', popfd: 'popf', iretd: 'iret',
  wait: 'fwait', sal: 'shl', retf: 'retf',
};
const STRINGS = /\b(movs|cmps|stos|lods|scas|ins|outs)[bwd]\b/;
/** A branch with an operand size of 16 bits goes to a target of 16 bits (SDM vol. 2, Jcc). */
const SHORT_TARGET = /^(66(65|64)?|(65|64)66)(7|0f8|e[8b9])/;

/** Text without what is only a matter of spelling. */
function spelled(text: string): string {
  let t = text.toLowerCase().trim().replace(/\s*([+*,\]:])\s*/g, '$1').replaceAll('[ ', '[').replaceAll(' - ', '-');
  t = t.replace(/^(\w+)/, (name) => NAMES[name] ?? name).replace(/\b(\w+)\*1\b/g, '$1');
  // An absolute address: ours with its segment, theirs in brackets.
  t = t.replace(/\b([c-gs]s):(0x[0-9a-f]+)/g, '$1:[$2]').replace(/\bds:/g, '');
  if (STRINGS.test(t)) t = t.replace(new RegExp(`^.*?((rep|repe|repne) )?${STRINGS.source}.*$`), (all) =>
    [/\brep(ne|e)?\b/.exec(all)?.[0] ?? '', STRINGS.exec(all)?.[0] ?? ''].join(' ').trim());
  // Immediates as 32 bits without a sign; displacements keep theirs.
  t = t.replace(/(?<=[, ])-(0x[0-9a-f]+|\d+)/g, (_, n: string) => String(2 ** 32 - Number(n)));
  t = t.replace(/0x[0-9a-f]+/g, (n) => String(Number(n)));
  // A size in front of a place where the register or the instruction says it, or nothing does.
  t = t.replace(/(byte|word|dword|qword|fword) ptr /g, '');
  if (t.startsWith('f')) t = t.replace(/st\(0\)/g, 'st').replace(/^(\w+) st,(st\(\d\))$/, '$1 $2').replace(/,st$/, '');
  return t.replace(/^enter (\d+),(\d+)$/, (_, a: string, b: string) => `enter ${a},${Number(b) % 256}`);
}

/** The executable sections of an ELF file: address and bytes. */
function* codeOf(elf: Uint8Array): Generator<readonly [address: number, bytes: Uint8Array]> {
  const view = new DataView(elf.buffer, elf.byteOffset);
  const table = view.getUint32(32, true), size = view.getUint16(46, true), count = view.getUint16(48, true);
  for (let n = 0; n < count; n++) {
    const [, , flags, address, offset, length] = [0, 4, 8, 12, 16, 20].map((at) =>
      view.getUint32(table + n * size + at, true)) as [number, number, number, number, number, number];
    if ((flags & 4) !== 0) yield [address, elf.subarray(offset, offset + length)];
  }
}

test('instructions of the guest programs read alike in Capstone', async () => {
  const load = createRequire(import.meta.url)('@alexaltea/capstone-js') as () => Promise<Module>;
  const capstone = await load();
  const other = new capstone.Capstone(capstone.ARCH_X86, capstone.MODE_32);
  const seen = new Set<string>(), differ: string[] = [];
  for (const file of readdirSync(IMAGES, { recursive: true, encoding: 'utf8' }).filter((f) => f.endsWith('.elf')))
    for (const [address, code] of codeOf(new Uint8Array(readFileSync(new URL(file, IMAGES)))))
      for (let at = 0; at < code.length;) {
        const own = disassemble(code, at, address + at, true), whole = at + own.length <= code.length;
        const bytes = code.subarray(at, at + own.length), key = Buffer.from(bytes).toString('hex');
        at += own.length;
        if (!whole || seen.has(key) || SHORT_TARGET.test(key)) continue;
        seen.add(key);
        let theirs = { size: own.length, mnemonic: '(bad)', op_str: '' };
        try {
          theirs = other.disasm([...bytes], address + at - own.length)[0] ?? theirs;
        } catch {
          // The library throws for bytes that are no instruction.
        }
        const text = `${theirs.mnemonic} ${theirs.op_str}`;
        if (theirs.size !== own.length || spelled(own.text) !== spelled(text))
          differ.push(`${key}: ${own.text} (${own.length}), Capstone: ${text} (${theirs.size})`);
      }
  expect(seen.size).toBeGreaterThan(5000);
  expect(differ).toEqual([]);
});
