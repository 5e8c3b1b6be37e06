import { AtaDrive } from '../../hw/ata/drive.ts';
import { Uart16550 } from '../../hw/char/uart16550/uart16550.ts';
import { I8259Pair } from '../../hw/intc/i8259/pair.ts';
import { DEBUG_EXIT_PORT, DebugExit } from '../../hw/misc/debug-exit/debug-exit.ts';
import { Port92 } from '../../hw/misc/port92/port92.ts';
import { PostLatch } from '../../hw/misc/post/post.ts';
import { I440FX } from '../../hw/pci/i440fx/i440fx.ts';
import { CONFIG_BITS, pciTiming } from '../../hw/pci/pci-bus.ts';
import { Piix3Ide } from '../../hw/pci/piix3/piix3-ide.ts';
import { Piix3Isa } from '../../hw/pci/piix3/piix3-isa.ts';
import { I8042 } from '../../hw/ps2/i8042/i8042.ts';
import { Mc146818 } from '../../hw/rtc/mc146818/mc146818.ts';
import { I8254 } from '../../hw/timer/i8254/i8254.ts';
import type { IrqLine } from '../../irq/line.ts';
import { createGuestMemory, type GuestMemory } from '../../jit/guest-memory.ts';
import type { AddressSpace } from '../../mem/address-space.ts';
import { Bus } from '../../mem/bus.ts';
import { OPEN_BUS_PRIORITY, OpenBus } from '../../mem/open-bus.ts';
import { Ram } from '../../mem/ram.ts';
import { Transaction } from '../../mem/transaction.ts';
import { Clock } from '../../sim/clock.ts';
import type { ValuesOf } from '../../sim/parameter.ts';
import { TICKS_PER_SECOND } from '../../sim/time.ts';
import type { Board } from '../board.ts';
import { board, type BoardParts, type Execution, type Surroundings } from '../definition.ts';
import { setUpPci } from '../firmware/pci-setup.ts';
import type { PciBridgeEdge } from '../graph.ts';
import { MainMemory } from '../main-memory.ts';
import { X86_INPUT, x86Processor, type X86Processor } from '../x86-processor.ts';
import { bootPc } from './pc-boot.ts';
import { PC_OPTIONS } from './pc-options.ts';

type PcValues = ValuesOf<typeof PC_OPTIONS>;

/**
 * What nobody on PCI claims the south bridge does, four clocks after the address, and passes on to
 * ISA (PCI 2.1 §3.6.1, subtractive decode; two clocks of arbitration before). There it is one cycle
 * of an 8-bit device for each byte, as nobody asserts IOCS16# or MEMCS16#. ISA has 24 address
 * lines: above 16 MiB the host bridge's cycle ends in a master abort on PCI.
 */
const SUBTRACTIVE_DECODE = 2 + 1 + 4;
const ISA_MEMORY = 0x1000000;

/** The parts of a PC that are reached by name. */
export interface PcParts extends BoardParts {
  readonly processors: readonly [X86Processor];
  readonly cpu: X86Processor;
  readonly spaces: { readonly memory: AddressSpace; readonly io: AddressSpace };
  readonly bridge: I440FX;
  readonly isa: Piix3Isa;
  readonly ide: Piix3Ide;
  readonly com1: Uart16550;
  readonly serial: readonly [Uart16550, Uart16550];
  readonly pci: PciBridgeEdge;
}

/** Address spaces, buses with their clocks, main memory. */
interface Backbone {
  readonly memory: AddressSpace;
  readonly io: AddressSpace;
  readonly config: AddressSpace;
  readonly pciBus: Bus;
  readonly isaBus: Bus;
  readonly guest: GuestMemory;
  readonly ram: Ram;
}

/**
 * A PC of 1996: 440FX and PIIX3, the AT's chips, two serial ports, an IDE disk. No BIOS: firmware's
 * work is done by `firmware/`.
 */
