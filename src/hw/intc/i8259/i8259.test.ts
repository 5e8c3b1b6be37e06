import { beforeEach, describe, expect, test } from 'vitest';
import { describeContract } from '../../../testing/vitest.ts';
import { DeviceBench, IrqProbe } from '../../../testing/device-bench.ts';
import { I8259 } from './i8259.ts';
import { I8259Pair } from './pair.ts';

describeContract('I8259', () => new I8259('pic', new DeviceBench()), { keeps: ['pins'] });
describeContract('I8259Pair', () => new I8259Pair('pic', new DeviceBench()), { keeps: ['master.pins', 'slave.pins'] });

let bench: DeviceBench, pic: I8259Pair, intr: IrqProbe;

function drive(n: number, level: boolean): void {
  const pin = pic.input(n);
  pin.sink.irqLevel(pin.input, level);
}
function raise(...inputs: number[]): void {
  for (const n of inputs) drive(n, true);
}
function lower(...inputs: number[]): void {
  for (const n of inputs) drive(n, false);
}
/** ICW1-4 of both chips; vectors 20h and 28h, all unmasked. */
function initialize(icw4 = 0x01, icw1 = 0x11): void {
  for (const [port, vectors, icw3] of [[0x20, 0x20, 0x04], [0xa0, 0x28, 0x02]] as const) {
    bench.outb(port, icw1);
    bench.outb(port + 1, vectors);
    bench.outb(port + 1, icw3);
    bench.outb(port + 1, icw4);
  }
}
function isr(port: number): number {
  bench.outb(port, 0x0b);
  return bench.inb(port);
}
function irr(port: number): number {
  bench.outb(port, 0x0a);
  return bench.inb(port);
}

beforeEach(() => {
  bench = new DeviceBench();
  pic = new I8259Pair('pic', bench);
  intr = new IrqProbe(pic.intr);
  bench.mapIo(0x20, 2, pic.master);
  bench.mapIo(0xa0, 2, pic.slave);
  bench.mapIo(0x4d0, 2, pic.elcr);
  bench.reset(pic);
});

describe('8259A §Initialization Command Words', () => {
  test('nothing is requested before the sequence is complete', () => {
    raise(3);
    expect(intr.level).toBe(false);
    bench.outb(0x20, 0x11);
    bench.outb(0x21, 0x20);
    bench.outb(0x21, 0x04);
    drive(3, false);
    raise(3);
    expect(intr.level).toBe(false);
    bench.outb(0x21, 0x01);
    expect(intr.level).toBe(true);
    expect(pic.acknowledge()).toBe(0x23);
  });

  test('ICW1 item a: the edge sense circuit is reset: an input that is already high needs a new edge', () => {
    raise(4);
    initialize();
    expect(irr(0x20)).toBe(0);
    lower(4);
    raise(4);
    expect(irr(0x20)).toBe(0x10);
  });

  test('ICW1 items b-e: mask cleared, IR7 lowest, special mask off, status read is IRR', () => {
    initialize();
    bench.outb(0x21, 0xff);
    bench.outb(0x20, 0xc2); // IR2 lowest
    bench.outb(0x20, 0x6b); // special mask, read ISR
    initialize();
    expect(bench.inb(0x21)).toBe(0);
    raise(5);
    pic.acknowledge();
    lower(5);
    raise(5);
    expect(bench.inb(0x20)).toBe(0x20);
    bench.outb(0x21, 0x20); // masked in service: locks out lower ones unless special mask mode is on
    raise(6);
    expect(intr.level).toBe(false);
  });

  test('SNGL = 1 skips ICW3, IC4 = 0 skips ICW4 and clears its functions', () => {
    initialize(0x03);
    bench.outb(0x20, 0x12);
    bench.outb(0x21, 0x40);
    bench.outb(0x21, 0xfd); // OCW1 already
    expect(bench.inb(0x21)).toBe(0xfd);
    raise(1);
    pic.acknowledge();
    expect(isr(0x20)).toBe(0x02); // no automatic EOI any more
  });

  test('§Interrupt Sequence: without 8086 mode the second byte is the low CALL address, 4 or 8 apart', () => {
    bench.outb(0x20, 0xf6); // A7-A5 = 111, ADI = 1 (interval 4), single
    bench.outb(0x21, 0x00);
    raise(3);
    expect(pic.acknowledge()).toBe(0xec);
    bench.outb(0x20, 0xf2); // interval 8
    bench.outb(0x21, 0x00);
    raise(5);
    expect(pic.acknowledge()).toBe(0xe8);
  });
});

