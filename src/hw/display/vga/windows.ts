import { storeBytes } from '../../../mem/store-bytes.ts';
import type { Guard, Target, Transaction } from '../../../mem/transaction.ts';
import { allOnes } from '../../../bits/field.ts';

/** What accesses through the card's ranges reach. */
export interface WindowOwner {
  /** Something is about to change or to be read that depends on the beam. */
  catchUp(): void;
  /** An access of `value` comes to the memory: one of beam and processor may have to wait. */
  contend(tx: Transaction, value: number): void;
}

/** A part of a register bank at another place: what changes is seen by the beam from now on. */
export class RegisterWindow implements Target {
  readonly name: string;
  readonly guard: Guard;
  private readonly owner: WindowOwner;
  private readonly registers: Target;
  private readonly offset: number;

  constructor(name: string, guard: Guard, owner: WindowOwner, registers: Target, offset: number) {
    this.name = name;
    this.guard = guard;
    this.owner = owner;
    this.registers = registers;
    this.offset = offset;
  }

  read(offset: number, size: number, tx: Transaction): number {
    return this.registers.read(this.offset + offset, size, tx);
  }
  write(offset: number, size: number, value: number, tx: Transaction): void {
    this.owner.catchUp();
    this.registers.write(this.offset + offset, size, value, tx);
  }
}

/** Memory that is reached byte by byte: what stands at A0000h. */
export class ByteWindow implements Target {
  readonly name: string;
  readonly guard: Guard;
  private readonly owner: WindowOwner;
  private readonly readByte: (offset: number, look: boolean) => number;
  private readonly writeByte: (offset: number, value: number) => void;

  constructor(
    name: string, guard: Guard, owner: WindowOwner,
    readByte: (offset: number, look: boolean) => number, writeByte: (offset: number, value: number) => void,
  ) {
    this.name = name;
    this.guard = guard;
    this.owner = owner;
    this.readByte = readByte;
    this.writeByte = writeByte;
  }

  read(offset: number, size: number, tx: Transaction): number {
    let value = 0;
    for (let k = 0; k < size; k++) value |= this.readByte(offset + k, tx.debug) << (8 * k);
    this.owner.contend(tx, value >>> 0);
    return value >>> 0;
  }
  write(offset: number, size: number, value: number, tx: Transaction): void {
    this.owner.contend(tx, value);
    this.owner.catchUp();
    for (let k = 0; k < size; k++) this.writeByte(offset + k, (value >>> (8 * k)) & 0xff);
  }
}

/** The video memory as BAR0 shows it. */
export class LinearMemory implements Target {
  readonly name: string;
  private readonly owner: WindowOwner;
  private readonly bytes: Uint8Array;
  private readonly view: DataView;

  constructor(name: string, owner: WindowOwner, bytes: Uint8Array) {
    this.name = name;
    this.owner = owner;
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  read(offset: number, size: number, tx: Transaction): number {
    const value = size === 4 ? this.view.getUint32(offset, true)
      : size === 2 ? this.view.getUint16(offset, true) : this.bytes[offset];
    this.owner.contend(tx, value);
    return value;
  }
  write(offset: number, size: number, value: number, tx: Transaction): void {
    this.owner.contend(tx, value);
    this.owner.catchUp();
    if (size === 4) this.view.setUint32(offset, value, true);
    else if (size === 2) this.view.setUint16(offset, value, true);
    else this.bytes[offset] = value;
  }
  /** Bursts of bus masters are not held up: their time is the bus's. */
  block(offset: number, buffer: Uint8Array, at: number, length: number, write: boolean): void {
    if (write) {
      this.owner.catchUp();
      storeBytes(this.bytes, this.view, offset, buffer, at, length);
    } else {
      buffer.set(this.bytes.subarray(offset, offset + length), at);
    }
  }
}

/**
 * The DISPI ports: index at the first, data at the second and third. A word at the odd port comes
 * as two bytes: the first waits until the second is there.
 */
export class DispiPorts implements Target {
  readonly name: string;
  readonly guard: Guard;
  private readonly registers: Target;
  private readonly s: { index: number; low: number };

  constructor(name: string, guard: Guard, registers: Target, cells: { index: number; low: number }) {
    this.name = name;
    this.guard = guard;
    this.registers = registers;
    this.s = cells;
  }

  read(offset: number, size: number, tx: Transaction): number {
    if (offset === 0) return size === 2 ? this.s.index : this.s.index & 0xff;
    const whole = this.s.index < 0x100 ? this.registers.read(2 * this.s.index, 2, tx) : allOnes(2);
    return size === 2 ? whole : offset === 1 ? whole & 0xff : whole >>> 8;
  }
  write(offset: number, size: number, value: number, tx: Transaction): void {
    if (offset === 0) {
      this.s.index = value & 0xffff;
      return;
    }
    if (offset === 1) {
      this.s.low = value & 0xff;
      return;
    }
    const whole = size === 2 ? value : (value << 8) | this.s.low;
    if (this.s.index < 0x100) this.registers.write(2 * this.s.index, 2, whole, tx);
  }
}
