/**
 * Registers by name and group, with what their bits say (SDM vol. 1, 3.4, 7.3; vol. 3, 2.3 to 2.5).
 */
import { bits as bitsOf } from '../../bits/field.ts';
import { STATE } from '../../ir/layout.ts';
import type { ProcessorField, ProcessorRegister, RegisterGroup } from '../isa.ts';
import { readEflags } from './flags.ts';
import { CONTROL, FULL, REGISTER_STRIDE, SIG_HI, SIG_LO, SIGN_EXP, STATUS, TOP_MASK, TOP_SHIFT } from './fpu/layout.ts';
import { attributesOf, baseOf, D, dpl, isCode, limitOf, selectorOf } from './segments.ts';
import { CR0, CR2, CR3, CR4, DR, FPU_STATE, GDT_BASE, GDT_LIMIT, GPR, IDT_BASE, IDT_LIMIT } from './state.ts';
import type { X86 } from './x86.ts';

/** Name, bits (high, low), what it says. */
type BitRow = readonly [name: string, high: number, low: number, doc: string];

const EFLAGS_BITS: readonly BitRow[] = [
  ['ID', 21, 21, 'CPUID exists if it can be changed'], ['VIP', 20, 20, 'virtual interrupt pending'],
  ['VIF', 19, 19, 'virtual interrupt flag'], ['AC', 18, 18, 'alignment check'], ['VM', 17, 17, 'virtual-8086 mode'],
  ['RF', 16, 16, 'resume: holds back instruction breakpoints'], ['NT', 14, 14, 'nested task'],
  ['IOPL', 13, 12, 'privilege level that port I/O and CLI need'], ['OF', 11, 11, 'overflow'],
  ['DF', 10, 10, 'direction: string instructions count down'], ['IF', 9, 9, 'interrupts are taken'],
  ['TF', 8, 8, 'trap after each instruction'], ['SF', 7, 7, 'sign'], ['ZF', 6, 6, 'zero'],
  ['AF', 4, 4, 'carry out of bit 3'], ['PF', 2, 2, 'even parity of the low byte'], ['CF', 0, 0, 'carry'],
];
const CR0_BITS: readonly BitRow[] = [
  ['PG', 31, 31, 'paging'], ['CD', 30, 30, 'cache disable'], ['NW', 29, 29, 'not write-through'],
  ['AM', 18, 18, 'alignment mask'], ['WP', 16, 16, 'write protect: the supervisor keeps to read-only pages'],
  ['NE', 5, 5, 'numeric error: x87 exceptions by #MF, not by FERR#'], ['ET', 4, 4, 'extension type: an x87 is there'],
  ['TS', 3, 3, 'task switched: the next x87 instruction traps'], ['EM', 2, 2, 'emulation: x87 instructions trap'],
  ['MP', 1, 1, 'monitor coprocessor: WAIT heeds TS'], ['PE', 0, 0, 'protected mode'],
];
const CR4_BITS: readonly BitRow[] = [
  ['OSFXSR', 9, 9, 'the system saves with FXSAVE'], ['PCE', 8, 8, 'RDPMC at any level'],
  ['PGE', 7, 7, 'global pages'], ['MCE', 6, 6, 'machine check'], ['PAE', 5, 5, 'physical address extension'],
  ['PSE', 4, 4, 'pages of 4 MiB'], ['DE', 3, 3, 'debugging extensions'], ['TSD', 2, 2, 'RDTSC at level 0 only'],
  ['PVI', 1, 1, 'protected-mode virtual interrupts'], ['VME', 0, 0, 'virtual-8086 extensions'],
];
const FPU_CONTROL_BITS: readonly BitRow[] = [
  ['RC', 11, 10, 'rounding: 0 nearest, 1 down, 2 up, 3 to zero'], ['PC', 9, 8, 'precision: 0 24 bits, 2 53, 3 64'],
  ['PM', 5, 5, 'precision exception masked'], ['UM', 4, 4, 'underflow masked'], ['OM', 3, 3, 'overflow masked'],
  ['ZM', 2, 2, 'division by zero masked'], ['DM', 1, 1, 'denormal operand masked'],
  ['IM', 0, 0, 'invalid operation masked'],
];
const FPU_STATUS_BITS: readonly BitRow[] = [
  ['B', 15, 15, 'busy'], ['C3', 14, 14, 'condition 3'], ['TOP', 13, 11, 'which register is ST(0)'],
  ['C2', 10, 10, 'condition 2'], ['C1', 9, 9, 'condition 1'], ['C0', 8, 8, 'condition 0'],
  ['ES', 7, 7, 'an exception is not masked'], ['SF', 6, 6, 'stack fault'], ['PE', 5, 5, 'precision'],
  ['UE', 4, 4, 'underflow'], ['OE', 3, 3, 'overflow'], ['ZE', 2, 2, 'division by zero'],
  ['DE', 1, 1, 'denormal operand'], ['IE', 0, 0, 'invalid operation'],
];

const GENERAL = ['EAX', 'ECX', 'EDX', 'EBX', 'ESP', 'EBP', 'ESI', 'EDI'];
/** In the order in which people write them, which is not the encoding's. */
const GENERAL_ORDER = [0, 3, 1, 2, 6, 7, 5, 4];
const SEGMENTS: readonly (readonly [string, string])[] = [
  ['ES', 'destination of string instructions'], ['CS', 'code'], ['SS', 'stack'], ['DS', 'data'], ['FS', 'data'],
  ['GS', 'data'], ['LDTR', 'local descriptor table'], ['TR', 'task state segment'],
];
const SEGMENT_ORDER = [1, 3, 2, 0, 4, 5, 6, 7];

