import { LoadError } from './load-error.ts';
import { usableRam, type LoadSegment, type MemoryRange } from './plan.ts';

/**
 * Header and information structure of the Multiboot Specification, version 0.6.96 (the first
 * Multiboot; sections are of it).
 */
const HEADER_MAGIC = 0x1bad_b002;
/** EAX at entry (§3.2). */
export const MULTIBOOT_BOOTED = 0x2bad_b002;
/** The header lies in the first bytes of the image, at a multiple of 4 (§3.1). */
const SEARCHED = 8192;
/**
 * Wishes that can be met or that the information structure answers: modules on pages, memory
 * information, a video mode (bit 2, of which there is none here: flags of the structure say so).
 */
const KNOWN_REQUIREMENTS = 0x0007;
/** Bits that a loader must refuse if it does not know them (§3.1.2). */
const REQUIREMENTS = 0xffff;
/** Bit 16: the header itself says where the image goes (§3.1.3). */
const ADDRESSES = 1 << 16;

const INFO_SIZE = 88;
const INFO_MEMORY = 1 << 0, INFO_COMMAND_LINE = 1 << 2, INFO_MEMORY_MAP = 1 << 6, INFO_LOADER_NAME = 1 << 9;
const MAP_ROW = 24;
const LOADER_NAME = 'northbridge';

/** What a multiboot header says. */
export interface MultibootHeader {
  /** Byte offset in the image. */
  readonly offset: number;
  /** Where the image goes and begins, if the header says so; null: what its ELF headers say. */
  readonly addresses: { readonly segment: LoadSegment; readonly entry: number } | null;
}

/**
 * Looks for a multiboot header with a right checksum; null if there is none.
 * @throws LoadError if it wants something that we do not know, or addresses that cannot be
 */
export function findMultiboot(image: Uint8Array): MultibootHeader | null {
  const view = new DataView(image.buffer, image.byteOffset, image.byteLength);
  for (let at = 0; at + 12 <= Math.min(image.length, SEARCHED); at += 4) {
    if (view.getUint32(at, true) !== HEADER_MAGIC) continue;
    const flags = view.getUint32(at + 4, true);
    if (((HEADER_MAGIC + flags + view.getUint32(at + 8, true)) & 0xffff_ffff) !== 0) continue;
    const unknown = flags & REQUIREMENTS & ~KNOWN_REQUIREMENTS;
    if (unknown !== 0)
      throw new LoadError('multiboot', at + 4, `flags 0x${flags.toString(16)} require what is not known here`);
    return { offset: at, addresses: (flags & ADDRESSES) === 0 ? null : addresses(image, view, at) };
  }
  return null;
}

function addresses(image: Uint8Array, view: DataView, at: number): { segment: LoadSegment; entry: number } {
  if (at + 32 > image.length) throw new LoadError('multiboot', at, 'the file ends inside the header');
  const [header, load, loadEnd, bssEnd, entry] = [12, 16, 20, 24, 28].map((o) => view.getUint32(at + o, true));
  const begin = at - (header - load);
  const length = loadEnd === 0 ? image.length - begin : loadEnd - load;
  if (begin < 0 || length < 0 || begin + length > image.length)
    throw new LoadError('multiboot', at + 12, 'the addresses of the header lie outside the file');
  const end = Math.max(load + length, bssEnd);
  if (entry < load || entry >= end)
    throw new LoadError('multiboot', at + 28, `the entry 0x${entry.toString(16)} is not in the image`);
  const bytes = image.subarray(begin, begin + length);
  return { entry, segment: { name: 'image', address: load, bytes, zeroBytes: end - load - length } };
}

/**
 * The information structure with command line, memory map and loader name behind it (§3.3), at a
 * physical address.
 * @param commandLine printable ASCII; the first word is the program's name by custom
 */
export function multibootInformation(
  address: number, commandLine: string, map: readonly MemoryRange[],
): Uint8Array {
  const text = `${commandLine}\0${LOADER_NAME}\0`;
  const mapAt = INFO_SIZE;
  const textAt = mapAt + map.length * MAP_ROW;
  const bytes = new Uint8Array(textAt + text.length);
  const view = new DataView(bytes.buffer);
  const word = (at: number, value: number): void => view.setUint32(at, value, true);
  const [low, high] = [0, 0x10_0000].map((start) => {
    const ram = usableRam(map).find((r) => r.start <= start && r.end > start);
    return ram === undefined ? 0 : (ram.end - start) / 1024;
  });
  word(0, INFO_MEMORY | INFO_COMMAND_LINE | INFO_MEMORY_MAP | INFO_LOADER_NAME);
  word(4, low);
  word(8, high);
  word(16, address + textAt);
  word(44, map.length * MAP_ROW);
  word(48, address + mapAt);
  word(64, address + textAt + commandLine.length + 1);
  map.forEach((row, i) => {
    const at = mapAt + i * MAP_ROW;
    // The size of a row does not count the word that it stands in (§3.3).
    word(at, MAP_ROW - 4);
    word(at + 4, row.base % 2 ** 32);
    word(at + 8, Math.floor(row.base / 2 ** 32));
    word(at + 12, row.size % 2 ** 32);
    word(at + 16, Math.floor(row.size / 2 ** 32));
    word(at + 20, row.type);
  });
  for (let i = 0; i < text.length; i++) bytes[textAt + i] = text.charCodeAt(i);
  return bytes;
}
