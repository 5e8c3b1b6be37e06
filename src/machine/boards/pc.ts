import { PROCESSOR_INPUT, X86Processor } from '../../cpu/x86-processor.ts';
import { Uart16550 } from '../../hw/char/uart16550/uart16550.ts';
import { AtaDrive } from '../../hw/ata/drive.ts';
import { I8259Pair } from '../../hw/intc/i8259/pair.ts';
import { Port92 } from '../../hw/misc/port92/port92.ts';
import { PostLatch } from '../../hw/misc/post/post.ts';
import { I440FX } from '../../hw/pci/i440fx/i440fx.ts';
import { CONFIG_BITS, PCI_CLOCK, pciTiming } from '../../hw/pci/pci-bus.ts';
import { Piix3Ide } from '../../hw/pci/piix3/piix3-ide.ts';
import type { IdeVariant } from '../../hw/pci/piix3/spec-ide.ts';
import { Piix3Isa } from '../../hw/pci/piix3/piix3-isa.ts';
import { I8042 } from '../../hw/ps2/i8042/i8042.ts';
import { Mc146818 } from '../../hw/rtc/mc146818/mc146818.ts';
import { I8254 } from '../../hw/timer/i8254/i8254.ts';
import type { BlockBackend } from '../../host/block.ts';
import type { CharBackend } from '../../host/char.ts';
import type { JitOptions } from '../../jit/compiler/code-cache.ts';
import { DEFAULT_ENGINE, type EngineKind } from '../../jit/engine-kind.ts';
import { createGuestMemory, type GuestMemory } from '../../jit/guest-memory.ts';
import type { AddressSpace } from '../../mem/address-space.ts';
import { OPEN_BUS_PRIORITY, OpenBus } from '../../mem/open-bus.ts';
import { Ram } from '../../mem/ram.ts';
import { Bus } from '../../mem/bus.ts';
import { Clock } from '../../sim/clock.ts';
import { Board } from '../board.ts';
import { MainMemory } from '../main-memory.ts';

export interface PcBoardOptions {
  /** Bytes of RAM, a multiple of 64 KiB. */
  ramBytes: number;
  disk: BlockBackend | null;
  /** Which south bridge's IDE function stands on the board. */
  ide: IdeVariant;
  /** Far end of COM1. */
  serial: CharBackend;
  onPost: (code: number) => void;
  /** Reset was asked for by port 92h, the 8042 or 0CF9h. */
  onReset: () => void;
  /** How guest code is executed; `DEFAULT_ENGINE` if absent. */
  engine?: EngineKind;
  /** When `jit` compiles what; for tests. */
  jit?: JitOptions;
}

/**
 * The ISA clock is the PCI clock divided by 4 (8⅓ MHz, 120 ns). A cycle of an 8-bit device is 6
 * clocks by default, and the PIIX keeps 3.5 clocks of I/O recovery between two (calibration A7:
 * recovery seen in a source, cycle length unverified).
 */
const ISA_CLOCK = new Clock('isa', 100e6, 12);
const ISA_TIMING = { arbitration: 0, firstData: 9.5, perBeat: 9.5, width: 1 } as const;

/**
 * What nobody on PCI claims the south bridge does, four clocks after the address, and passes on to
 * ISA (PCI 2.1 §3.6.1, subtractive decode; two clocks of arbitration before). There it is one cycle
 * of an 8-bit device for each byte, as nobody asserts IOCS16# or MEMCS16#. ISA has 24 address
 * lines: above 16 MiB the host bridge's cycle ends in a master abort on PCI.
 */
const SUBTRACTIVE_DECODE = PCI_CLOCK.duration(2 + 1 + 4);
const ISA_MEMORY = 0x1000000;

/** The processor: a P6 at 200 MHz, one instruction a clock (ADR 0003). */
const PROCESSOR_CLOCK = new Clock('processor', 200e6);

/**
 * Latency that main memory adds to a burst of a bus master behind the host bridge: none verified,
 * so none.
 */
const MEMORY_LATENCY = 0;

/** The parts of a PC that a machine needs to reach by name. */
export interface PcBoard {
  board: Board;
  spaces: { memory: AddressSpace; io: AddressSpace };
  memory: GuestMemory;
  ram: Ram;
  cpu: X86Processor;
  bridge: I440FX;
  isa: Piix3Isa;
  ide: Piix3Ide;
  com1: Uart16550;
}

/**
 * A PC of 1996: 440FX and PIIX3, the AT's chips, two serial ports, an IDE disk. No BIOS: firmware's
 * work is done by `firmware/`.
 */
