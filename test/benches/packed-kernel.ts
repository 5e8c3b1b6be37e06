/**
 * Kernels of a few bytes for tests of their entry: an ELF file linked as Linux/i386 is (segments at
 * virtual addresses, the entry a physical one), and a bzImage that has it packed.
 */

const MiB = 2 ** 20;
/** Where the file's one segment is linked. */
export const LINKED = 16 * MiB;
const VIRTUAL = 0xc000_0000;
/** Bytes from the ELF file's beginning to its code. */
export const CODE_OFFSET = 0x100;

/** The ELF file of a kernel with this code, at its entry; `memorySize` bytes in memory. */
export function elfKernel(
  code: readonly number[], { address = LINKED, memorySize = 0x2000, size = 0x1000 } = {},
): Buffer {
  const file = Buffer.alloc(size);
  file.set([0x7f, 0x45, 0x4c, 0x46, 1, 1, 1]);
  file.writeUInt16LE(2, 16); // ET_EXEC
  file.writeUInt16LE(3, 18); // EM_386
  file.writeUInt32LE(address, 24);
  file.writeUInt32LE(52, 28);
  file.writeUInt16LE(32, 42);
  file.writeUInt16LE(1, 44);
  const fileSize = size - CODE_OFFSET;
  const header = [1, CODE_OFFSET, address + VIRTUAL, address, fileSize, Math.max(memorySize, fileSize), 7];
  header.forEach((v, i) => { file.writeUInt32LE(v, 52 + i * 4); });
  file.set(code, CODE_OFFSET);
  return file;
}

export interface Shape {
  version?: number;
  /** What the four bytes behind the packed file say; null: nothing is appended. */
  says?: number | null;
  relocatable?: boolean;
  alignment?: number;
  preferred?: number;
  initSize?: number;
  /** payload_offset and payload_length, where they are not those of the packed file. */
  offset?: number;
  length?: number;
}

/** A bzImage with a packed file in it; its own decompressor is `decompressor`, 512 bytes at 1 MiB. */
export function packedKernel(
  packed: Uint8Array, shape: Shape = {}, decompressor: readonly number[] = [0xfa, 0xf4],
): Buffer {
  const { version = 0x20f, says = null, relocatable = true, alignment = LINKED, preferred = LINKED } = shape;
  const trailer = says === null ? 0 : 4;
  const size = Math.ceil((512 + packed.length + trailer) / 16) * 16;
  const k = Buffer.alloc(1024 + size);
  k[0x1f1] = 1; // setup_sects
  k.writeUInt32LE(size / 16, 0x1f4);
  k.writeUInt16LE(0xaa55, 0x1fe);
  k[0x201] = 0x66; // the header ends at 268h
  k.write('HdrS', 0x202);
  k.writeUInt16LE(version, 0x206);
  k[0x211] = 1; // LOADED_HIGH
  k.writeUInt32LE(0x7fffffff, 0x22c);
  k.writeUInt32LE(alignment, 0x230);
  k[0x234] = relocatable ? 1 : 0;
  k.writeUInt32LE(2047, 0x238);
  k.writeUInt32LE(shape.offset ?? 512, 0x248);
  k.writeUInt32LE(shape.length ?? packed.length + trailer, 0x24c);
  k.writeUInt32LE(preferred, 0x258);
  k.writeUInt32LE(shape.initSize ?? MiB, 0x260);
  k.set(decompressor, 1024);
  k.set(packed, 1024 + 512);
  if (says !== null) k.writeUInt32LE(says, 1024 + 512 + packed.length);
  return k;
}
