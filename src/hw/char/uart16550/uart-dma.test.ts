import fc from 'fast-check';
import { beforeEach, describe, expect, test } from 'vitest';
import { TICKS_PER_SECOND } from '../../../sim/time.ts';
import { IsaBench } from '../../../testing/isa-bench.ts';
import { serialPattern } from '../serial-peer/pattern.ts';
import { PEER_COMMAND, PEER_SEED, SerialPeer } from '../serial-peer/serial-peer.ts';
import { Uart16550 } from './uart16550.ts';

const PORT = 0x2f8, RX = 3, TX = 0, BUFFER = 0x4000;
/** One character at 115200 baud, 8N1: 10 bits. */
const CHARACTER = Math.ceil((10 * TICKS_PER_SECOND) / 115200);
const DR = 1, OE = 2, DCD = 0x80;

class UartBench extends IsaBench {
  readonly peer = new SerialPeer('peer', this);
  readonly uart = new Uart16550('com2', this, this.peer, { dma: true });
  constructor() {
    super();
    this.mapIo(PORT, 8, this.uart.ports);
    this.peer.connect(this.uart);
    this.wireDma(this.uart.receiveDma!, RX);
    this.wireDma(this.uart.transmitDma!, TX);
    this.resetDma(this.uart, this.peer);
  }
  rd(register: number): number {
    return this.inb(PORT + register);
  }
  wr(register: number, value: number): void {
    this.outb(PORT + register, value);
  }
  /** 115200 baud, 8N1. */
  open(fcr: number): void {
    this.wr(3, 0x83);
    this.wr(0, 1);
    this.wr(1, 0);
    this.wr(3, 0x03);
    this.wr(2, fcr);
    this.wr(4, 0x0b);
  }
  command(what: number, count: number): void {
    for (const byte of [what, count & 0xff, (count >> 8) & 0xff, (count >> 16) & 0xff, count >>> 24]) {
      this.until(() => (this.rd(5) & 0x20) !== 0, TICKS_PER_SECOND);
      this.wr(0, byte);
    }
    this.until(() => (this.rd(5) & 0x40) !== 0, TICKS_PER_SECOND);
  }
  get carrier(): boolean {
    return (this.rd(6) & DCD) !== 0;
  }
  untilEnd(): void {
    expect(this.until(() => !this.carrier, 10 * TICKS_PER_SECOND)).toBe(true);
  }
  parts() {
    return [this.dma, this.uart, this.peer];
  }
}

let b: UartBench;
beforeEach(() => { b = new UartBench(); });

describe('the far end', () => {
  test('sends its pattern without a gap, with the carrier around it', () => {
    b.open(0xc7);
    expect(b.carrier).toBe(false);
    b.command(PEER_COMMAND.SEND, 600);
    expect(b.carrier).toBe(true);
    const got: number[] = [], at: number[] = [];
    b.until(() => {
      if ((b.rd(5) & DR) !== 0) {
        got.push(b.rd(0));
        at.push(b.scheduler.now);
      }
      return !b.carrier;
    }, TICKS_PER_SECOND);
    expect(got).toEqual([...serialPattern(PEER_SEED, 600)]);
    expect((at[599] - at[0]) / CHARACTER).toBeCloseTo(599, 0);
  });

  test('takes what it was told, and forgets it at the next command', () => {
    b.open(0x07);
    for (const text of ['hello', 'you']) {
      b.command(PEER_COMMAND.TAKE, text.length);
      for (const c of text) b.wr(0, c.charCodeAt(0));
      b.untilEnd();
      expect(String.fromCharCode(...b.peer.taken)).toBe(text);
    }
  });

  test('what is no command is ignored', () => {
    b.open(0x07);
    b.wr(0, 0x41);
    b.command(PEER_COMMAND.SEND, 0);
    b.command(PEER_COMMAND.TAKE, 65537);
    expect(b.carrier).toBe(false);
    b.command(PEER_COMMAND.TAKE, 1);
    expect(b.carrier).toBe(true);
  });
});

