import { I82077aa } from '../../hw/floppy/i82077aa/i82077aa.ts';
import { Mc146818 } from '../../hw/rtc/mc146818/mc146818.ts';
import { setUpFloppies } from '../../machine/boards/pc/floppy.ts';
import type { Machine } from '../../machine/machine.ts';
import type { AddressSpace } from '../../mem/address-space.ts';
import { Transaction } from '../../mem/transaction.ts';
import { ns, toNs } from '../../sim/time.ts';
import { InterceptedLines } from './interrupts.ts';
import { base64Of, bytesOfBase64, bytesOfHex, cNumber, hexOf } from './words.ts';

/** Bytes that one command may read, write or set. */
export const MOST_BYTES = 64 * 2 ** 20;
/** Nanoseconds that simulated time may reach: its ticks stay exact. */
const MOST_NS = 2 ** 50;
/** Simulated time that what software asked for may take before the next command is read (ns). */
const PATIENCE = ns(20e9);
/** Events in which that may happen: a device that is at work for ever must not hang the server. */
const MOST_EVENTS = 5e6;
const TOP = 1n << 32n;
/** CONFADD of IDETIM of both channels: function 1 of the PIIX3 (82371SB §IDETIM, bit 15). */
const IDE_TIMING = 0x80000940;

type Action = (words: readonly string[]) => string;

/** A command that cannot be carried out; the reply says why. */
class Refusal extends Error {}

/**
 * A machine driven by commands in place of its processor: QEMU's qtest protocol (its docs/devel/
 * testing/qtest.rst and the head of system/qtest.c, version 7.2). One line is one command and gives
 * one line; edges of intercepted interrupt lines are lines of their own, before the reply.
 *
 * Time: each access takes the time of its bus cycles. After a command simulated time goes on for as
 * long as a device is at work on what it was told (`Component.atWork`), as suites that were written
 * for devices without time expect; timers wait for `clock_step`.
 */
export class Qtest {
  private readonly machine: Machine;
  private readonly memory: AddressSpace;
  private readonly io: AddressSpace;
  private readonly tx = new Transaction('qtest');
  private readonly lines: InterceptedLines;
  private told: string[] = [];
  private readonly actions: Readonly<Record<string, Action>>;

  /** @throws Error if the machine has no memory or I/O space */
  constructor(machine: Machine) {
    this.machine = machine;
    const space = (name: string): AddressSpace => {
      const found = machine.board.spaces.find((s) => s.name === name);
      if (found === undefined) throw new Error(`board ${machine.boardName} has no address space ${name}`);
      return found;
    };
    this.memory = space('memory');
    this.io = space('io');
    this.lines = new InterceptedLines(machine.board, (line, level) => {
      this.told.push(`IRQ ${level ? 'raise' : 'lower'} ${line}`);
    });
    this.prepare();
    this.actions = {
      ...this.ports('b', 1), ...this.ports('w', 2), ...this.ports('l', 4),
      ...this.words('b', 1), ...this.words('w', 2), ...this.words('l', 4), ...this.words('q', 8),
      read: ([address, size]) => `0x${hexOf(this.readBlock(address, size))}`,
      b64read: ([address, size]) => base64Of(this.readBlock(address, size)),
      write: ([address, size, data]) => this.writeBlock(address, size, bytesOfHex(data ?? '')),
      b64write: ([address, size, data]) => this.writeBlock(address, size, bytesOfBase64(data ?? '')),
      memset: ([address, size, value]) => {
        const bytes = new Uint8Array(this.blockSize(size)).fill(Number(number(value) & 0xffn));
        return this.writeBlock(address, size, bytes);
      },
      clock_step: ([step]) => this.clockStep(step),
      clock_set: ([time]) => this.clockSet(Number(number(time))),
      irq_intercept_in: ([path]) => this.intercept('in', path),
      irq_intercept_out: ([path]) => this.intercept('out', path),
      endianness: () => 'little',
    };
  }

  /** Carries out one command; returns the lines of its answer, the reply last. Never throws. */
  command(line: string): string[] {
    const words = line.trim().split(/\s+/), name = words[0];
    this.told = [];
    let reply: string;
    try {
      const action = Object.hasOwn(this.actions, name) ? this.actions[name] : undefined;
      if (action === undefined) throw new Refusal(`Unknown command '${printable(name)}'`);
      const value = action(words.slice(1));
      this.settle();
      reply = value === '' ? 'OK' : `OK ${value}`;
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      reply = `FAIL ${error.message}`;
    }
    return [...this.told, reply];
  }

  /** The reset line, by somebody outside the machine. */
  reset(): void {
    this.machine.reset();
    this.prepare();
  }

  /**
   * What firmware does and suites that were written for an emulator do without, because it is so
   * there from the beginning: channel 4 of the DMA controllers is in cascade mode, the IDE
   * controller decodes its ports once its I/O space is enabled, the CMOS RAM tells of the floppy
   * drives, and the floppy controller is out of its reset, at 500 kbit/s, with nothing to say.
   */
  private prepare(): void {
    this.prepareFloppies();
    this.io.write(0xd6, 1, 0xc0, this.tx);
    this.io.write(0xd4, 1, 0, this.tx);
    this.io.write(0xcf8, 4, IDE_TIMING, this.tx);
    this.io.write(0xcfc, 4, 0x80008000, this.tx);
    this.io.write(0xcf8, 4, 0, this.tx);
  }

