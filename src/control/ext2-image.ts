/**
 * Makes an ext2 file system (revision 1) with files in its root folder: the same bytes for the same
 * files. One block group, so 128 MiB at most. The layout is that of "The Second Extended File
 * System: Internal Layout" (D. Poirier), section by section as cited.
 */
const BLOCK = 4096, INODE = 128, INODES = 128;
/** §Inode Table: numbers of the inodes that every file system has; files come after them. */
const ROOT = 2, LOST_FOUND = 11, FIRST_FILE = 12;
/** §Defined Reserved Inodes, §i_mode. */
const FOLDER = 0o40755, FILE = 0o100644;
/** §Superblock: blocks that one block of the bitmap is about. */
const BLOCKS_PER_GROUP = 8 * BLOCK;
/** Super block, group descriptors, two bitmaps, inodes, the two folders. */
const SUPER = 0, GROUPS = 1, BLOCK_BITMAP = 2, INODE_BITMAP = 3, INODE_TABLE = 4;
const INODE_BLOCKS = (INODES * INODE) / BLOCK;
const ROOT_BLOCK = INODE_TABLE + INODE_BLOCKS, LOST_FOUND_BLOCK = ROOT_BLOCK + 1, FIRST_FREE = ROOT_BLOCK + 2;
const DIRECT = 12, POINTERS = BLOCK / 4;
/** §file_type. */
const TYPE = { file: 1, folder: 2 };
/** A file system that says when it was made would be another one each time (Unix time). */
const MADE = 946_684_800;

/** A file of the root folder. */
export interface Ext2File {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** Most bytes of a file: what direct, indirect and doubly indirect blocks of one group hold. */
const MOST_BLOCKS = BLOCKS_PER_GROUP - FIRST_FREE;

class Ext2Writer {
  readonly bytes: Uint8Array;
  private readonly view: DataView;
  private next = FIRST_FREE;
  private readonly blocks: number;

  constructor(blocks: number) {
    this.blocks = blocks;
    this.bytes = new Uint8Array(blocks * BLOCK);
    this.view = new DataView(this.bytes.buffer);
  }

  /** Block of the next free number. */
  private take(): number {
    if (this.next === this.blocks) throw new Error(`the files do not fit into ${this.bytes.length} bytes`);
    return this.next++;
  }

  private word(block: number, offset: number, value: number): void {
    this.view.setUint32(block * BLOCK + offset, value, true);
  }

  private half(block: number, offset: number, value: number): void {
    this.view.setUint16(block * BLOCK + offset, value, true);
  }

  /** §Inode Structure. `sectors`: of 512 bytes, with those of the indirect blocks. */
  private inode(number: number, mode: number, size: number, links: number, sectors: number): number {
    const at = (number - 1) * INODE, first = INODE_TABLE;
    this.half(first, at, mode);
    this.word(first, at + 4, size);
    for (const time of [8, 12, 16]) this.word(first, at + time, MADE);
    this.half(first, at + 26, links);
    this.word(first, at + 28, sectors);
    return at + 40;
  }

  /** A file's bytes into blocks (§i_block): one after the other, indirect blocks before theirs. */
  file(number: number, bytes: Uint8Array): void {
    const count = Math.ceil(bytes.length / BLOCK), before = this.next;
    const pointers = this.inode(number, FILE, bytes.length, 1, 0);
    let single = 0, double = 0;
    for (let n = 0; n < count; n++) {
      if (n < DIRECT) {
        this.word(INODE_TABLE, pointers + 4 * n, this.data(bytes, n));
        continue;
      }
      const at = (n - DIRECT) % POINTERS;
      if (at === 0) {
        const nth = (n - DIRECT) / POINTERS;
        if (nth === 1) this.word(INODE_TABLE, pointers + 4 * (DIRECT + 1), double = this.take());
        single = this.take();
        if (nth === 0) this.word(INODE_TABLE, pointers + 4 * DIRECT, single);
        else this.word(double, 4 * (nth - 1), single);
      }
      this.word(single, 4 * at, this.data(bytes, n));
    }
    this.word(INODE_TABLE, (number - 1) * INODE + 28, ((this.next - before) * BLOCK) / 512);
  }

  private data(bytes: Uint8Array, n: number): number {
    const block = this.take();
    this.bytes.set(bytes.subarray(n * BLOCK, (n + 1) * BLOCK), block * BLOCK);
    return block;
  }

