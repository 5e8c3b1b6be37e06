import { Ram } from '../../../mem/ram.ts';
import type { Guard, Target, Transaction } from '../../../mem/transaction.ts';
import { edid } from './edid.ts';
import { DISPI_AT, EDID_END, EXTENDED_AT, FIRST_MMIO_PORT, VGA_PORTS_AT } from './spec.ts';
import { FIRST_PORT } from './spec-ports.ts';
import { RegisterWindow, type WindowOwner } from './windows.ts';

/** Several things, each at its place; the rest reads as zero. */
class RegisterArea implements Target {
  readonly name: string;
  readonly guard: Guard;
  private readonly parts: readonly { readonly at: number; readonly end: number; readonly target: Target }[];

  constructor(name: string, guard: Guard, parts: RegisterArea['parts']) {
    this.name = name;
    this.guard = guard;
    this.parts = parts;
  }

  read(offset: number, size: number, tx: Transaction): number {
    const part = this.part(offset, size);
    return part === undefined ? 0 : part.target.read(offset - part.at, size, tx);
  }
  write(offset: number, size: number, value: number, tx: Transaction): void {
    const part = this.part(offset, size);
    part?.target.write(offset - part.at, size, value, tx);
  }
  private part(offset: number, size: number): RegisterArea['parts'][number] | undefined {
    return this.parts.find((p) => offset >= p.at && offset + size <= p.end);
  }
}

/** What stands behind BAR2 (standard-vga.rst, "MMIO area spec"). */
export function registerArea(
  name: string, guard: Guard, owner: WindowOwner,
  banks: { readonly vga: Target; readonly dispi: Target; readonly extended: Target },
): Target {
  const description = new Uint8Array(EDID_END);
  description.set(edid());
  const part = (what: string, at: number, bytes: number, bank: Target, offset = 0) =>
    ({ at, end: at + bytes, target: new RegisterWindow(`${name}.${what}`, guard, owner, bank, offset) });
  return new RegisterArea(`${name}.registers`, guard, [
    { at: 0, end: EDID_END, target: new Ram(`${name}.edid`, description, true) },
    part('mmio', VGA_PORTS_AT, 0x20, banks.vga, FIRST_MMIO_PORT - FIRST_PORT),
    part('dispi', DISPI_AT, 0x16, banks.dispi),
    part('extended', EXTENDED_AT, 8, banks.extended),
  ]);
}