export const pc = board('pc', {
  summary: 'A PC of 1996: one IA-32 processor, 440FX, PIIX3 (or PIIX4), an IDE disk',
  options: PC_OPTIONS,
  sockets: { disks: 1, serial: 2 },
}, (b, o, s): PcParts => {
  const bone = backbone(b, o);
  const { memory, io, isaBus } = bone;
  const pic = b.add(new I8259Pair('pic', b));
  b.map(io, 0x20, 2, pic.master, { bus: isaBus });
  b.map(io, 0xa0, 2, pic.slave, { bus: isaBus });
  b.map(io, 0x4d0, 2, pic.elcr, { bus: isaBus });
  const { bridge, isa, ide, pci } = bridges(b, o, bone, s);
  const at = atChips(b, bone, s, pic);

  // Interrupt lines: chips of the board, and PIRQs routed to the same inputs.
  const own = new Map([...at.irqs, [14, ide.irq14], [15, ide.irq15]]);
  for (let n = 1; n < 16; n++) {
    if (n === 2) continue;
    const lines = [own.get(n), isa.irq.get(n)].filter((l) => l !== undefined);
    if (lines.length === 1) b.wire(lines[0], pic.input(n), `pic.${n}`);
    else if (lines.length > 1) b.gate(`irq${n}`, lines, pic.input(n), `pic.${n}`);
  }

  const cpu = processor(b, o, bone, pic, s.execution);
  b.wire(pic.intr, { sink: cpu.inputs, input: X86_INPUT.INTR }, 'cpu0.intr');
  const ram = bone.guest.ram;
  return {
    processors: [cpu], cpu, memory, ram, spaces: { memory, io }, bridge, isa, ide, pci,
    com1: at.com1, serial: [at.com1, at.com2],
    firmware: () => setUpPci({ bridge, ram, levelTriggered: (irqs) => setElcr(pic, irqs) }),
    boot: (software) => bootPc({ cpu, memory, ram }, software, o.kernelEntry),
  };
});

function backbone(b: Board, o: PcValues): Backbone {
  const memory = b.space('memory', { bits: 32 });
  const io = b.space('io', { bits: 16 });
  const config = b.space('pci-config', { bits: CONFIG_BITS });
  const pciClock = b.clock(new Clock('pci', TICKS_PER_SECOND, o.pciClockPeriod));
  const pciBus = b.bus(pciTiming('pci', pciClock));
  const cycle = o.isaCycle + o.isaRecovery / 2;
  const isaBus = b.bus(new Bus(
    'isa', b.clock(pciClock.divide(o.isaDivisor, 'isa')),
    { arbitration: 0, firstData: cycle, perBeat: cycle, width: 1 },
  ));

  const guest = createGuestMemory(o.ram);
  const ram = new Ram('ram', guest.ram);
  const owner = b.add(new MainMemory('ram', b, ram));
  b.map(memory, 0, 0xa0000, ram, { name: 'ram', owner });
  // The BIOS area is shadow RAM; A0000h-BFFFFh belongs to PCI (VGA).
  b.map(memory, 0xc0000, 0x40000, ram, { name: 'shadow', offset: 0xc0000 });
  b.map(memory, 0x100000, o.ram - 0x100000, ram, { name: 'ram', offset: 0x100000 });

  // What nothing else decodes.
  const nobody = new OpenBus();
  const unclaimed = { priority: OPEN_BUS_PRIORITY };
  const onIsa = { ...unclaimed, bus: isaBus, latency: pciClock.duration(SUBTRACTIVE_DECODE) };
  b.map(io, 0, 0x10000, nobody, onIsa);
  b.map(memory, 0, ISA_MEMORY, nobody, onIsa);
  b.map(memory, ISA_MEMORY, 2 ** 32 - ISA_MEMORY, nobody, { ...unclaimed, bus: pciBus });
  return { memory, io, config, pciBus, isaBus, guest, ram };
}

/** The host bridge with PCI bus 0, and the south bridge on it. */
function bridges(b: Board, o: PcValues, { memory, io, config, pciBus }: Backbone, s: Surroundings) {
  const bridge = b.add(
    new I440FX('pci0', b, { memory, io, config, bus: pciBus, memoryLatency: o.memoryLatency }),
  );
  const isa = new Piix3Isa('piix3', b, { variant: o.ide, onReset: s.onReset });
  const pci = b.pciBridge(bridge, bridge.pci, isa.pirq, 'piix3');
  b.pciFunction(pci, 1, 0, isa);
  bridge.ports.behind = isa.resetControl;
  b.relate('forwards', bridge.ports.name, isa.resetControl.name);
  const timing = {
    overhead: o.driveCommand, nonData: o.driveNonData, blockGap: o.driveBlockGap, finish: o.driveFinish,
    sector: o.driveSector,
  };
  const drives = s.hosts.disks.map((disk) => (disk === null ? null : new AtaDrive({ disk, timing })));
  const ide = b.pciFunction(pci, 1, 1, new Piix3Ide('ide', b, { variant: o.ide, drives }));
  return { bridge, isa, ide, pci };
}