describe('RXRDY and TXRDY (PC16550D §8.5 bit 3, pin descriptions)', () => {
  const level = (line: 'receiveDma' | 'transmitDma'): boolean => b.uart[line]!.dreq.level;
  const pattern = [...serialPattern(PEER_SEED, 300)];

  test('mode 0: RXRDY while there is a character, TXRDY while there is none', () => {
    b.open(0x01);
    expect([level('receiveDma'), level('transmitDma')]).toEqual([false, true]);
    b.wr(0, 1);
    b.wr(0, 2);
    expect(level('transmitDma')).toBe(false);
    b.uart.receive(0x41);
    b.run(CHARACTER);
    expect([level('receiveDma'), level('transmitDma')]).toEqual([true, true]);
    b.rd(0);
    expect(level('receiveDma')).toBe(false);
  });

  test('mode 1: TXRDY from empty to full', () => {
    b.open(0x09);
    for (let n = 0; n < 16; n++) {
      b.wr(0, n);
      expect(level('transmitDma')).toBe(true);
    }
    b.wr(0, 16);
    expect(level('transmitDma')).toBe(false);
    b.run(16 * CHARACTER - 20);
    expect(level('transmitDma')).toBe(false);
    b.run(CHARACTER);
    expect(level('transmitDma')).toBe(true);
  });

  test('mode 1: RXRDY from the trigger level, or the timeout, to empty', () => {
    b.open(0x49);
    for (let n = 0; n < 6; n++) b.uart.receive(n);
    b.run(3 * CHARACTER);
    expect(level('receiveDma')).toBe(false);
    b.run(3 * CHARACTER);
    expect(level('receiveDma')).toBe(true);
    for (let n = 0; n < 5; n++) b.rd(0);
    expect(level('receiveDma')).toBe(true);
    b.rd(0);
    expect(level('receiveDma')).toBe(false);
    b.uart.receive(9);
    b.run(CHARACTER);
    expect(level('receiveDma')).toBe(false);
    b.run(4 * CHARACTER + 9);
    expect(level('receiveDma')).toBe(true);
  });

  test.each([[0x01, 'mode 0'], [0x89, 'mode 1']])('FCR %i: the 8237 stores what is received, %s', (fcr) => {
    b.open(fcr);
    b.program(RX, { address: BUFFER, bytes: 300, transfer: 'write' });
    b.command(PEER_COMMAND.SEND, 300);
    b.untilEnd();
    b.run(5 * CHARACTER);
    expect([...b.ram.subarray(BUFFER, BUFFER + 300)]).toEqual(pattern);
    expect(b.rd(5) & (OE | DR)).toBe(0);
    expect(b.uart.receiveWaits.characters).toBe(300);
  });

  test.each([[0x01, 'mode 0'], [0x09, 'mode 1']])('FCR %i: the 8237 fetches what is sent, %s', (fcr) => {
    b.open(fcr);
    b.command(PEER_COMMAND.TAKE, 300);
    b.ram.set(pattern, BUFFER);
    const recording = b.record();
    b.program(TX, { address: BUFFER, bytes: 300, transfer: 'read' });
    b.untilEnd();
    expect([...b.peer.taken]).toEqual(pattern);
    expect(recording.all({ initiator: 'dma.0' }).length).toBe(300);
  });

  test('a channel that is masked: the receiver overruns, nothing hangs; reset in mid-transfer', () => {
    b.open(0x01);
    b.command(PEER_COMMAND.SEND, 100);
    b.untilEnd();
    expect(b.rd(5) & OE).toBe(OE);
    b.program(RX, { address: BUFFER, bytes: 16, transfer: 'write' });
    b.run(CHARACTER);
    expect([...b.ram.subarray(BUFFER, BUFFER + 16)]).toEqual(pattern.slice(0, 16));
    b.command(PEER_COMMAND.SEND, 100);
    b.run(50 * CHARACTER);
    b.resetDma(b.uart, b.peer);
    b.run(TICKS_PER_SECOND);
    // What was on the line when the reset came has arrived.
    expect([b.carrier, level('receiveDma'), level('transmitDma')]).toEqual([false, true, true]);
  });

  test('a snapshot in mid-transfer ends as the original does', () => {
    b.open(0x09);
    b.ram.set(pattern, BUFFER);
    b.command(PEER_COMMAND.TAKE, 300);
    b.program(TX, { address: BUFFER, bytes: 300, transfer: 'read' });
    b.run(Math.round(100.5 * CHARACTER));
    const copy = new UartBench();
    copy.parts().forEach((part, n) => part.load(b.parts()[n].save()));
    copy.ram.set(b.ram);
    copy.scheduler.load(b.scheduler.save());
    copy.dma.restored();
    copy.uart.restored();
    for (const each of [b, copy]) each.untilEnd();
    expect([...copy.peer.taken]).toEqual(pattern);
    expect(copy.scheduler.now).toBe(b.scheduler.now);
    expect(copy.uart.save()).toEqual(b.uart.save());
  });
});

test('random use of port, line and channels never throws', () => {
  const step = fc.record({
    register: fc.nat(7), value: fc.nat(255), ticks: fc.nat(5 * CHARACTER), input: fc.nat(300), dma: fc.nat(30),
  });
  fc.assert(fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
    const each = new UartBench();
    for (const s of steps) {
      each.wr(s.register, s.value);
      if (s.input < 256) each.uart.receive(s.input);
      if (s.dma === 0) each.program(RX, { address: BUFFER, bytes: 1 + s.value, transfer: 'write' });
      if (s.dma === 1) each.program(TX, { address: BUFFER, bytes: 1 + s.value, transfer: 'read', mode: 'demand' });
      each.rd(s.register);
      const events = each.scheduler.executed;
      each.run(s.ticks);
      expect(each.scheduler.executed - events).toBeLessThan(20 + s.ticks / 300);
    }
    for (const part of each.parts()) expect(part.mismatch(part.save())).toBe('');
  }), { numRuns: 60, seed: 13 });
});
