import { choice, count, duration, frequency, size } from '../../../sim/parameter.ts';
import { ms, ns, us } from '../../../sim/time.ts';
import { faultOption } from '../../faults/rows.ts';
import { DISPLAY_MODES } from '../../firmware/display-mode.ts';
import { CD_OPTIONS } from './drives.ts';
import { DMA_OPTIONS } from './dma.ts';
import { FLOPPY_OPTIONS } from './floppy.ts';
import { SERIAL_OPTIONS } from './serial.ts';
import { SOUND_OPTIONS } from './sound.ts';

const MiB = 2 ** 20;

/** The options of the PC board. Every default gives the figures of ADR 0004. */
export const PC_OPTIONS = {
  ram: size(128 * MiB, {
    doc: 'Main memory', source: 'a choice', minimum: 4 * MiB, maximum: 1024 * MiB, step: MiB,
  }),
  ide: choice(['piix3', 'piix4'], 'piix3', {
    doc: 'South bridge with the IDE controller: piix3, or piix4 with Ultra DMA', source: 'Intel 290550-002, 290562-001',
  }),
  kernelEntry: choice(['decompressor', 'vmlinux'], 'decompressor', {
    doc: "Linux: enter the kernel's own decompressor, or the kernel unpacked: earlier, so timer ticks fall elsewhere",
    source: 'a choice; the decompressor is what the boot protocol enters',
  }),
  displayMode: choice(DISPLAY_MODES, 'text', {
    doc: 'How the display card stands when software starts, without a BIOS: text, or width × height × bits of a pixel',
    source: "a choice; text is the video BIOS's",
  }),
  processorClock: frequency(200e6, {
    doc: 'Processor clock', source: 'ADR 0003, an assumption', minimum: 1e6, maximum: 3e9,
  }),
  cyclesPerInstruction: count(1, {
    doc: 'Processor cycles of each instruction', source: 'ADR 0003, an assumption', minimum: 1, maximum: 1000,
  }),
  interruptEntry: count(1, {
    doc: "Processor cycles from an interrupt's acknowledgement to its handler", minimum: 1, maximum: 1e6,
    source: 'unverified: no figure known, so the least that keeps time going',
  }),
  combiningLine: size(32, {
    doc: "Bytes of each of the processor's write-combining buffers", minimum: 32, maximum: 64, step: 32,
    source: 'Intel 253668-032, SDM vol. 3A, 11.3.1: 32 in the P6 family, which this processor is; 64 in its successors',
  }),
  combiningBuffers: count(4, {
    doc: "The processor's write-combining buffers", minimum: 1, maximum: 16,
    source: 'unverified: Intel 253668-032, SDM vol. 3A, 11.3.1 says several',
  }),
  pciClockPeriod: duration(ns(30), {
    doc: 'Period of the PCI clock; the IDE controller counts in it too', minimum: ns(5), maximum: us(1),
    source: 'PCI 2.2 §4.2.3.1: 33⅓ MHz',
  }),
  isaDivisor: count(4, {
    doc: 'PCI clocks in a clock of the ISA bus', source: 'Intel 290550-002, SYSCLK: 8⅓ MHz', minimum: 1, maximum: 64,
  }),
  isaCycle: count(6, {
    doc: 'ISA clocks of an access to an 8-bit chip', source: 'calibration A7, length unverified', minimum: 1,
    maximum: 100,
  }),
  isaRecovery: count(7, {
    doc: 'Half ISA clocks of I/O recovery after each access', source: 'calibration A7: 3.5 clocks', maximum: 100,
  }),
  postedWrites: count(0, {
    doc: "Writes to memory on PCI that the host bridge's buffer holds; 0: the processor waits for each", maximum: 64,
    source: 'PCI 2.1 §3.2.5; none by default, as in ADR 0004; the depth of the 440FX is unverified',
  }),
  latencyTimer: choice(['off', 'on'], 'off', {
    doc: "Bus masters' latency timers: a burst is cut when its timer (MLT) has run out and another asks for PCI",
    source: 'PCI 2.1 §3.5.4; off as in ADR 0004: bursts run to their end, whatever MLT is',
  }),
  memoryLatency: duration(0, {
    doc: 'Time that main memory adds to each burst of a bus master', source: 'unverified: no figure known, so none',
    maximum: us(100),
  }),
  driveCommand: duration(us(50), {
    doc: 'Drive: from a command to its first data', source: 'ADR 0004, an assumption', maximum: ms(1000),
  }),
  driveNonData: duration(us(10), {
    doc: 'Drive: a command without data', source: 'ADR 0004, an assumption', maximum: ms(1000),
  }),
  driveBlockGap: duration(us(5), {
    doc: 'Drive: busy between two DRQ blocks of a PIO command', source: 'ADR 0004, an assumption', maximum: ms(1000),
  }),
  driveFinish: duration(us(2), {
    doc: 'Drive: from the last word of a DMA command to its interrupt', source: 'ADR 0004, an assumption',
    maximum: ms(1000),
  }),
  driveSector: duration(0, {
    doc: 'Drive: time of the medium for each sector; 0: data are in its cache', source: 'ADR 0004, an assumption',
    maximum: ms(1000),
  }),
  driveMechanics: choice(['none', 'surface'], 'none', {
    doc: 'Drive: data are in its cache (none), or come from a surface: seek, rotation, read ahead into its buffer',
    source: 'none is ADR 0004; surface: the figures below, of a drive of 1996',
  }),
  driveRpm: count(5200, {
    doc: 'Surface: turns a minute', source: 'Western Digital Caviar AC21000, as listed by TULARC', minimum: 300,
    maximum: 20000,
  }),
  driveSeek: duration(ms(11), {
    doc: 'Surface: seek over a third of the cylinders', source: 'AC21000, TULARC: average 11 ms', maximum: ms(1000),
  }),
  driveSeekTrack: duration(ms(3), {
    doc: 'Surface: seek to the next cylinder', source: 'AC21000, TULARC: 3 ms', maximum: ms(1000),
  }),
  driveHeadSwitch: duration(ms(1), {
    doc: 'Surface: to another head of the same cylinder', source: 'unverified: an assumption', maximum: ms(100),
  }),
  driveHeads: count(4, { doc: 'Surface: heads', source: 'AC21000, TULARC', minimum: 1, maximum: 16 }),
  driveTrack: count(108, {
    doc: 'Surface: sectors of a track', source: 'unverified: an assumption, 4.8 MB/s at 5200 rpm', minimum: 8,
    maximum: 4096,
  }),
  driveBuffer: size(128 * 1024, {
    doc: 'Surface: buffer between it and the interface', source: 'AC21000, TULARC: 128 KB', minimum: 64 * 1024,
    maximum: 16 * MiB, step: 512,
  }),
  ...CD_OPTIONS,
  fault: faultOption(),
  ...DMA_OPTIONS,
  ...FLOPPY_OPTIONS,
  ...SERIAL_OPTIONS,
  ...SOUND_OPTIONS,
} as const;
