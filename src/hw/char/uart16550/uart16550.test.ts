import { beforeEach, describe, expect, test } from 'vitest';
import { describeContract } from '../../../testing/vitest.ts';
import { DeviceBench, IrqProbe } from '../../../testing/device-bench.ts';
import { TICKS_PER_SECOND } from '../../../sim/time.ts';
import { MODEM } from './spec.ts';
import { Uart16550 } from './uart16550.ts';

const page0 = (): void => {};
const page1 = (s: { banks: ReadonlyMap<string, { r: Record<string, { value: number }> }> }): void => {
  s.banks.get('ports')!.r['LCR'].value = 0x80;
};
describeContract('Uart16550', () => new Uart16550('com1', new DeviceBench(), { transmit: () => {} }), {
  select: { 'ports.RBR': page0, 'ports.IER': page0, 'ports.DLL': page1, 'ports.DLM': page1 },
  keeps: ['cable', 'input'],
});

const PORT = 0x3f8;
let bench: DeviceBench, uart: Uart16550, irq: IrqProbe, sent: number[];
const rd = (n: number): number => bench.inb(PORT + n);
const wr = (n: number, v: number): void => bench.outb(PORT + n, v);
/** One character at 115200 baud, 8N1: 10 bits. */
const CHARACTER = Math.ceil((10 * TICKS_PER_SECOND) / 115200);

/** 115200 baud, 8N1; IRQ gate open. */
function setup(ier = 0, fcr = 0): void {
  wr(3, 0x83);
  wr(0, 1);
  wr(1, 0);
  wr(3, 0x03);
  wr(2, fcr);
  wr(4, 0x0b);
  wr(1, ier);
}
function send(text: string): void {
  for (const c of text) uart.receive(c.charCodeAt(0));
}

beforeEach(() => {
  bench = new DeviceBench();
  sent = [];
  uart = new Uart16550('com1', bench, { transmit: (b) => sent.push(b) });
  irq = new IrqProbe(uart.irq);
  bench.mapIo(PORT, 8, uart.ports);
  bench.reset(uart);
});

describe('PC16550D §8.0 Registers', () => {
  test('table I: state after master reset', () => {
    expect([rd(1), rd(2), rd(3), rd(4), rd(5)]).toEqual([0, 1, 0, 0, 0x60]);
    expect(rd(6) & 0x0f).toBe(0);
  });

  test('§8.3: the divisor latch stands behind DLAB', () => {
    wr(3, 0x80);
    wr(0, 0x34);
    wr(1, 0x12);
    expect([rd(0), rd(1)]).toEqual([0x34, 0x12]);
    wr(3, 0x00);
    expect(rd(1)).toBe(0);
    expect(uart.baudRate).toBeCloseTo(115200 / 0x1234, 6);
  });

  test('§8.5 bit 0: IIR bits 7-6 show the FIFOs; without it the other bits are not programmed', () => {
    wr(2, 0xc7);
    expect(rd(2) & 0xc0).toBe(0xc0);
    wr(2, 0xc6);
    expect(rd(2) & 0xc0).toBe(0);
  });
});