export function buildPc(o: PcBoardOptions): PcBoard {
  const board = new Board('pc');
  const memory = board.space('memory', { bits: 32 });
  const io = board.space('io', { bits: 16 });
  const config = board.space('pci-config', { bits: CONFIG_BITS });
  const pciBus = board.bus(pciTiming());
  const isaBus = board.bus(new Bus('isa', ISA_CLOCK, ISA_TIMING));
  board.clock(PROCESSOR_CLOCK);
  board.clock(ISA_CLOCK);

  const guest = createGuestMemory(o.ramBytes);
  const ram = new Ram('ram', guest.ram);
  const owner = board.add(new MainMemory('ram', board, guest.ram));
  board.map(memory, 0, 0xa0000, ram, { name: 'ram', owner });
  // The BIOS area is shadow RAM; A0000h-BFFFFh belongs to PCI (VGA).
  board.map(memory, 0xc0000, 0x40000, ram, { name: 'shadow', offset: 0xc0000 });
  board.map(memory, 0x100000, o.ramBytes - 0x100000, ram, { name: 'ram', offset: 0x100000 });

  // What nothing else decodes.
  const nobody = new OpenBus();
  const unclaimed = { priority: OPEN_BUS_PRIORITY };
  const onIsa = { ...unclaimed, bus: isaBus, latency: SUBTRACTIVE_DECODE };
  board.map(io, 0, 0x10000, nobody, onIsa);
  board.map(memory, 0, ISA_MEMORY, nobody, onIsa);
  board.map(memory, ISA_MEMORY, 2 ** 32 - ISA_MEMORY, nobody, { ...unclaimed, bus: pciBus });

  // Interrupts
  const pic = board.add(new I8259Pair('pic', board));
  board.map(io, 0x20, 2, pic.master, { bus: isaBus });
  board.map(io, 0xa0, 2, pic.slave, { bus: isaBus });
  board.map(io, 0x4d0, 2, pic.elcr, { bus: isaBus });

  // PCI
  const bridge = board.add(
    new I440FX('pci0', board, { memory, io, config, bus: pciBus, memoryLatency: MEMORY_LATENCY }),
  );
  const isa = new Piix3Isa('piix3', board, { variant: o.ide === 'piix3' ? 'piix3' : 'piix4', onReset: o.onReset });
  const pci = board.pciBridge(bridge, bridge.pci, isa.pirq, 'piix3');
  board.pciFunction(pci, 1, 0, isa);
  bridge.ports.behind = isa.resetControl;
  const drives = [o.disk === null ? null : new AtaDrive({ disk: o.disk })];
  const ide = board.pciFunction(pci, 1, 1, new Piix3Ide('ide', board, { variant: o.ide, drives }));

  // The AT's chips
  const pit = board.add(new I8254('pit', board));
  board.map(io, 0x40, 4, pit.ports, { bus: isaBus });
  board.map(io, 0x61, 1, pit.port61, { bus: isaBus });
  board.wire(pit.out0, pic.input(0), 'pic.0');
  const rtc = board.add(new Mc146818('rtc', board));
  board.map(io, 0x70, 2, rtc.ports, { bus: isaBus });
  const kbc = board.add(new I8042('i8042', board));
  board.map(io, 0x60, 1, kbc.ports, { bus: isaBus });
  board.map(io, 0x64, 1, kbc.ports, { bus: isaBus, offset: 4 });
  const com1 = board.add(new Uart16550('com1', board, o.serial));
  board.map(io, 0x3f8, 8, com1.ports, { bus: isaBus });
  const com2 = board.add(new Uart16550('com2', board, { transmit: () => {} }));
  board.map(io, 0x2f8, 8, com2.ports, { bus: isaBus });
  const port92 = board.add(new Port92('port92', board));
  board.map(io, 0x92, 1, port92.ports, { bus: isaBus });
  const post = board.add(new PostLatch('post', board, o.onPost));
  board.map(io, 0x80, 1, post.ports, { bus: isaBus });
  for (const line of [kbc.a20, port92.a20])
    board.leaveOpen(line, 'address line 20 is never masked: no firmware or guest here relies on the wrap at 1 MiB');
  const resetPin = { sink: { irqLevel: (_input: number, level: boolean) => level && o.onReset() }, input: 0 };
  board.gate('reset', [kbc.resetOut, port92.init], resetPin, 'reset');

  // Interrupt lines: chips of the board, and PIRQs routed to the same inputs.
  const own = new Map([
    [1, kbc.irqKeyboard], [3, com2.irq], [4, com1.irq], [8, rtc.irq], [12, kbc.irqMouse], [14, ide.irq14],
    [15, ide.irq15],
  ]);
  for (let n = 1; n < 16; n++) {
    if (n === 2) continue;
    const lines = [own.get(n), isa.irq.get(n)].filter((l) => l !== undefined);
    if (lines.length === 1) board.wire(lines[0], pic.input(n), `pic.${n}`);
    else if (lines.length > 1) board.gate(`irq${n}`, lines, pic.input(n), `pic.${n}`);
  }

  const cpu = board.processor(
    new X86Processor('cpu0', board, {
      clock: PROCESSOR_CLOCK, memory, io, engine: guest,
      execution: o.engine ?? DEFAULT_ENGINE,
      ...(o.jit === undefined ? {} : { jit: o.jit }),
    }),
    [memory, io],
  );
  cpu.connect(pic);
  cpu.watch(ram);
  board.wire(pic.intr, { sink: cpu.inputs, input: PROCESSOR_INPUT.INTR }, 'cpu0.intr');

  const wrong = board.check();
  if (wrong.length > 0) throw new Error(`board pc: ${wrong.join('; ')}`);
  return { board, spaces: { memory, io }, memory: guest, ram, cpu, bridge, isa, ide, com1 };
}
