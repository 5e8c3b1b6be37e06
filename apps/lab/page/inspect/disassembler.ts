/** Capstone, loaded when it is first wanted: its 3 MB are nothing for the first minute. */
import type { Capstone, CapstoneModule } from '@alexaltea/capstone-js';
import wasm from '@alexaltea/capstone-js/dist/capstone.wasm';
import type { CodeLook } from '../../../../src/control/inspect/processor.ts';

export interface Instruction {
  readonly address: number;
  readonly mnemonic: string;
  readonly operands: string;
  /** Bytes. */
  readonly length: number;
}

/** Disassemblers by the bits of the code. */
export type Disassembler = (bits: 16 | 32) => Capstone;

let loading: Promise<Disassembler> | null = null;

export function loadDisassembler(): Promise<Disassembler> {
  loading ??= load().catch((error: unknown) => {
    loading = null;
    throw error;
  });
  return loading;
}

async function load(): Promise<Disassembler> {
  const { default: create } = await import('@alexaltea/capstone-js');
  return disassembler(await create({ locateFile: () => new URL(wasm, import.meta.url).href }));
}

/** One of each kind, made when it is first asked for. */
export function disassembler(module: CapstoneModule): Disassembler {
  const made = new Map<number, Capstone>();
  return (bits) => {
    const one = made.get(bits) ?? new module.Capstone(module.ARCH_X86, bits === 16 ? module.MODE_16 : module.MODE_32);
    made.set(bits, one);
    return one;
  };
}

/** All instructions in some code; a byte that begins none is shown as such. */
export function instructionsOf(of: Disassembler, { bytes, address, codeBits }: CodeLook): Instruction[] {
  const one = of(codeBits), found: Instruction[] = [];
  for (let at = 0; at < bytes.length;) {
    const rest = decode(one, bytes.subarray(at), (address + at) >>> 0);
    for (const { mnemonic, op_str: operands, size, address: where } of rest)
      found.push({ address: Number(where), mnemonic, operands, length: size });
    at += rest.reduce((sum, i) => sum + i.size, 0);
    // An instruction that the end cuts off is no mistake.
    if (at >= bytes.length || bytes.length - at < LONGEST) break;
    const byte = (bytes[at] as number).toString(16).padStart(2, '0');
    found.push({ address: (address + at) >>> 0, mnemonic: '(bad)', operands: `0x${byte}`, length: 1 });
    at++;
  }
  return found;
}

/** Bytes of the longest instruction. */
const LONGEST = 15;

/** Up to what is no instruction; none if the first is none, for which the library throws. */
function decode(one: Capstone, bytes: Uint8Array, address: number): ReturnType<Capstone['disasm']> {
  try {
    return one.disasm([...bytes], address);
  } catch {
    return [];
  }
}