/** The AT's chips on ISA; returns those reached by name, and the interrupt lines of all. */
function atChips(b: Board, { io, isaBus }: Backbone, { hosts, onReset, onExit }: Surroundings, pic: I8259Pair) {
  const pit = b.add(new I8254('pit', b, { clock: new Clock('pit', 315e6, 264) }));
  b.map(io, 0x40, 4, pit.ports, { bus: isaBus });
  b.map(io, 0x61, 1, pit.port61, { bus: isaBus });
  b.wire(pit.out0, pic.input(0), 'pic.0');
  const rtc = b.add(new Mc146818('rtc', b, { clock: new Clock('rtc', 32768) }));
  b.map(io, 0x70, 2, rtc.ports, { bus: isaBus });
  const kbc = b.add(new I8042('i8042', b));
  b.map(io, 0x60, 1, kbc.ports, { bus: isaBus });
  b.map(io, 0x64, 1, kbc.ports, { bus: isaBus, offset: 4 });
  const uart = b.clock(new Clock('uart', 1_843_200));
  const com1 = b.add(new Uart16550('com1', b, hosts.serial[0], { clock: uart }));
  b.map(io, 0x3f8, 8, com1.ports, { bus: isaBus });
  const com2 = b.add(new Uart16550('com2', b, hosts.serial[1], { clock: uart }));
  b.map(io, 0x2f8, 8, com2.ports, { bus: isaBus });
  const port92 = b.add(new Port92('port92', b));
  b.map(io, 0x92, 1, port92.ports, { bus: isaBus });
  const post = b.add(new PostLatch('post', b, hosts.onPost));
  b.map(io, 0x80, 1, post.ports, { bus: isaBus });
  if (onExit !== null) {
    const exit = b.add(new DebugExit('debug-exit', b, onExit));
    b.map(io, DEBUG_EXIT_PORT, 4, exit.ports, { bus: isaBus });
  }
  for (const line of [kbc.a20, port92.a20])
    b.leaveOpen(line, 'address line 20 is never masked: no firmware or guest here relies on the wrap at 1 MiB');
  const resetPin = { sink: { irqLevel: (_input: number, level: boolean) => level && onReset() }, input: 0 };
  b.gate('reset', [kbc.resetOut, port92.init], resetPin, 'reset');
  const irqs: [number, IrqLine][] = [
    [1, kbc.irqKeyboard], [3, com2.irq], [4, com1.irq], [8, rtc.irq], [12, kbc.irqMouse],
  ];
  return { com1, com2, irqs };
}

/** Firmware's write to the ELCR, one bit for each IRQ; it takes no time of the machine's. */
function setElcr(pic: I8259Pair, irqs: number): void {
  const tx = new Transaction('firmware');
  pic.elcr.write(0, 1, irqs & 0xff, tx);
  pic.elcr.write(1, 1, irqs >> 8, tx);
}

/** The processor, with the interrupt controller that it asks for vectors. */
function processor(
  b: Board, o: PcValues, { memory, io, guest, ram }: Backbone, pic: I8259Pair, execution: Execution,
): X86Processor {
  const cpu = b.processor(
    x86Processor('cpu0', b, {
      clock: b.clock(new Clock('processor', o.processorClock)), memory, io, engine: guest,
      execution: execution.engine, cyclesPerInstruction: o.cyclesPerInstruction, interruptCycles: o.interruptEntry,
      writeCombining: { lineBytes: o.combiningLine === 64 ? 64 : 32 },
      ...(execution.jit === undefined ? {} : { jit: execution.jit }),
    }),
    [memory, io],
  );
  cpu.architecture.connect(pic);
  b.relate('vectors', cpu.name, pic.name);
  cpu.watch(ram);
  return cpu;
}