  /** Takes no time: CONFIGURE without drive polling keeps the reset's interrupt from coming. */
  private prepareFloppies(): void {
    const { components } = this.machine.board;
    const fdc = components.find((c) => c instanceof I82077aa), rtc = components.find((c) => c instanceof Mc146818);
    if (fdc === undefined || rtc === undefined) return;
    setUpFloppies(rtc, [0, 1].map((unit) => fdc.hasDrive(unit)));
    const put = (register: number, value: number): void => fdc.ports.write(register, 1, value, this.tx);
    const command = (...bytes: number[]): void => bytes.forEach((byte) => put(5, byte));
    put(2, 0x1c);
    command(0x13, 0, 0x30, 0);
    command(0x13, 0, 0x20, 0);
    put(7, 0);
  }

  /** `outb` and `inb`, and those for words and doublewords. */
  private ports(suffix: string, size: number): Record<string, Action> {
    return {
      [`out${suffix}`]: ([address, value]) => {
        this.io.write(port(address), size, Number(number(value) & mask(size)), this.tx);
        return this.took();
      },
      [`in${suffix}`]: ([address]) => {
        const value = this.io.read(port(address), size, this.tx);
        this.took();
        return `0x${value.toString(16).padStart(4, '0')}`;
      },
    };
  }

  /** `writeb` and `readb`, and those for 2, 4 and 8 bytes. */
  private words(suffix: string, size: number): Record<string, Action> {
    return {
      [`write${suffix}`]: ([address, value]) => {
        const at = number(address), bits = number(value) & mask(size);
        if (at + BigInt(size) > TOP) return '';
        this.memory.write(Number(at), Math.min(4, size), Number(bits & 0xffffffffn), this.tx);
        this.took();
        if (size === 8) this.memory.write(Number(at) + 4, 4, Number(bits >> 32n), this.tx);
        return size === 8 ? this.took() : '';
      },
      [`read${suffix}`]: ([address]) => {
        const at = number(address);
        if (at + BigInt(size) > TOP) return wide(mask(size));
        let value = BigInt(this.memory.read(Number(at), Math.min(4, size), this.tx));
        this.took();
        if (size === 8) {
          value |= BigInt(this.memory.read(Number(at) + 4, 4, this.tx)) << 32n;
          this.took();
        }
        return wide(value);
      },
    };
  }

  private blockSize(text: string | undefined): number {
    const bytes = number(text);
    if (bytes > MOST_BYTES) throw new Refusal(`${bytes} bytes are too many; at most ${MOST_BYTES}`);
    return Number(bytes);
  }

  private readBlock(address: string | undefined, size: string | undefined): Uint8Array {
    const at = number(address), bytes = new Uint8Array(this.blockSize(size));
    const inside = Number(at >= TOP ? 0n : min(TOP - at, BigInt(bytes.length)));
    bytes.fill(0xff, inside);
    if (inside > 0) this.memory.burst(Number(at), bytes, 0, inside, false, this.tx);
    return bytes;
  }

  /** Bytes that are missing are zeros; what is beyond `size` is left out. */
  private writeBlock(address: string | undefined, size: string | undefined, data: Uint8Array | null): string {
    if (data === null) throw new Refusal('the data are not in the form of this command');
    const at = number(address), bytes = new Uint8Array(this.blockSize(size));
    bytes.set(data.subarray(0, bytes.length));
    const inside = Number(at >= TOP ? 0n : min(TOP - at, BigInt(bytes.length)));
    if (inside > 0) this.memory.burst(Number(at), bytes, 0, inside, true, this.tx);
    return '';
  }

  private intercept(direction: 'in' | 'out', path: string | undefined): string {
    const wrong = this.lines.watch(direction, path ?? '');
    if (wrong !== '') throw new Refusal(wrong);
    return '';
  }

  /** By so many nanoseconds, or to the next event. Returns the time. */
  private clockStep(step: string | undefined): string {
    const { scheduler } = this.machine.board;
    if (step === undefined) scheduler.runUntil(scheduler.nextTime === Infinity ? scheduler.now : scheduler.nextTime);
    else this.clockTo(scheduler.now + ns(Number(number(step))));
    return this.clock();
  }

  private clockSet(time: number): string {
    this.clockTo(Math.max(this.machine.board.scheduler.now, ns(time)));
    return this.clock();
  }

  private clockTo(ticks: number): void {
    if (ticks > ns(MOST_NS)) throw new Refusal(`the clock goes to ${MOST_NS} ns`);
    this.machine.board.scheduler.runUntil(ticks);
  }

  private clock(): string {
    return String(Math.floor(toNs(this.machine.board.scheduler.now)));
  }

  /** The access took its time, in which whatever was due has happened. */
  private took(): string {
    const { scheduler } = this.machine.board;
    scheduler.runUntil(scheduler.now + this.tx.ticks);
    return '';
  }

  /** Lets devices end what they were told to do. */
  private settle(): void {
    const { components, scheduler } = this.machine.board;
    const until = scheduler.now + PATIENCE, most = scheduler.executed + MOST_EVENTS;
    while (scheduler.nextTime <= until && scheduler.executed < most && components.some((c) => c.atWork))
      scheduler.runUntil(scheduler.nextTime);
  }
}

function number(text: string | undefined): bigint {
  const value = text === undefined ? null : cNumber(text);
  if (text === undefined) throw new Refusal('a number is missing');
  if (value === null) throw new Refusal(`'${printable(text)}' is no number`);
  return value;
}

/** An I/O address: 16 bits. */
function port(text: string | undefined): number {
  return Number(number(text) & 0xffffn);
}

const mask = (size: number): bigint => (1n << BigInt(8 * size)) - 1n;
const wide = (value: bigint): string => `0x${value.toString(16).padStart(16, '0')}`;
const min = (a: bigint, b: bigint): bigint => (a < b ? a : b);

/** A word of somebody else's for a message: what can be printed of it, and not too much. */
function printable(text: string): string {
  return text.replaceAll(/[^\x20-\x7e]/g, '?').slice(0, 40);
}