describe('transmitter', () => {
  test('a character takes start, data, parity and stop bits of 16 × divisor cycles', () => {
    const cases = [[0x03, 10], [0x07, 11], [0x00, 7], [0x04, 7.5], [0x1f, 12]] as const;
    for (const [lcr, bits] of cases) {
      setup();
      wr(3, lcr | 0x80);
      wr(0, 12); // 9600 baud
      wr(3, lcr);
      const start = bench.scheduler.now;
      wr(0, 0x41);
      expect(rd(5) & 0x60).toBe(0x20);
      bench.until(() => (rd(5) & 0x40) !== 0, TICKS_PER_SECOND);
      expect((bench.scheduler.now - start) / TICKS_PER_SECOND).toBeCloseTo(bits / 9600, 8);
    }
  });

  test('the word length cuts the character', () => {
    setup();
    wr(3, 0x02); // 7 bits
    wr(0, 0xc1);
    bench.run(CHARACTER);
    expect(sent).toEqual([0x41]);
  });

  test('§8.4 bits 5 and 6: holding register and shift register', () => {
    setup();
    wr(0, 0x41);
    expect(rd(5)).toBe(0x20);
    wr(0, 0x42);
    expect(rd(5)).toBe(0x00);
    bench.run(CHARACTER);
    expect(rd(5)).toBe(0x20);
    bench.run(CHARACTER);
    expect(rd(5)).toBe(0x60);
    expect(sent).toEqual([0x41, 0x42]);
  });

  test('FIFO mode: 16 characters and one in the shift register; one too many is lost', () => {
    setup(0, 0x01);
    for (let i = 0; i < 18; i++) wr(0, i);
    expect(bench.trace.noteCount('com1', 'uart-write-before-thre')).toBe(1);
    bench.run(20 * CHARACTER);
    expect(sent).toEqual(Array.from({ length: 17 }, (_, i) => i));
  });

  test('a character written too early takes the place of the last; forgiven, none is lost, in order', () => {
    const text = (): string => {
      sent = [];
      setup();
      for (const c of 'abcdef') wr(0, c.charCodeAt(0));
      bench.run(10 * CHARACTER);
      return String.fromCharCode(...sent);
    };
    expect(text()).toBe('af');
    expect(bench.trace.noteCount('com1', 'uart-write-before-thre')).toBe(4);
    bench.forgiven = new Set(['uart-write-before-thre']);
    expect(text()).toBe('abcdef');
    expect(bench.trace.noteCount('com1', 'uart-write-before-thre')).toBe(8);
  });

  test('§8.5 bit 2: clearing the FIFO leaves the shift register', () => {
    setup(0, 0x01);
    for (const c of [1, 2, 3]) wr(0, c);
    wr(2, 0x05);
    bench.run(5 * CHARACTER);
    expect(sent).toEqual([1]);
  });

  test('table IV: the THRE interrupt comes when THR empties, and goes by reading IIR or writing THR', () => {
    setup(0x02);
    expect(irq.level).toBe(true); // §8.7 bit 1: enabled while empty
    expect(rd(2)).toBe(0x02);
    expect(irq.level).toBe(false);
    expect(rd(2)).toBe(0x01);
    wr(0, 0x41); // straight into the shift register
    expect(rd(2)).toBe(0x02);
    wr(0, 0x42);
    expect(irq.level).toBe(false);
    bench.run(CHARACTER);
    expect(irq.level).toBe(true);
    wr(0, 0x43);
    expect(irq.level).toBe(false);
  });

  test('§8.7 bit 1: disabling and enabling again while empty raises it again', () => {
    setup(0x02);
    rd(2);
    wr(1, 0);
    wr(1, 2);
    expect(rd(2)).toBe(0x02);
  });

  test('§8.1 bit 6: a break holds the line, so characters do not reach the other end', () => {
    setup();
    wr(3, 0x43);
    wr(0, 0x41);
    bench.run(CHARACTER);
    expect(sent).toEqual([]);
    expect(rd(5)).toBe(0x60);
  });
});

describe('receiver', () => {
  test('host characters arrive one by one at the line rate', () => {
    setup(0x01);
    send('ab');
    expect(rd(5) & 1).toBe(0);
    bench.run(CHARACTER);
    expect(irq.level).toBe(true);
    expect(rd(2)).toBe(0x04);
    expect(rd(0)).toBe(0x61);
    expect(irq.level).toBe(false);
    expect(rd(5) & 1).toBe(0);
    bench.run(CHARACTER);
    expect(rd(0)).toBe(0x62);
    expect(uart.inputPending).toBe(0);
  });

  test('§8.4 bit 1: without a FIFO the new character destroys the old one', () => {
    setup(0x04);
    send('ab');
    bench.run(2 * CHARACTER);
    expect(rd(2)).toBe(0x06);
    expect(rd(5) & 0x03).toBe(0x03);
    expect(rd(5) & 0x02).toBe(0);
    expect(rd(0)).toBe(0x62);
  });

  test('§8.4 bit 1: with a FIFO the seventeenth character is lost', () => {
    setup(0, 0x01);
    send('0123456789abcdefgh');
    bench.run(18 * CHARACTER);
    expect(rd(5) & 0x02).toBe(0x02);
    expect(Array.from({ length: 16 }, () => String.fromCharCode(rd(0))).join('')).toBe('0123456789abcdef');
    expect(rd(5) & 0x01).toBe(0);
  });

  test.each([
    [0x01, 1], [0x41, 4], [0x81, 8], [0xc1, 14],
  ])('§8.5 bits 7-6: trigger level of FCR %i is %i', (fcr, level) => {
    setup(0x01, fcr);
    send('x'.repeat(level));
    bench.run((level - 1) * CHARACTER);
    expect(irq.level).toBe(false);
    bench.run(CHARACTER);
    expect(rd(2)).toBe(0xc4);
    rd(0);
    expect(irq.level).toBe(false);
  });

  test('§8.11: timeout after four character times, cleared by reading the character', () => {
    setup(0x01, 0x81);
    send('xy');
    bench.run(2 * CHARACTER);
    bench.run(4 * CHARACTER - 10);
    expect(irq.level).toBe(false);
    bench.run(20);
    expect(rd(2)).toBe(0xcc);
    rd(0);
    expect(rd(2)).toBe(0xc1);
    bench.run(4 * CHARACTER);
    expect(rd(2)).toBe(0xcc);
    rd(0);
    bench.run(10 * CHARACTER);
    expect(rd(2)).toBe(0xc1);
  });

  test('§8.4 bits 4 and 7: a break shows when it is at the top of the FIFO', () => {
    setup(0x04, 0x01);
    uart.receive(0x41);
    uart.receiveBreak();
    bench.run(2 * CHARACTER);
    expect(rd(5)).toBe(0xe1);
    expect(irq.level).toBe(false);
    rd(0);
    expect(irq.level).toBe(true);
    expect(rd(5)).toBe(0xf9);
    expect(rd(5)).toBe(0x61);
    expect(rd(0)).toBe(0);
  });

  test('a debug read takes nothing', () => {
    setup(0x01);
    send('a');
    bench.run(CHARACTER);
    bench.tx.debug = true;
    expect([rd(0), rd(0), rd(2), rd(5)]).toEqual([0x61, 0x61, 0x04, 0x61]);
    bench.tx.debug = false;
    expect(rd(0)).toBe(0x61);
  });

  test('the queue of the host is bounded and survives a reset', () => {
    for (let i = 0; i < 4096; i++) expect(uart.receive(i)).toBe(true);
    expect(uart.receive(0)).toBe(false);
    bench.reset(uart);
    setup();
    bench.run(TICKS_PER_SECOND * 5);
    expect(uart.inputPending).toBe(0);
  });
});

