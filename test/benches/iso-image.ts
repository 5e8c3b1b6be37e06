/** A data CD's image: ISO 9660 (ECMA-119) with the files in its root directory. */
const SECTOR = 2048, FIRST_DESCRIPTOR = 16, PATH_TABLE = 19, ROOT = 21, CATALOG = 22, FIRST_FILE = 23;
/** GRUB reads eight sectors at a time, and goes on with what it has not if the last are missing. */
const PAD = 16;
/** §9.1: a directory record without its name. */
const RECORD = 33;

/** §7.2.3, §7.3.3: a number in both byte orders. */
function both16(view: DataView, at: number, value: number): void {
  view.setUint16(at, value, true);
  view.setUint16(at + 2, value, false);
}

function both32(view: DataView, at: number, value: number): void {
  view.setUint32(at, value, true);
  view.setUint32(at + 4, value, false);
}

/** §9.1 Writes a directory record; returns its length. */
function record(
  view: DataView, at: number, name: Uint8Array, { sector, size, folder }: { sector: number; size: number;
    folder: boolean },
): number {
  const length = RECORD + name.length + (name.length % 2 === 0 ? 1 : 0);
  view.setUint8(at, length);
  both32(view, at + 2, sector);
  both32(view, at + 10, size);
  // 1 January 2000.
  [100, 1, 1].forEach((value, n) => view.setUint8(at + 18 + n, value));
  view.setUint8(at + 25, folder ? 2 : 0);
  both16(view, at + 28, 1);
  view.setUint8(at + 32, name.length);
  name.forEach((code, n) => view.setUint8(at + RECORD + n, code));
  return length;
}

/**
 * El Torito 1.0, §2: the catalog's validation entry and its default entry, no emulation.
 *
 * @param sector where the boot image lies; its first four sectors of 512 bytes go to 7C00h
 */
function bootCatalog(view: DataView, at: number, sector: number): void {
  view.setUint8(at, 1);
  view.setUint16(at + 30, 0xaa55, true);
  // The sixteen words of the entry add up to 0.
  view.setUint16(at + 28, -(1 + 0xaa55), true);
  view.setUint8(at + 32, 0x88);
  view.setUint16(at + 38, 4, true);
  view.setUint32(at + 40, sector, true);
}

/** A table that boot programs of CDs have at 8: where descriptor and program are, length, sum. */
function bootInfo(program: DataView, sector: number): void {
  let sum = 0;
  for (let at = 64; at < program.byteLength; at += 4) sum = (sum + program.getUint32(at, true)) >>> 0;
  for (const [n, value] of [FIRST_DESCRIPTOR, sector, program.byteLength, sum].entries()) {
    program.setUint32(8 + 4 * n, value, true);
  }
}

/**
 * @param files by name: `DATA.BIN`; they and their records fit one directory sector
 * @param boot the one of the files that the firmware starts; its size is a multiple of 4
 */
export function isoImage(files: Readonly<Record<string, Uint8Array>>, boot?: string): Uint8Array {
  const sectors = (bytes: number): number => Math.ceil(bytes / SECTOR);
  const end = Object.values(files).reduce((sum, bytes) => sum + sectors(bytes.length), FIRST_FILE) + PAD;
  const image = new Uint8Array(end * SECTOR), view = new DataView(image.buffer);
  const text = (at: number, value: string, length = value.length): void => {
    for (let n = 0; n < length; n++) image[at + n] = value.charCodeAt(n) || 0x20;
  };
  const root = { sector: ROOT, size: SECTOR, folder: true };
  const descriptor = FIRST_DESCRIPTOR * SECTOR;
  for (const [n, type] of [1, 0, 255].entries()) {
    image[descriptor + n * SECTOR] = type;
    text(descriptor + n * SECTOR + 1, 'CD001');
    image[descriptor + n * SECTOR + 6] = 1;
  }
  // §8.4: texts are blanks up to their ends.
  text(descriptor + 8, '', 32);
  text(descriptor + 40, 'TEST', 32);
  both32(view, descriptor + 80, end);
  both16(view, descriptor + 120, 1);
  both16(view, descriptor + 124, 1);
  both16(view, descriptor + 128, SECTOR);
  both32(view, descriptor + 132, 10);
  view.setUint32(descriptor + 140, PATH_TABLE, true);
  view.setUint32(descriptor + 148, PATH_TABLE + 1, false);
  record(view, descriptor + 156, new Uint8Array(1), root);
  text(descriptor + 190, '', 623);
  image[descriptor + 881] = 1;
  // A boot record without a name is nobody's.
  const bootRecord = descriptor + SECTOR;
  if (boot !== undefined) text(bootRecord + 7, 'EL TORITO SPECIFICATION');
  view.setUint32(bootRecord + 71, CATALOG, true);
  // §9.4: the root is its own parent, number 1.
  [true, false].forEach((little, n) => {
    const at = (PATH_TABLE + n) * SECTOR;
    image[at] = 1;
    view.setUint32(at + 2, ROOT, little);
    view.setUint16(at + 6, 1, little);
  });
  let at = ROOT * SECTOR, sector = FIRST_FILE;
  for (const self of [0, 1]) at += record(view, at, Uint8Array.of(self), root);
  for (const [name, bytes] of Object.entries(files)) {
    const code = Uint8Array.from(`${name};1`, (c) => c.charCodeAt(0));
    at += record(view, at, code, { sector, size: bytes.length, folder: false });
    image.set(bytes, sector * SECTOR);
    if (name === boot) {
      bootInfo(new DataView(image.buffer, sector * SECTOR, bytes.length), sector);
      bootCatalog(view, CATALOG * SECTOR, sector);
    }
    sector += sectors(bytes.length);
  }
  return image;
}
