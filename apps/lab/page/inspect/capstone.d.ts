/** What is used here of capstone.js 5, which brings no types. */
declare module '@alexaltea/capstone-js' {
  export interface CapstoneInstruction {
    readonly address: bigint;
    readonly size: number;
    readonly bytes: readonly number[];
    readonly mnemonic: string;
    readonly op_str: string;
  }

  export interface Capstone {
    /** @throws string if not even the first bytes are an instruction */
    disasm(bytes: readonly number[], address: number): CapstoneInstruction[];
    close(): void;
  }

  export interface CapstoneModule {
    readonly ARCH_X86: number;
    readonly MODE_16: number;
    readonly MODE_32: number;
    readonly Capstone: new (arch: number, mode: number) => Capstone;
  }

  /** `locateFile`: address of the module's WebAssembly. */
  export default function create(options?: { locateFile?: (name: string) => string }): Promise<CapstoneModule>;
}

/** A file of the site: its path, relative to the module that imports it. */
declare module '*.wasm' {
  const path: string;
  export default path;
}
