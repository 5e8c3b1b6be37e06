import { setFlat, setMemoryTypes, setTable } from '../src/arch/x86/setup.ts';
import { MEMORY_TYPE } from '../src/mem/transaction.ts';
import { seconds as simulated } from '../src/sim/time.ts';
import { linear } from './display.ts';
import { measure, seconds, type Figure } from './measure.ts';

const MiB = 2 ** 20;
const STORES = 300_000, WARM_UP = 300_000;
const SLICE = simulated(0.01);
const CODE_AT = 0x10000, SOURCE = 0x200000, GDT = 0x800;

export const DEVICE_MEMORY_NOTE =
  'Wall time of a doubleword that a guest stores to the memory of the display card, which shows 640 × 480 in 32 bits,\n' +
  'by the instruction and by the memory type (UC, WC). 30 pictures a second are 9.2 million of them.\n';

/** Each stores 16384 doublewords from EDI on, for ever. */
const LOOPS: readonly (readonly [name: string, type: number, code: string])[] = [
  ['UC, mov', MEMORY_TYPE.UC, '89 07 83 c7 04 49 75 f8'],
  ['UC, rep stosd', MEMORY_TYPE.UC, 'f3 ab'],
  ['WC, mov', MEMORY_TYPE.WC, '89 07 83 c7 04 49 75 f8'],
  ['WC, rep stosd', MEMORY_TYPE.WC, 'f3 ab'],
  ['WC, rep movsd', MEMORY_TYPE.WC, 'f3 a5'],
];

/** mov ecx,4000h; mov edi,card; mov esi,SOURCE; the loop; jmp to the start. */
function program(card: number, loop: string): Uint8Array {
  const code = new Uint8Array(40), view = new DataView(code.buffer);
  const set = (at: number, opcode: number, value: number): void => {
    code[at] = opcode;
    view.setUint32(at + 1, value, true);
  };
  set(0, 0xb9, 0x4000);
  set(5, 0xbf, card);
  set(10, 0xbe, SOURCE);
  const body = Uint8Array.from(loop.split(' '), (byte) => parseInt(byte, 16)), end = 15 + body.length;
  code.set(body, 15);
  code.set([0xeb, -(end + 2) & 0xff], end);
  return code;
}

/** A machine that runs a loop, and how many doublewords it has stored so far. */
function machine(type: number, loop: string): { run(stores: number): void } {
  const { machine: m, memory: card } = linear(32, 640, 480), { cpu, ram } = m.parts, { counters } = cpu;
  ram.set(program(card, loop), CODE_AT);
  new Uint32Array(ram.buffer, ram.byteOffset + GDT, 6).set([0, 0, 0xffff, 0xcf9a00, 0xffff, 0xcf9200]);
  setFlat(cpu, { eip: CODE_AT, esp: 0x9000, code: 0x08, data: 0x10 });
  setTable(cpu, 'gdt', GDT, 0x17);
  setMemoryTypes(cpu, MEMORY_TYPE.UC, [
    { base: 0, size: 4 * MiB, type: MEMORY_TYPE.WB }, { base: card, size: 16 * MiB, type },
  ]);
  return {
    run: (stores) => {
      const end = counters.mmioWrites + stores;
      while (counters.mmioWrites < end) cpu.run(cpu.now + SLICE);
    },
  };
}

export function deviceMemoryFigures(runs: number): Figure[] {
  return LOOPS.map(([name, type, loop]) => {
    const m = machine(type, loop);
    m.run(WARM_UP);
    return measure(name, 'ns', runs, () => seconds(() => m.run(STORES)) * 1e9 / STORES);
  });
}
