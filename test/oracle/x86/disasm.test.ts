/**
 * Decoder lengths and instruction text against objdump, over the shapes of the oracle in 32- and
 * 16-bit code.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { disassemble } from '../../../src/arch/x86/disasm/disasm.ts';
import { drawCase, shapes } from './cases.ts';
import { Lcg } from './lcg.ts';
import { MODE } from './record.ts';

const SELECTION = { slow: true, invalid: false };
const available = spawnSync('objdump', ['--version']).status === 0;
if (!available) console.warn('objdump comparison skipped: no objdump on this host');

interface Line {
  readonly at: number;
  readonly length: number;
  readonly text: string;
}

function objdump(bytes: Uint8Array, machine: string): Line[] {
  const folder = mkdtempSync(join(tmpdir(), 'x86-objdump-'));
  const file = join(folder, 'code');
  writeFileSync(file, bytes);
  const out = execFileSync('objdump', ['-D', '-w', '-b', 'binary', '-m', machine, '-M', 'intel', file], {
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  rmSync(folder, { recursive: true });
  const lines: Line[] = [];
  for (const line of out.split('\n')) {
    const m = /^\s*([0-9a-f]+):\t([0-9a-f ]+?)\s*\t(.*)$/.exec(line);
    if (m !== null) lines.push({ at: parseInt(m[1], 16), length: m[2].split(' ').length, text: m[3] });
  }
  return lines;
}

const REPEATS = /^(rep|repe|repz|repne|repnz) /;

/** One spelling for both: what is changed here says the same in other words. */
function normal(text: string): string {
  let t = text
    .toLowerCase()
    .replace(/\s*[<#].*$/, '')
    .replace(/\(\d+ only\)$/, '')
    .replace(/,\s*/g, ', ')
    .replace(/\s+/g, ' ')
    .trim();
  t = t.replace(/\b(addr16|addr32|data16|data32|bnd|notrack) /g, '').replace(/^[c-gs]s /, '');
  t = t
    .replace(
      /(\w\w:)?\[eiz\*\d\+(0x[0-9a-f]+)\]/,
      (_m, segment: string | undefined, at: string) => `${segment ?? 'ds:'}${at}`,
    )
    .replace(/\+eiz\*\d/, '');
  t = t.replace(/[+-]0x0\]/g, ']').replace(/\*1\b/g, '');
  const string = t.replace(REPEATS, '').replace(/^[c-gs]s /, '');
  const stem = /^(movs|cmps|stos|lods|scas)[bwd]?$/.exec(string.split(' ')[0]);
  if (stem !== null) return stem[1];
  t = t
    .replace(/^xchg ax, ax$/, 'nop')
    .replace(/^xchg eax, eax$/, 'nop')
    .replace(/^prefetch.*$/, 'nop')
    .replace(/^xlat.*/, 'xlat')
    .replace(/^sal/, 'shl');
  return t.replace(/^(pusha|popa|pushf|popf|push|pop|ret|leave|enter|call|jmp)[wd]\b/, '$1');
}

/** Names that objdump gives to later uses of the hint NOPs, and an opcode that it does not know. */
function isKnown(opcode: number): boolean {
  return opcode !== 0xd6 && (opcode < 0x118 || opcode > 0x11e);
}

function differences(bytes: Uint8Array, machine: string, lines: readonly Line[]): string[] {
  const found: string[] = [];
  for (const line of lines) {
    const ours = disassemble(bytes, line.at, line.at, machine === 'i386');
    if (ours.length !== line.length || normal(ours.text) !== normal(line.text)) {
      const code = [...bytes.subarray(line.at, line.at + line.length)]
        .map((b) => b.toString(16).padStart(2, '0'))
        .join(' ');
      found.push(`${code}: ${line.text} (${line.length}) | ${ours.text} (${ours.length})`);
    }
  }
  return found;
}

describe.skipIf(!available)('objdump agrees', () => {
  test('x87', () => {
    const parts: number[] = [];
    for (let opcode = 0xd8; opcode <= 0xdf; opcode++) {
      for (let reg = 0; reg < 8; reg++) parts.push(opcode, 0x40 | (reg << 3), 0x10);
      for (let modrm = 0xc0; modrm < 0x100; modrm++) parts.push(opcode, modrm);
    }
    const bytes = Uint8Array.from(parts);
    const lines = objdump(bytes, 'i386').filter(
      (line) => !line.text.includes('(bad)') && !line.text.startsWith('fisttp'),
    );
    expect(lines.length).toBeGreaterThan(400);
    expect(differences(bytes, 'i386', lines).slice(0, 40).join('\n')).toBe('');
  });
  test.each([['i386', MODE.FLAT], ['i8086', MODE.CODE16]] as const)('%s', (machine, mode) => {
    const r = new Lcg(0xd15 + mode);
    const parts: number[] = [];
    for (let round = 0; round < 3; round++) {
      for (const shape of shapes(SELECTION).filter((x) => isKnown(x.opcode))) {
        const c = drawCase(r, shape, mode, SELECTION);
        if (c !== null) parts.push(...c.code);
      }
    }
    const bytes = Uint8Array.from(parts);
    const lines = objdump(bytes, machine);
    expect(lines.length).toBeGreaterThan(6000);
    expect(differences(bytes, machine, lines).slice(0, 40).join('\n')).toBe('');
  });
});
