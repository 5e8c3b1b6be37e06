import { Uart16550 } from '../../../hw/char/uart16550/uart16550.ts';
import type { I8259Pair } from '../../../hw/intc/i8259/pair.ts';
import { DEBUG_EXIT_PORT, DebugExit } from '../../../hw/misc/debug-exit/debug-exit.ts';
import { Port92 } from '../../../hw/misc/port92/port92.ts';
import { PostLatch } from '../../../hw/misc/post/post.ts';
import { I8042 } from '../../../hw/ps2/i8042/i8042.ts';
import { Ps2Keyboard } from '../../../hw/ps2/keyboard/keyboard.ts';
import { Ps2Mouse } from '../../../hw/ps2/mouse/mouse.ts';
import { Mc146818 } from '../../../hw/rtc/mc146818/mc146818.ts';
import { I8254 } from '../../../hw/timer/i8254/i8254.ts';
import type { IrqLine } from '../../../irq/line.ts';
import { Clock } from '../../../sim/clock.ts';
import type { Board } from '../../board.ts';
import type { Surroundings } from '../../definition.ts';
import type { Backbone, PcValues } from './backbone.ts';
import { secondPort, SERIAL_CRYSTAL } from './serial.ts';

/** The AT's chips on ISA; returns those reached by name, and the interrupt lines of all. */
export function atChips(b: Board, o: PcValues, bone: Backbone, surroundings: Surroundings, pic: I8259Pair) {
  const { io, isaBus } = bone, { hosts, onReset, onExit } = surroundings;
  const pit = b.add(new I8254('pit', b, { clock: new Clock('pit', 315e6, 264) }));
  b.map(io, 0x40, 4, pit.ports, { bus: isaBus });
  b.map(io, 0x61, 1, pit.port61, { bus: isaBus });
  b.wire(pit.out0, pic.input(0), 'pic.0');
  const rtc = b.add(new Mc146818('rtc', b, {
    clock: new Clock('rtc', 32768), ...(hosts.date === null ? {} : { date: hosts.date }),
  }));
  b.map(io, 0x70, 2, rtc.ports, { bus: isaBus });
  const keyboard = b.add(new Ps2Keyboard('keyboard', b)), mouse = b.add(new Ps2Mouse('mouse', b));
  const kbc = b.add(new I8042('i8042', b, { keyboard, mouse }));
  for (const device of [keyboard, mouse]) b.relate('includes', kbc.name, device.name);
  b.map(io, 0x60, 1, kbc.ports, { bus: isaBus });
  b.map(io, 0x64, 1, kbc.ports, { bus: isaBus, offset: 4 });
  const uart = b.clock(new Clock('uart', SERIAL_CRYSTAL));
  const com1 = b.add(new Uart16550('com1', b, hosts.serial[0], { clock: uart }));
  b.map(io, 0x3f8, 8, com1.ports, { bus: isaBus });
  const { com2, peer } = secondPort(b, o, bone, surroundings, uart);
  const port92 = b.add(new Port92('port92', b));
  b.map(io, 0x92, 1, port92.ports, { bus: isaBus });
  const post = b.add(new PostLatch('post', b, hosts.onPost));
  b.map(io, 0x80, 1, post.ports, { bus: isaBus });
  if (onExit !== null) {
    const exit = b.add(new DebugExit('debug-exit', b, onExit));
    b.map(io, DEBUG_EXIT_PORT, 4, exit.ports, { bus: isaBus });
  }
  const resetPin = { sink: { irqLevel: (_input: number, level: boolean) => level && onReset() }, input: 0 };
  b.gate('reset', [kbc.resetOut, port92.init], resetPin, 'reset');
  const irqs: [number, IrqLine][] = [
    [1, kbc.irqKeyboard], [3, com2.irq], [4, com1.irq], [8, rtc.irq], [12, kbc.irqMouse],
  ];
  return { com1, com2, rtc, keyboard, mouse, peer, irqs, a20: [kbc.a20, port92.a20] };
}