describe('interrupts and modem lines', () => {
  test('without OUT2 no interrupt passes the gate, which is noted once; forgiven, it passes', () => {
    setup();
    wr(4, 0x03);
    wr(1, 0x01);
    const notes = (): number => bench.trace.noteCount('com1', 'uart-interrupt-without-out2');
    const character = (): boolean => {
      send('a');
      bench.run(CHARACTER);
      const level = irq.level;
      rd(5);
      rd(0);
      return level;
    };
    expect(character()).toBe(false);
    expect(notes()).toBe(1);
    bench.forgiven = new Set(['uart-interrupt-without-out2']);
    expect(character()).toBe(true);
    expect(irq.level).toBe(false);
    expect(notes()).toBe(2);
  });

  test('table IV: priority: line status, data, THRE, modem status', () => {
    setup(0x0f);
    uart.receiveBreak();
    uart.setModemLines(MODEM.CTS);
    bench.run(CHARACTER);
    expect(rd(2)).toBe(0x06);
    rd(5);
    expect(rd(2)).toBe(0x04);
    rd(0);
    expect(rd(2)).toBe(0x02);
    expect(rd(2)).toBe(0x00);
    expect(rd(6)).toBe(0x1a);
    expect(rd(2)).toBe(0x01);
    expect(irq.level).toBe(false);
  });

  test('OUT2 gates the interrupt', () => {
    setup(0x02);
    expect(irq.level).toBe(true);
    wr(4, 0x03);
    expect(irq.level).toBe(false);
    expect(rd(2)).toBe(0x02);
  });

  test('§8.9: deltas; TERI only at the end of ringing', () => {
    expect(rd(6)).toBe(0xb0);
    uart.setModemLines(MODEM.RI);
    expect(rd(6)).toBe(0x4b);
    uart.setModemLines(0);
    expect(rd(6)).toBe(0x04);
    expect(rd(6)).toBe(0x00);
  });

  test('§8.8 bit 4: loopback of characters and of the modem lines; the line is silent', () => {
    setup();
    wr(4, 0x1a); // as operating systems probe: LOOP, OUT2, RTS
    expect(rd(6) & 0xf0).toBe(0x90);
    wr(4, 0x15);
    expect(rd(6) & 0xf0).toBe(0x60);
    wr(0, 0x5a);
    send('x');
    bench.run(CHARACTER);
    expect(rd(0)).toBe(0x5a);
    expect(sent).toEqual([]);
    bench.run(CHARACTER);
    expect(rd(5) & 1).toBe(0);
    wr(4, 0x1b);
    wr(1, 0x02);
    expect(irq.level).toBe(false);
    expect(rd(2)).toBe(0x02);
  });
});

test('save in the middle of a transfer, restore into another instance: the same characters at the same times', () => {
  setup(0x03, 0x01);
  for (const c of [1, 2, 3, 4]) wr(0, c);
  send('hello');
  bench.run(Math.round(1.5 * CHARACTER));
  const other = new DeviceBench();
  const log: [number, number][] = [], logOther: [number, number][] = [];
  const twin = new Uart16550('com1', other, { transmit: (b) => logOther.push([other.scheduler.now, b]) });
  twin.load(uart.save());
  other.scheduler.load(bench.scheduler.save());
  const before = sent.length;
  while (bench.scheduler.nextTime < Infinity) {
    bench.scheduler.runUntil(bench.scheduler.nextTime);
    while (log.length < sent.length - before) log.push([bench.scheduler.now, sent[before + log.length]]);
  }
  while (other.scheduler.nextTime < Infinity) other.scheduler.runUntil(other.scheduler.nextTime);
  expect(logOther).toEqual(log);
  expect(log.length).toBe(3);
  expect(twin.save()).toEqual(uart.save());
});