describe('8259A §Fully Nested Mode', () => {
  beforeEach(() => initialize());

  test('IR0 has the highest priority; lower or equal requests wait for the EOI', () => {
    raise(6, 3);
    expect(pic.acknowledge()).toBe(0x23);
    expect(intr.level).toBe(false);
    raise(1);
    expect(intr.level).toBe(true);
    expect(pic.acknowledge()).toBe(0x21);
    expect(isr(0x20)).toBe(0x0a);
    bench.outb(0x20, 0x20);
    expect(isr(0x20)).toBe(0x08);
    expect(intr.level).toBe(false);
    bench.outb(0x20, 0x20);
    expect(pic.acknowledge()).toBe(0x26);
  });

  test('OCW1 masks: IRR still shows the request, INT does not', () => {
    bench.outb(0x21, 0x10);
    raise(4);
    expect(intr.level).toBe(false);
    expect(irr(0x20)).toBe(0x10);
    bench.outb(0x21, 0x00);
    expect(intr.level).toBe(true);
  });

  test('§Cascade Mode: a slave request gives the slave\'s vector and sets both IS bits', () => {
    raise(14);
    expect(irr(0x20)).toBe(0x04);
    expect(pic.acknowledge()).toBe(0x2e);
    expect(isr(0x20)).toBe(0x04);
    expect(isr(0xa0)).toBe(0x40);
    bench.outb(0xa0, 0x20);
    bench.outb(0x20, 0x20);
    expect(isr(0x20) | isr(0xa0)).toBe(0);
  });

  test('§Cascade Mode: after the first of two slave requests the master sees a new edge for the second', () => {
    raise(10, 12);
    expect(pic.acknowledge()).toBe(0x2a);
    bench.outb(0xa0, 0x20);
    bench.outb(0x20, 0x20);
    expect(intr.level).toBe(true);
    expect(pic.acknowledge()).toBe(0x2c);
  });

  test('a slave of another identification leaves the bus undriven', () => {
    bench.outb(0xa0, 0x11);
    bench.outb(0xa1, 0x28);
    bench.outb(0xa1, 0x05);
    bench.outb(0xa1, 0x01);
    raise(9);
    expect(pic.acknowledge()).toBe(0xff);
    expect(bench.trace.noteCount('pic', 'no-slave')).toBe(1);
  });
});

describe('8259A §Edge and Level Triggered Modes', () => {
  beforeEach(() => initialize());

  test('edge: one request an edge', () => {
    raise(5);
    pic.acknowledge();
    bench.outb(0x20, 0x20);
    expect(intr.level).toBe(false);
    lower(5);
    raise(5);
    expect(intr.level).toBe(true);
  });

  test('a request that goes away before INTA is a default IR7 without an IS bit', () => {
    raise(5);
    lower(5);
    expect(intr.level).toBe(false);
    expect(pic.acknowledge()).toBe(0x27);
    expect(isr(0x20)).toBe(0);
    expect(bench.trace.noteCount('pic', 'spurious-interrupt')).toBe(1);
  });

  test('a slave request that goes away before INTA takes the cascade line with it: default IR7 of the master', () => {
    raise(11);
    lower(11);
    expect(irr(0x20)).toBe(0);
    expect(pic.acknowledge()).toBe(0x27);
    expect(isr(0xa0)).toBe(0);
  });

  test('ELCR: a level input requests again as long as it is high', () => {
    bench.outb(0x4d1, 0x08); // IRQ11
    raise(11);
    expect(pic.acknowledge()).toBe(0x2b);
    bench.outb(0xa0, 0x20);
    bench.outb(0x20, 0x20);
    expect(intr.level).toBe(true);
    expect(pic.acknowledge()).toBe(0x2b);
    lower(11);
    bench.outb(0xa0, 0x20);
    bench.outb(0x20, 0x20);
    expect(intr.level).toBe(false);
  });

  test('ELCR: IRQ0, 1, 2, 8 and 13 stay edge-triggered', () => {
    bench.outw(0x4d0, 0xffff);
    expect(bench.inw(0x4d0)).toBe(0xdef8);
  });

  test('82371SB: LTIM has no effect on the pair', () => {
    initialize(0x01, 0x19);
    raise(5);
    pic.acknowledge();
    bench.outb(0x20, 0x20);
    expect(intr.level).toBe(false);
  });
});

describe('8259A §End of Interrupt and rotation', () => {
  beforeEach(() => initialize());

  test('specific EOI ends the level it names', () => {
    raise(5);
    pic.acknowledge();
    raise(2 + 1);
    pic.acknowledge();
    bench.outb(0x20, 0x65);
    expect(isr(0x20)).toBe(0x08);
  });

  test('rotate on non-specific EOI: the level served becomes the lowest', () => {
    raise(4, 6);
    expect(pic.acknowledge()).toBe(0x24);
    bench.outb(0x20, 0xa0);
    lower(4);
    raise(4);
    expect(pic.acknowledge()).toBe(0x26);
  });

  test('rotate on specific EOI, and set priority', () => {
    raise(3);
    pic.acknowledge();
    bench.outb(0x20, 0xe3); // IR3 ended and lowest
    raise(1, 5);
    expect(pic.acknowledge()).toBe(0x25);
    bench.outb(0x20, 0x20);
    bench.outb(0x20, 0xc7); // IR7 lowest again
    raise(6);
    expect(pic.acknowledge()).toBe(0x21);
  });

  test('automatic EOI, with rotation', () => {
    initialize(0x03);
    raise(3);
    expect(pic.acknowledge()).toBe(0x23);
    expect(isr(0x20)).toBe(0);
    bench.outb(0x20, 0x80); // rotate in automatic EOI mode
    lower(3);
    raise(3, 5);
    expect(pic.acknowledge()).toBe(0x23);
    lower(3);
    raise(3);
    expect(pic.acknowledge()).toBe(0x25);
    bench.outb(0x20, 0x00); // clear
    raise(6);
    expect(pic.acknowledge()).toBe(0x26);
    lower(6);
    raise(6);
    expect(pic.acknowledge()).toBe(0x26); // IR6 has stayed above IR3
  });

  test('automatic EOI in the slave: a second request gives the master a second edge', () => {
    initialize(0x03);
    raise(9, 10);
    expect(pic.acknowledge()).toBe(0x29);
    expect(intr.level).toBe(true);
    expect(pic.acknowledge()).toBe(0x2a);
    expect(intr.level).toBe(false);
  });
});