  /** §Directory Structure, Linked List Directories: the last entry reaches to the block's end. */
  folder(number: number, block: number, links: number, entries: readonly [inode: number, name: string][]): void {
    this.word(INODE_TABLE, this.inode(number, FOLDER, BLOCK, links, BLOCK / 512), block);
    let at = 0;
    entries.forEach(([inode, name], n) => {
      const length = n === entries.length - 1 ? BLOCK - at : (8 + name.length + 3) & ~3;
      if (at + 8 + name.length > BLOCK) throw new Error('too many files for one block of a folder');
      this.word(block, at, inode);
      this.half(block, at + 4, length);
      this.bytes[block * BLOCK + at + 6] = name.length;
      this.bytes[block * BLOCK + at + 7] = inode < FIRST_FILE ? TYPE.folder : TYPE.file;
      for (let i = 0; i < name.length; i++) this.bytes[block * BLOCK + at + 8 + i] = name.charCodeAt(i);
      at += length;
    });
  }

  /** §Superblock, §Block Group Descriptor Table, §Block Bitmap, §Inode Bitmap. */
  end(files: number): void {
    const usedInodes = FIRST_FILE - 1 + files;
    const bits = (block: number, used: number, of: number): void => {
      for (let n = 0; n < BLOCKS_PER_GROUP; n++)
        if (n < used || n >= of) this.bytes[block * BLOCK + (n >> 3)] |= 1 << (n & 7);
    };
    bits(BLOCK_BITMAP, this.next, this.blocks);
    bits(INODE_BITMAP, usedInodes, INODES);
    const free = this.blocks - this.next, freeInodes = INODES - usedInodes;
    [BLOCK_BITMAP, INODE_BITMAP, INODE_TABLE].forEach((block, n) => this.word(GROUPS, 4 * n, block));
    [free, freeInodes, 2].forEach((count, n) => this.half(GROUPS, 12 + 2 * n, count));
    const words: Readonly<Record<number, number>> = {
      0: INODES, 4: this.blocks, 8: 0, 12: free, 16: freeInodes, 20: 0, 24: 2, 28: 2,
      32: BLOCKS_PER_GROUP, 36: BLOCKS_PER_GROUP, 40: INODES, 44: 0, 48: MADE,
      64: MADE, 68: 0, 72: 0, 76: 1, 84: FIRST_FILE - 1, 96: INCOMPAT_FILETYPE,
    };
    const at = 1024;
    for (const [offset, value] of Object.entries(words)) this.word(SUPER, at + Number(offset), value);
    // Mounts so far, most mounts, magic, clean, errors: go on; of inodes, the size.
    const halves = { 52: 0, 54: 0xffff, 56: 0xef53, 58: 1, 60: 1, 88: INODE };
    for (const [offset, value] of Object.entries(halves)) this.half(SUPER, at + Number(offset), value);
    for (let n = 0; n < 16; n++) this.bytes[at + 104 + n] = 0x4e + n;
  }
}

/** §s_feature_incompat: folders say what their entries are. */
const INCOMPAT_FILETYPE = 2;

/**
 * A disk that is an ext2 file system (no partitions), with some room left.
 * @param room bytes beside the files'
 * @throws Error if that is more than one block group holds, or a name does not fit
 */
export function ext2Image(files: readonly Ext2File[], room = 2 ** 20): Uint8Array {
  const data = files.reduce((sum, f) => sum + Math.ceil(f.bytes.length / BLOCK), 0);
  const blocks = FIRST_FREE + data + Math.ceil(data / POINTERS) + 2 * files.length + Math.ceil(room / BLOCK);
  if (blocks > MOST_BLOCKS) throw new Error(`an ext2 image of ${blocks * BLOCK} bytes: it holds 128 MiB at most`);
  if (files.length > INODES - FIRST_FILE + 1) throw new Error(`an ext2 image of ${files.length} files`);
  for (const { name } of files)
    if (!/^[ -.0-~]{1,255}$/.test(name)) throw new Error(`'${name}' is no name of a file in an ext2 image`);
  const writer = new Ext2Writer(blocks);
  files.forEach((f, n) => writer.file(FIRST_FILE + n, f.bytes));
  writer.folder(ROOT, ROOT_BLOCK, 3, [
    [ROOT, '.'], [ROOT, '..'], [LOST_FOUND, 'lost+found'],
    ...files.map((f, n): [number, string] => [FIRST_FILE + n, f.name]),
  ]);
  writer.folder(LOST_FOUND, LOST_FOUND_BLOCK, 2, [[LOST_FOUND, '.'], [ROOT, '..']]);
  writer.end(files.length);
  return writer.bytes;
}
