import { elf32View } from './elf32.ts';
import { LoadError } from './load-error.ts';

/** A function or object of a symbol table. Value is an address, size in bytes (0: not told). */
export interface Elf32Symbol {
  readonly name: string;
  readonly value: number;
  readonly size: number;
  readonly kind: 'function' | 'object' | 'other';
}

const SECTION_HEADER_SIZE = 40;
const SYMBOL_SIZE = 16;
const SHT_SYMTAB = 2;
const SHT_STRTAB = 3;
const MAX_SYMBOLS = 1_000_000;
const MAX_NAME = 4096;

interface Section {
  readonly type: number;
  readonly offset: number;
  readonly size: number;
  readonly link: number;
}

/**
 * Reads the symbol table (SHT_SYMTAB) if there is one: a stripped file gives an empty list.
 * Unnamed, undefined and section symbols are left out. In ascending order of value.
 * @throws LoadError if section headers, symbols or names point out of the file
 */
export function readElf32Symbols(image: Uint8Array): Elf32Symbol[] {
  const view = elf32View(image);
  const table = view.getUint32(32, true);
  const entrySize = view.getUint16(46, true);
  const count = view.getUint16(48, true);
  if (table === 0 || count === 0) return [];
  if (entrySize !== SECTION_HEADER_SIZE)
    throw new LoadError('ELF', 46, `section header size ${entrySize}, wanted ${SECTION_HEADER_SIZE}`);
  if (table + count * SECTION_HEADER_SIZE > image.length)
    throw new LoadError('ELF', 32, `the section header table at 0x${table.toString(16)} ends behind the file's end`);
  const section = (i: number): Section => {
    const at = table + i * SECTION_HEADER_SIZE;
    return {
      type: view.getUint32(at + 4, true), offset: view.getUint32(at + 16, true),
      size: view.getUint32(at + 20, true), link: view.getUint32(at + 24, true),
    };
  };
  const inFile = (s: Section, i: number): Section => {
    if (s.offset + s.size > image.length)
      throw new LoadError('ELF', table + i * SECTION_HEADER_SIZE + 16, `section ${i} ends behind the file's end`);
    return s;
  };

  for (let i = 0; i < count; i++) {
    const header = section(i);
    if (header.type !== SHT_SYMTAB) continue;
    const symbols = inFile(header, i);
    if (symbols.link >= count)
      throw new LoadError(
        'ELF',
        table + i * SECTION_HEADER_SIZE + 24,
        `the symbol table's names are section ${symbols.link} of ${count}`,
      );
    const names = inFile(section(symbols.link), symbols.link);
    if (names.type !== SHT_STRTAB)
      throw new LoadError(
        'ELF',
        table + symbols.link * SECTION_HEADER_SIZE + 4,
        `section ${symbols.link} is no string table`,
      );
    return readSymbols(image, view, symbols, names);
  }
  return [];
}

function readSymbols(image: Uint8Array, view: DataView, symbols: Section, names: Section): Elf32Symbol[] {
  const count = Math.floor(symbols.size / SYMBOL_SIZE);
  if (count > MAX_SYMBOLS) throw new LoadError('ELF', symbols.offset, `${count} symbols, the limit is ${MAX_SYMBOLS}`);
  const found: Elf32Symbol[] = [];
  for (let i = 0; i < count; i++) {
    const at = symbols.offset + i * SYMBOL_SIZE;
    const name = view.getUint32(at, true);
    const type = image[at + 12] & 15;
    const defined = view.getUint16(at + 14, true) !== 0;
    if (name === 0 || !defined || type > 2) continue;
    if (name >= names.size) throw new LoadError('ELF', at, `symbol ${i}'s name lies outside the string table`);
    found.push({
      name: readName(image, names.offset + name, names.offset + names.size),
      value: view.getUint32(at + 4, true),
      size: view.getUint32(at + 8, true),
      kind: type === 2 ? 'function' : type === 1 ? 'object' : 'other',
    });
  }
  return found.sort((a, b) => a.value - b.value || (a.name < b.name ? -1 : 1));
}

function readName(image: Uint8Array, start: number, end: number): string {
  let text = '';
  for (let at = start; ; at++) {
    if (at >= end || at - start >= MAX_NAME) throw new LoadError('ELF', start, 'a symbol name without an end');
    const byte = image[at];
    if (byte === 0) return text;
    text += String.fromCharCode(byte);
  }
}