describe('8259A §Special Mask Mode, §Special Fully Nested Mode, §Poll Command', () => {
  test('special mask: a masked level in service locks nobody out and survives a non-specific EOI', () => {
    initialize();
    raise(3);
    pic.acknowledge();
    bench.outb(0x20, 0x68);
    bench.outb(0x21, 0x08);
    raise(6);
    expect(pic.acknowledge()).toBe(0x26);
    bench.outb(0x20, 0x20);
    expect(isr(0x20)).toBe(0x08);
    bench.outb(0x20, 0x20);
    expect(isr(0x20)).toBe(0x08);
    bench.outb(0x20, 0x48); // off
    bench.outb(0x20, 0x20);
    expect(isr(0x20)).toBe(0);
  });

  test('special fully nested: a higher request of a slave in service interrupts; lower master inputs stay ' +
    'locked out', () => {
    initialize(0x11);
    raise(13);
    expect(pic.acknowledge()).toBe(0x2d);
    raise(4);
    expect(intr.level).toBe(false);
    raise(9);
    expect(intr.level).toBe(true);
    expect(pic.acknowledge()).toBe(0x29);
    expect(isr(0xa0)).toBe(0x22);
  });

  test('fully nested: the slave in service locks itself out', () => {
    initialize();
    raise(13);
    pic.acknowledge();
    raise(9);
    expect(intr.level).toBe(false);
  });

  test('poll: the next read acknowledges and gives the level', () => {
    initialize();
    bench.outb(0x20, 0x0c);
    expect(bench.inb(0x20)).toBe(0x00);
    raise(6);
    bench.outb(0x20, 0x0c);
    expect(bench.inb(0x20)).toBe(0x86);
    expect(isr(0x20)).toBe(0x40);
    expect(intr.level).toBe(false);
  });

  test('poll: the next read is a poll at either address; a debugger does not acknowledge', () => {
    initialize();
    raise(1);
    bench.outb(0x20, 0x0c);
    bench.tx.debug = true;
    expect(bench.inb(0x21)).toBe(0x81);
    bench.tx.debug = false;
    expect(bench.inb(0x21)).toBe(0x81);
    expect(bench.inb(0x21)).toBe(0);
  });
});

test('a single chip obeys LTIM, has no slave and no IRQ8', () => {
  const single = new I8259('xt', bench);
  const probe = new IrqProbe(single.intr);
  bench.mapIo(0x30, 2, single.ports);
  bench.reset(single);
  bench.outb(0x30, 0x1b); // LTIM, single
  bench.outb(0x31, 0x08);
  bench.outb(0x31, 0x01);
  const pin = single.input(2);
  pin.sink.irqLevel(pin.input, true);
  expect(single.acknowledge()).toBe(0x0a);
  bench.outb(0x30, 0x20);
  expect(probe.level).toBe(true);
  expect(() => single.input(8)).toThrow('no input IR8');
  expect(() => pic.input(2)).toThrow('no input IRQ2');
});

test('the levels at the inputs survive a reset, because the outside drives them', () => {
  initialize();
  raise(7);
  bench.reset(pic);
  initialize();
  bench.outb(0x4d0, 0x80);
  expect(intr.level).toBe(true);
});

describe('a line that never falls', () => {
  const serve = (times: number, vector: number): void => {
    for (let n = 0; n < times; n++) {
      expect(pic.acknowledge()).toBe(vector);
      bench.outb(0xa0, 0x20);
      bench.outb(0x20, 0x20);
    }
  };
  const storms = (): number => bench.trace.noteTotals.find((n) => n.what === 'interrupt-storm')?.count ?? 0;

  test('is noted by its number after 10,000 acknowledgements, once until it has fallen', () => {
    initialize();
    bench.outb(0x4d1, 1 << 3);
    raise(11);
    serve(9_999, 0x2b);
    expect(storms()).toBe(0);
    serve(10_000, 0x2b);
    expect(storms()).toBe(1);
    drive(11, false);
    raise(11);
    serve(10_000, 0x2b);
    expect(storms()).toBe(2);
  });

  test('is none if it falls between them', () => {
    initialize();
    for (let n = 0; n < 20_000; n++) {
      raise(3);
      serve(1, 0x23);
      lower(3);
    }
    expect(storms()).toBe(0);
  });
});
