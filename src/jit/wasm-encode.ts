/**
 * A small WebAssembly encoder: bytes with LEB128 numbers (`wasm-bytes.ts`), function bodies
 * (`wasm-code.ts`) and the module around them (`encodeModule`). Source: WebAssembly Core
 * Specification, section 5 (binary format).
 */
import { ByteSink, type ValueType } from './wasm-bytes.ts';
import type { Code } from './wasm-code.ts';

export interface FunctionType {
  readonly params: readonly ValueType[];
  readonly results: readonly ValueType[];
}

export interface ModuleParts {
  readonly types: readonly FunctionType[];
  /** Name (in import module `env`) and type index. They take the first function indices. */
  readonly importedFunctions: readonly { readonly name: string; readonly type: number }[];
  /** Minimum size of the imported memory `env.memory`, in 64 KiB pages. */
  readonly memory: { readonly minimum: number };
  /** Table 0, imported from `env`, if there is one. */
  readonly table?: { readonly name: string; readonly minimum: number };
  readonly functions: readonly { readonly type: number; readonly code: Code; readonly export?: string }[];
  /** Exports the imported functions too, under their names. */
  readonly reexport?: boolean;
}

const SECTION = { TYPE: 1, IMPORT: 2, FUNCTION: 3, EXPORT: 7, CODE: 10 } as const;

/**
 * The binary of a module that imports one memory, functions and at most one table, and exports
 * functions.
 */
export function encodeModule(parts: ModuleParts): Uint8Array<ArrayBuffer> {
  const out = new ByteSink(4096);
  for (const byte of [0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0]) out.u8(byte);
  section(out, SECTION.TYPE, parts.types.length, (s) => {
    for (const type of parts.types) {
      s.u8(0x60);
      s.unsigned(type.params.length);
      for (const p of type.params) s.u8(p);
      s.unsigned(type.results.length);
      for (const r of type.results) s.u8(r);
    }
  });
  section(out, SECTION.IMPORT, parts.importedFunctions.length + (parts.table === undefined ? 1 : 2), (s) => {
    for (const f of parts.importedFunctions) {
      s.name('env');
      s.name(f.name);
      s.u8(0);
      s.unsigned(f.type);
    }
    s.name('env');
    s.name('memory');
    s.u8(2);
    s.u8(0);
    s.unsigned(parts.memory.minimum);
    if (parts.table === undefined) return;
    s.name('env');
    s.name(parts.table.name);
    s.u8(1);
    s.u8(0x70);
    s.u8(0);
    s.unsigned(parts.table.minimum);
  });
  section(out, SECTION.FUNCTION, parts.functions.length, (s) => {
    for (const f of parts.functions) s.unsigned(f.type);
  });
  const exported: { name: string; index: number }[] =
    parts.reexport === true ? parts.importedFunctions.map(({ name }, index) => ({ name, index })) : [];
  parts.functions.forEach((f, n) => {
    if (f.export !== undefined) exported.push({ name: f.export, index: parts.importedFunctions.length + n });
  });
  section(out, SECTION.EXPORT, exported.length, (s) => {
    for (const { name, index } of exported) {
      s.name(name);
      s.u8(0);
      s.unsigned(index);
    }
  });
  section(out, SECTION.CODE, parts.functions.length, (s) => {
    for (const f of parts.functions) {
      const body = f.code.body(parts.types[f.type].params.length);
      s.unsigned(body.length);
      s.append(body);
    }
  });
  return out.take();
}

function section(out: ByteSink, id: number, count: number, fill: (sink: ByteSink) => void): void {
  const sink = new ByteSink();
  sink.unsigned(count);
  fill(sink);
  out.u8(id);
  out.unsigned(sink.length);
  out.append(sink);
}
