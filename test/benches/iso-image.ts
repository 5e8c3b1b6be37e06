/** A data CD's image: ISO 9660 (ECMA-119) with the files in its root directory. */
const SECTOR = 2048, FIRST_DESCRIPTOR = 16, PATH_TABLE = 18, ROOT = 20, FIRST_FILE = 21;
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

/** @param files by name: `DATA.BIN`; they and their records fit one directory sector */
export function isoImage(files: Readonly<Record<string, Uint8Array>>): Uint8Array {
  const sectors = (bytes: number): number => Math.ceil(bytes / SECTOR);
  const end = Object.values(files).reduce((sum, bytes) => sum + sectors(bytes.length), FIRST_FILE);
  const image = new Uint8Array(end * SECTOR), view = new DataView(image.buffer);
  const text = (at: number, value: string, length = value.length): void => {
    for (let n = 0; n < length; n++) image[at + n] = value.charCodeAt(n) || 0x20;
  };
  const root = { sector: ROOT, size: SECTOR, folder: true };
  const descriptor = FIRST_DESCRIPTOR * SECTOR;
  for (const [n, type] of [1, 255].entries()) {
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
    sector += sectors(bytes.length);
  }
  return image;
}
