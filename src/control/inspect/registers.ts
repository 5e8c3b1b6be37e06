/** Register banks as they are, with what their rows say. */
import { bits } from '../../bits/field.ts';
import type { Device } from '../../hw/device.ts';
import type { Bank } from '../../reg/bank.ts';
import { byOffset } from '../../reg/doc.ts';
import type { FieldKind, Register } from '../../reg/layout.ts';
import { ACCESS_WORDS } from './access-words.ts';

export interface BankLook {
  /** Of the device's banks: `config`. */
  readonly name: string;
  /** Bits of a register that does not say otherwise. */
  readonly width: number;
  /** Where it is mapped now: `io 0xc000`, with what is not enabled left out. */
  readonly places: readonly BankPlace[];
  readonly registers: readonly RegisterLook[];
}

export interface BankPlace {
  readonly space: string;
  /** Address of the bank's offset 0, if that is mapped, else where it would be. */
  readonly base: number;
}

export interface RegisterLook {
  readonly name: string;
  /** Bytes from the beginning of the bank. */
  readonly offset: number;
  /** Bits. */
  readonly width: number;
  readonly access: 'r' | 'w' | 'rw';
  /** What a read would give; of a register that is only written: what was written last. */
  readonly value: number;
  readonly reset: number;
  readonly doc: string;
  /** When it answers, where others stand at the same offset: `page 1`. */
  readonly condition: string;
  /** A read by software would change the device. */
  readonly readChanges: boolean;
  /** From the highest bits to the lowest. */
  readonly fields: readonly FieldLook[];
}

export interface FieldLook {
  readonly name: string;
  readonly high: number;
  readonly low: number;
  readonly value: number;
  readonly reset: number;
  readonly kind: FieldKind;
  /** The kind in words. */
  readonly access: string;
  /** Of an unmodelled field: why. */
  readonly reason: string;
}

/** Every bank of a device. A value is pure: nothing is changed. */
export function lookAtBanks(device: Device, places: (bank: Bank) => BankPlace[] = () => []): BankLook[] {
  return [...device.banks].map(([name, bank]) => ({
    name, width: bank.layout.width, places: places(bank),
    registers: byOffset(bank.layout.registers).map(([row, r]) => lookAtRegister(bank, row, r)),
  }));
}

function lookAtRegister(bank: Bank, name: string, row: Register): RegisterLook {
  const { options } = row;
  const access = options.dir ?? 'rw', width = options.width ?? bank.layout.width;
  const read = bank.peek(name), stored = bank.values[Object.keys(bank.layout.registers).indexOf(name)];
  const fields = Object.entries(row.fields).sort(([, a], [, b]) => b.hi - a.hi).map(([field, f]): FieldLook => ({
    name: field, high: f.hi, low: f.lo,
    value: bits(access === 'w' || f.kind === 'wo' ? stored : read, f.hi, f.lo),
    reset: f.reset, kind: f.kind, access: ACCESS_WORDS[f.kind], reason: f.reason,
  }));
  return {
    name, offset: row.offset, width, access, fields,
    value: (access === 'w' ? stored : read) % 2 ** width,
    reset: fields.reduce((sum, f) => sum + f.reset * 2 ** f.low, 0),
    doc: options.doc ?? '',
    condition: [
      ...(options.page !== undefined && options.page >= 0 ? [`page ${options.page}`] : []),
      ...(options.match === undefined
        ? []
        : [`value & 0x${options.match.mask.toString(16)} = 0x${options.match.value.toString(16)}`]),
    ].join(', '),
    readChanges: changesByRead(bank, name, row),
  };
}

/** Whether a read by software would change the device. */
export function changesByRead(bank: Bank, name: string, { fields, options }: Register): boolean {
  return options.dir !== 'w' &&
    (bank.hooked(name).read || Object.values(fields).some((f) => f.kind === 'rclr' || f.kind === 'rset'));
}
