import type { SerialPeer } from '../../../hw/char/serial-peer/serial-peer.ts';
import type { Uart16550 } from '../../../hw/char/uart16550/uart16550.ts';
import type { I8237Pair } from '../../../hw/dma/i8237/pair.ts';
import { I8259Pair } from '../../../hw/intc/i8259/pair.ts';
import { I440FX } from '../../../hw/pci/i440fx/i440fx.ts';
import { Piix3Ide } from '../../../hw/pci/piix3/piix3-ide.ts';
import { Piix3Isa } from '../../../hw/pci/piix3/piix3-isa.ts';
import type { IrqLine } from '../../../irq/line.ts';
import type { AddressSpace } from '../../../mem/address-space.ts';
import { Transaction } from '../../../mem/transaction.ts';
import { Clock } from '../../../sim/clock.ts';
import type { Board } from '../../board.ts';
import { board, type BoardParts, type Execution, type Surroundings } from '../../definition.ts';
import { parseFaults } from '../../faults/rows.ts';
import { setUpPci } from '../../firmware/pci-setup.ts';
import type { PciBridgeEdge } from '../../graph.ts';
import { X86_INPUT, x86Processor, type X86Processor } from '../../x86-processor.ts';
import { atChips } from './at-chips.ts';
import { backbone, type Backbone, type PcValues } from './backbone.ts';
import { screenAtStart, setUpVga } from '../../firmware/vga-setup.ts';
import { bootPc } from './boot.ts';
import { dmaControllers, holdProcessor, patternSource, setUpDma } from './dma.ts';
import { ideDrives } from './drives.ts';
import { floppyController, setUpFloppies } from './floppy.ts';
import { PC_OPTIONS } from './options.ts';
import { biosSocket, setUpForBios, type BiosSocket } from './rom.ts';
import { serialDma } from './serial.ts';
import { soundCard } from './sound.ts';

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
  /** Who is at the far end of COM2, if that is a part of the machine. */
  readonly serialPeer: SerialPeer | null;
  /** Its channels are for devices on ISA: `b.isaDma(device.dma, dma.channel(2))`. */
  readonly dma: I8237Pair;
  readonly pci: PciBridgeEdge;
}

/**
 * A PC of 1996: 440FX and PIIX3, the AT's chips, two serial ports, an IDE disk. Without a BIOS
 * firmware's work is done by `firmware/`.
 */
export const pc = board('pc', {
  summary: 'A PC of 1996: one IA-32 processor, 440FX, PIIX3 (or PIIX4), an IDE disk',
  options: PC_OPTIONS,
  sockets: { disks: 4, floppies: 2, serial: 2 },
}, (b, o, s): PcParts => {
  b.inject(parseFaults(o.fault));
  const bone = backbone(b, o);
  const { memory, io, isaBus } = bone;
  const pic = b.add(new I8259Pair('pic', b));
  b.map(io, 0x20, 2, pic.master, { bus: isaBus });
  b.map(io, 0xa0, 2, pic.slave, { bus: isaBus });
  b.map(io, 0x4d0, 2, pic.elcr, { bus: isaBus });
  const bios = biosSocket(b, bone, s);
  const { bridge, isa, ide, pci } = bridges(b, o, bone, s, bios);
  const at = atChips(b, o, bone, s, pic);
  const dma = dmaControllers(b, o, bone);
  serialDma(b, at.com2, (n) => dma.channel(n));
  const sound = soundCard(b, o, bone, s, (n) => dma.channel(n));
  const floppy = floppyController(b, o, bone, s, (n) => dma.channel(n));
  const source = patternSource(b, o, bone, dma);
  const cards = [...sound, ...floppy, ...source];

  const onIsa: [number, IrqLine][] = [...at.irqs, [14, ide.irq14], [15, ide.irq15], ...cards];
  interruptLines(b, pic, [...onIsa, ...isa.irq]);

  const cpu = processor(b, o, bone, pic, s.execution);
  holdProcessor(b, o, dma, cpu);
  b.wire(pic.intr, { sink: cpu.inputs, input: X86_INPUT.INTR }, 'cpu0.intr');
  // Either chip lets address line 20 pass.
  b.gate('a20', at.a20, { sink: cpu.inputs, input: X86_INPUT.A20 }, 'cpu0.a20');
  const ram = bone.guest.ram;
  return {
    processors: [cpu], cpu, memory, ram, spaces: { memory, io }, bridge, isa, ide, dma, pci,
    com1: at.com1, serial: [at.com1, at.com2], serialPeer: at.peer, keyboard: at.keyboard, mouse: at.mouse,
    firmware: () => {
      setUpFloppies(at.rtc, s.hosts.floppies.map((disk) => disk !== null));
      if (bios !== null) {
        setUpForBios(at.rtc, bone, s);
        return;
      }
      setUpPci({ bridge, ram, levelTriggered: (irqs) => setElcr(pic, irqs), isaIrqs: onIsa.map(([irq]) => irq) });
      setUpVga(bridge, { memory, io }, o.displayMode);
      setUpDma(dma);
    },
    boot: (software) => bootPc(
      { cpu, memory, ram, hasBios: bios !== null, screen: () => screenAtStart(bridge, io, o.displayMode) }, software,
      o.kernelEntry,
    ),
  };
});

/** The host bridge with PCI bus 0, and the south bridge on it. */
function bridges(
  b: Board, o: PcValues, { memory, io, config, pciBus, isaBus, ram: main, mainMemory }: Backbone, s: Surroundings,
  bios: BiosSocket | null,
) {
  const bridge = b.add(new I440FX('pci0', b, {
    memory, io, config, ram: main, bus: pciBus, memoryLatency: o.memoryLatency, postedWrites: o.postedWrites,
    latencyTimer: o.latencyTimer === 'on',
    ...bios,
  }));
  if (bridge.lockedShadow !== null) b.own(bridge.lockedShadow, mainMemory);
  const isa = new Piix3Isa('piix3', b, { variant: o.ide, onReset: s.onReset });
  const pci = b.pciBridge(bridge, bridge.pci, isa.pirq, 'piix3');
  b.pciFunction(pci, 1, 0, isa);
  b.bridged.set(isaBus, isa);
  bridge.ports.behind = isa.resetControl;
  b.relate('forwards', bridge.ports.name, isa.resetControl.name);
  const drives = ideDrives(b, o, s.hosts.disks);
  const ide = b.pciFunction(pci, 1, 1, new Piix3Ide('ide', b, { variant: o.ide, drives }));
  return { bridge, isa, ide, pci };
}

/** Wires lines to the inputs of their IRQ numbers: of chips, of cards, and PIRQs as routed. */
function interruptLines(b: Board, pic: I8259Pair, irqs: readonly (readonly [irq: number, line: IrqLine])[]): void {
  for (let n = 1; n < 16; n++) {
    if (n === 2) continue;
    const lines = irqs.filter(([irq]) => irq === n).map(([, line]) => line);
    if (lines.length === 1) b.wire(lines[0], pic.input(n), `pic.${n}`);
    else if (lines.length > 1) b.gate(`irq${n}`, lines, pic.input(n), `pic.${n}`);
  }
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
      writeCombining: { lineBytes: o.combiningLine === 64 ? 64 : 32, buffers: o.combiningBuffers },
      ...(execution.jit === undefined ? {} : { jit: execution.jit }),
    }),
    [memory, io],
  );
  cpu.architecture.connect(pic);
  b.relate('vectors', cpu.name, pic.name);
  cpu.watch(ram);
  return cpu;
}
