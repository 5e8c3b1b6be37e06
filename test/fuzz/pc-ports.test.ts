import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Uart16550 } from '../../src/hw/char/uart16550/uart16550.ts';
import { I8259Pair } from '../../src/hw/intc/i8259/pair.ts';
import { Port92 } from '../../src/hw/misc/port92/port92.ts';
import { PostLatch } from '../../src/hw/misc/post/post.ts';
import { I8042 } from '../../src/hw/ps2/i8042/i8042.ts';
import { Ps2Keyboard } from '../../src/hw/ps2/keyboard/keyboard.ts';
import { Mc146818 } from '../../src/hw/rtc/mc146818/mc146818.ts';
import { I8254 } from '../../src/hw/timer/i8254/i8254.ts';
import { OrGate, type IrqLine } from '../../src/irq/line.ts';
import { ms } from '../../src/sim/time.ts';
import { DeviceBench } from '../../src/testing/device-bench.ts';

/** The chips of a PC that are not on PCI, wired up, without a processor. */
class Ports {
  readonly bench = new DeviceBench();
  readonly sent: number[] = [];
  readonly pic = new I8259Pair('pic', this.bench);
  readonly pit = new I8254('pit', this.bench);
  readonly rtc = new Mc146818('rtc', this.bench);
  readonly uart = new Uart16550('com1', this.bench, { transmit: (b) => this.sent.push(b) });
  readonly keyboard = new Ps2Keyboard('keyboard', this.bench);
  readonly kbc = new I8042('kbc', this.bench, { keyboard: this.keyboard });
  readonly port92 = new Port92('port92', this.bench);
  readonly post = new PostLatch('post', this.bench);
  readonly devices = [this.pic, this.pit, this.rtc, this.uart, this.keyboard, this.kbc, this.port92, this.post];
  readonly a20 = new OrGate('a20');

  constructor() {
    const b = this.bench;
    for (const [base, size, bank, offset] of [
      [0x20, 2, this.pic.master, 0], [0xa0, 2, this.pic.slave, 0], [0x4d0, 2, this.pic.elcr, 0],
      [0x40, 4, this.pit.ports, 0], [0x61, 1, this.pit.port61, 0], [0x70, 2, this.rtc.ports, 0],
      [0x3f8, 8, this.uart.ports, 0], [0x60, 1, this.kbc.ports, 0], [0x64, 1, this.kbc.ports, 4],
      [0x92, 1, this.port92.ports, 0], [0x80, 1, this.post.ports, 0],
    ] as const)
      b.mapIo(base, size, bank, offset);
    for (const [line, n] of [
      [this.pit.out0, 0], [this.kbc.irqKeyboard, 1], [this.uart.irq, 4], [this.rtc.irq, 8],
      [this.kbc.irqMouse, 12],
    ] as const) {
      const pin = this.pic.input(n);
      line.connect(pin.sink, pin.input);
    }
    this.a20.add(this.kbc.a20);
    this.a20.add(this.port92.a20);
    b.reset(...this.devices);
  }

  get lines(): IrqLine[] {
    return [...this.devices.flatMap((d) => d.irqLines), this.a20.out];
  }

  save() {
    return {
      scheduler: this.bench.scheduler.save(),
      devices: this.devices.map((d) => d.save()),
      lines: this.lines.map((l) => l.level),
    };
  }

  load(saved: ReturnType<Ports['save']>): void {
    this.bench.scheduler.load(saved.scheduler);
    this.lines.forEach((l, i) => l.restore(saved.lines[i]));
    this.devices.forEach((d, i) => d.load(saved.devices[i]));
    for (const d of this.devices) d.restored();
  }

  /** Carries out one command; returns what can be seen of it. */
  step(c: Command): unknown {
    const { bench } = this;
    switch (c.do) {
      case 'in': return [bench.io.read(c.port, c.size, bench.tx), bench.tx.status];
      case 'out': return bench.io.write(c.port, c.size, c.value % 2 ** (8 * c.size), bench.tx);
      case 'run': return bench.run(c.value % ms(3));
      case 'inta': return this.pic.intr.level ? this.pic.acknowledge() : -1;
      case 'host': return [this.uart.receive(c.value), (c.value & 1 ? this.keyboard.press('KeyA') : this.keyboard.release('KeyA'))];
    }
  }
}

interface Command {
  do: 'in' | 'out' | 'run' | 'inta' | 'host';
  port: number;
  size: number;
  value: number;
}

const ports = [
  0x20, 0x21, 0xa0, 0xa1, 0x4d0, 0x4d1, 0x40, 0x41, 0x42, 0x43, 0x60, 0x61, 0x64, 0x70, 0x71, 0x80, 0x92,
  ...Array.from({ length: 8 }, (_, i) => 0x3f8 + i),
];
const commands = fc.array(
  fc.record({
    do: fc.constantFrom<Command['do']>('out', 'out', 'out', 'in', 'in', 'run', 'inta', 'host'),
    port: fc.constantFrom(...ports),
    size: fc.constantFrom(1, 1, 1, 2, 4),
    value: fc.oneof(fc.nat(0xff), fc.nat(0xffffffff)),
  }),
  { minLength: 1, maxLength: 300 },
);

test("any sequence of port accesses: nothing throws, events are bounded by the time, a debugger's look " +
  "changes nothing", () => {
  fc.assert(
    fc.property(commands, (list) => {
      const pc = new Ports();
      for (const c of list) pc.step(c);
      const before = pc.save();
      pc.bench.tx.debug = true;
      for (const port of ports) pc.bench.inb(port);
      pc.bench.tx.debug = false;
      expect(pc.save()).toEqual(before);
      const events = pc.bench.scheduler.executed;
      pc.bench.run(ms(10));
      // The fastest that can be programmed: OUT0 changing at each of 11932 timer clocks.
      expect(pc.bench.scheduler.executed - events).toBeLessThan(12500);
    }),
    { numRuns: 150 },
  );
});

test('run(N + M) is run(N), save, load into another machine, run(M)', () => {
  fc.assert(fc.property(commands, fc.nat(299), (list, split) => {
    const one = new Ports(), two = new Ports();
    const first = list.slice(0, split), second = list.slice(split);
    for (const c of first) one.step(c);
    two.load(structuredClone(one.save()));
    const already = one.sent.length;
    for (const c of second) expect(two.step(c)).toEqual(one.step(c));
    one.bench.run(ms(5));
    two.bench.run(ms(5));
    expect(two.save()).toEqual(one.save());
    expect(two.sent).toEqual(one.sent.slice(already));
  }), { numRuns: 150 });
});
