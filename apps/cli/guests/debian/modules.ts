/** What a kernel module says of itself in its `.modinfo` section. */
export interface ModuleInfo {
  /** With underscores, as the kernel knows it. */
  readonly name: string;
  /** Names of the modules that must be loaded before it. */
  readonly depends: readonly string[];
}

/** The kernel's form of a module's name: a file may be called t10-pi.ko, the module is t10_pi. */
export function moduleName(text: string): string {
  return text.replace(/^.*\//, '').replace(/\.ko$/, '').replace(/-/g, '_');
}

/**
 * Reads `name` and `depends` from a module file (ELF32 or ELF64, little-endian, uncompressed).
 * Throws a one-line Error if the file is no such module.
 */
export function readModuleInfo(file: string, bytes: Uint8Array): ModuleInfo {
  const text = new TextDecoder('latin1').decode(modinfoSection(file, bytes));
  const fields = text.split('\0').map((field) => field.split(/=(.*)/s));
  const value = (key: string): string => fields.find((f) => f[0] === key)?.[1] ?? '';
  return {
    name: value('name') === '' ? moduleName(file) : moduleName(value('name')),
    depends: value('depends').split(',').filter((d) => d !== '').map(moduleName),
  };
}

function modinfoSection(file: string, bytes: Uint8Array): Uint8Array {
  const bad = (why: string): Error => new Error(`${file}: not a kernel module (${why})`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 64 || view.getUint32(0) !== 0x7f454c46 || bytes[5] !== 1) throw bad('no little-endian ELF file');
  const wide = bytes[4] === 2;
  const word = (at: number): number => {
    if (at + 8 > bytes.length) throw bad('truncated');
    return wide ? Number(view.getBigUint64(at, true)) : view.getUint32(at, true);
  };
  const table = word(wide ? 40 : 32);
  const [size, count, names] = [0, 2, 4].map((at) => view.getUint16((wide ? 58 : 46) + at, true)) as [
    number, number, number,
  ];
  const section = (i: number): { name: number; offset: number; size: number } => {
    const at = table + i * size;
    if (i >= count || at + (wide ? 64 : 40) > bytes.length) throw bad('section headers outside the file');
    return { name: view.getUint32(at, true), offset: word(at + (wide ? 24 : 16)), size: word(at + (wide ? 32 : 20)) };
  };
  const strings = section(names).offset;
  const wanted = new TextEncoder().encode('.modinfo\0');
  for (let i = 0; i < count; i++) {
    const s = section(i);
    if (wanted.every((c, k) => bytes[strings + s.name + k] === c)) return bytes.subarray(s.offset, s.offset + s.size);
  }
  throw bad('no .modinfo');
}

/**
 * The order in which to insert modules: every module after those that it depends on, otherwise in
 * the order of `roots`.
 * @param info gives a module by name; may throw for an unknown one
 */
export async function loadOrder(
  roots: readonly string[],
  info: (name: string) => Promise<ModuleInfo>,
): Promise<string[]> {
  const order: string[] = [];
  const under = new Set<string>();
  const visit = async (name: string): Promise<void> => {
    if (order.includes(name)) return;
    if (under.has(name)) throw new Error(`kernel module ${name} depends on itself`);
    under.add(name);
    for (const d of (await info(name)).depends) await visit(d);
    under.delete(name);
    order.push(name);
  };
  for (const root of roots) await visit(moduleName(root));
  return order;
}