/** Every register of the processor that is kept here, by group. */
export function registerGroups(x: X86): RegisterGroup[] {
  const at = (cell: number): number => x.words[cell >> 2] >>> 0;
  const number = (name: string, value: number, doc = '', bits: readonly BitRow[] = [], digits = 8, text = '') => (
    { name, digits: hex(value, digits), text: text || setBits(value, bits), doc, fields: fields(value, bits) }
  );
  return [
    {
      name: 'general',
      registers: [
        ...GENERAL_ORDER.map((n) => number(GENERAL[n], at(GPR + 4 * n))),
        number('EIP', at(STATE.PC), 'offset of the next instruction in CS'),
      ],
    },
    { name: 'flags', registers: [number('EFLAGS', readEflags(x.words) >>> 0, '', EFLAGS_BITS)] },
    { name: 'segments', registers: SEGMENT_ORDER.map((n) => segment(x, n)) },
    {
      name: 'control',
      registers: [
        number('CR0', at(CR0), 'modes', CR0_BITS),
        number('CR2', at(CR2), 'address of the last page fault'),
        number('CR3', at(CR3), 'physical address of the page directory'),
        number('CR4', at(CR4), 'extensions', CR4_BITS),
        number('GDTR', at(GDT_BASE), 'global descriptor table', [], 8, `limit ${hex(at(GDT_LIMIT), 4)}`),
        number('IDTR', at(IDT_BASE), 'interrupt descriptor table', [], 8, `limit ${hex(at(IDT_LIMIT), 4)}`),
      ],
    },
    { name: 'x87', registers: x87(x, number) },
    {
      name: 'debug',
      registers: [0, 1, 2, 3, 6, 7].map((n) =>
        number(`DR${n}`, at(DR + 4 * n), n < 4 ? 'breakpoint address' : n === 6 ? 'debug status' : 'debug control')),
    },
  ];
}

type NumberRow = (
  name: string, value: number, doc?: string, bits?: readonly BitRow[], digits?: number, text?: string,
) => ProcessorRegister;

function x87({ view }: X86, number: NumberRow): ProcessorRegister[] {
  const word = (offset: number): number => view.getUint32(FPU_STATE + offset, true);
  const status = word(STATUS), full = word(FULL), top = (status & TOP_MASK) >>> TOP_SHIFT;
  return [
    number('FCW', word(CONTROL) & 0xffff, 'control word', FPU_CONTROL_BITS, 4),
    number('FSW', status & 0xffff, 'status word', FPU_STATUS_BITS, 4),
    ...Array.from({ length: 8 }, (_, i): ProcessorRegister => {
      const n = (top + i) & 7, base = n * REGISTER_STRIDE;
      const low = word(base + SIG_LO), high = word(base + SIG_HI), exponent = word(base + SIGN_EXP) & 0xffff;
      const empty = ((full >>> n) & 1) === 0;
      return {
        name: `ST(${i})`, digits: `${hex(exponent, 4)}${hex(high, 8)}${hex(low, 8)}`,
        text: empty ? 'empty' : real(exponent, high, low), doc: `physical register R${n}`, fields: [],
      };
    }),
  ];
}

/** The value as nearly as a double shows it. */
function real(exponent: number, high: number, low: number): string {
  const sign = (exponent & 0x8000) !== 0 ? -1 : 1, power = exponent & 0x7fff;
  if (power === 0x7fff) return (high & 0x7fffffff) === 0 && low === 0 ? (sign < 0 ? '-∞' : '+∞') : 'not a number';
  return String(sign * (high * 2 ** 32 + low) * 2 ** -63 * 2 ** (power - 0x3fff));
}

function segment(x: X86, n: number): ProcessorRegister {
  const attributes = attributesOf(x, n), [name, doc] = SEGMENTS[n];
  const present = (attributes & D.PRESENT) !== 0;
  const kind = (attributes & D.S) === 0 ? 'system' : isCode(attributes) ? 'code' : 'data';
  const rights = isCode(attributes)
    ? (attributes & D.READABLE) !== 0 ? 'readable' : 'execute only'
    : (attributes & D.WRITABLE) !== 0 ? 'writable' : 'read-only';
  const text = [
    `base ${hex(baseOf(x, n) >>> 0, 8)}`, `limit ${hex(limitOf(x, n), 8)}`,
    ...(present
      ? [kind, ...(kind === 'system' ? [] : [rights, (attributes & D.BIG) !== 0 ? '32 bits' : '16 bits']),
        `level ${dpl(attributes)}`]
      : ['not usable']),
  ].join(', ');
  return { name, digits: hex(selectorOf(x, n), 4), text, doc, fields: [] };
}

function fields(value: number, bits: readonly BitRow[]): ProcessorField[] {
  return bits.map(([name, high, low, doc]) => ({ name, high, low, value: bitsOf(value, high, low), doc }));
}

/** Names of the bits that are set, values of wider fields that are not 0. */
function setBits(value: number, bits: readonly BitRow[]): string {
  return fields(value, bits).filter((f) => f.value !== 0)
    .map((f) => (f.high === f.low ? f.name : `${f.name}=${f.value}`)).join(' ');
}

function hex(value: number, digits: number): string {
  return value.toString(16).padStart(digits, '0');
}
