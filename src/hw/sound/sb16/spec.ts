import { reg, regs, ro, rsvd, rw, unmodelled, wo, type FieldOptions } from '../../../reg/layout.ts';

const VOLUME = 'volumes, switches and tone act behind the converter: the host gets what the converter gets';
const INPUT = 'nothing is connected to the inputs';

/** A volume or a switch that is kept and read back. */
function kept(hi: number, lo: number = hi, options: FieldOptions = {}) {
  return unmodelled(VOLUME, hi, lo, options);
}

/** A mixer register of the CT1745 behind the data port: its page is its index. */
const at = (index: number) => ({ page: index });
/** A volume of 5 bits in the upper end of a register. */
const five = (reset: number) => ({ LEVEL: kept(7, 3, { reset }) });
/** The pair of volumes in one register of the CT1345. */
const old = (reset: number) => ({ RIGHT: rw(3, 0, { reset }), LEFT: rw(7, 4, { reset }) });
const two = () => ({ LEVEL: kept(7, 6) });

/**
 * Ports of the Sound Blaster 16 from its base address on: Creative, Sound Blaster Series Hardware
 * Programming Guide, 2nd edition (October 1996), chapter 2 (DSP ports), chapter 4 (mixer), appendix
 * A (I/O address map). Ports 0 to 3, 8 and 9 are those of the FM chip, which is absent.
 */
export const SB16_REGISTERS = regs(8, {
  MIXER_ADDRESS: reg(4, { INDEX: rw(7, 0) }, { doc: 'Index of the mixer register behind port 5' }),
  MIXER_RESET: reg(5, { ANY: wo(7, 0) }, { ...at(0x00), dir: 'w', doc: 'A write resets the mixer' }),
  // Registers of the CT1345 that the CT1745 keeps: the upper bits of the new ones (chapter 4).
  OLD_VOICE: reg(5, old(12), at(0x04)),
  OLD_MIC: reg(5, { LEVEL: rw(2, 0) }, at(0x0a)),
  OLD_MASTER: reg(5, old(12), at(0x22)),
  OLD_MIDI: reg(5, old(12), at(0x26)),
  OLD_CD: reg(5, old(0), at(0x28)),
  OLD_LINE: reg(5, old(0), at(0x2e)),
  MASTER_LEFT: reg(5, five(24), at(0x30)),
  MASTER_RIGHT: reg(5, five(24), at(0x31)),
  VOICE_LEFT: reg(5, five(24), at(0x32)),
  VOICE_RIGHT: reg(5, five(24), at(0x33)),
  MIDI_LEFT: reg(5, five(24), at(0x34)),
  MIDI_RIGHT: reg(5, five(24), at(0x35)),
  CD_LEFT: reg(5, five(0), at(0x36)),
  CD_RIGHT: reg(5, five(0), at(0x37)),
  LINE_LEFT: reg(5, five(0), at(0x38)),
  LINE_RIGHT: reg(5, five(0), at(0x39)),
  MIC: reg(5, five(0), at(0x3a)),
  SPEAKER: reg(5, two(), at(0x3b)),
  OUTPUT_SWITCHES: reg(5, { SOURCES: kept(4, 0, { reset: 0x1f }) }, at(0x3c)),
  INPUT_LEFT: reg(5, { SOURCES: unmodelled(INPUT, 6, 0, { reset: 0x15 }) }, at(0x3d)),
  INPUT_RIGHT: reg(5, { SOURCES: unmodelled(INPUT, 6, 0, { reset: 0x0b }) }, at(0x3e)),
  INPUT_GAIN_LEFT: reg(5, { GAIN: unmodelled(INPUT, 7, 6) }, at(0x3f)),
  INPUT_GAIN_RIGHT: reg(5, { GAIN: unmodelled(INPUT, 7, 6) }, at(0x40)),
  OUTPUT_GAIN_LEFT: reg(5, two(), at(0x41)),
  OUTPUT_GAIN_RIGHT: reg(5, two(), at(0x42)),
  AGC: reg(5, { OFF: unmodelled(INPUT, 0) }, at(0x43)),
  TREBLE_LEFT: reg(5, { LEVEL: kept(7, 4, { reset: 8 }) }, at(0x44)),
  TREBLE_RIGHT: reg(5, { LEVEL: kept(7, 4, { reset: 8 }) }, at(0x45)),
  BASS_LEFT: reg(5, { LEVEL: kept(7, 4, { reset: 8 }) }, at(0x46)),
  BASS_RIGHT: reg(5, { LEVEL: kept(7, 4, { reset: 8 }) }, at(0x47)),
  INTERRUPT_SETUP: reg(
    5,
    { IRQ2: rw(0), IRQ5: rw(1, 1, { reset: 1 }), IRQ7: rw(2), IRQ10: rw(3), HIGH: rsvd(7, 4, { reset: 15 }) },
    { ...at(0x80), doc: 'Which interrupt line the card drives' },
  ),
  DMA_SETUP: reg(
    5,
    {
      DMA0: rw(0), DMA1: rw(1, 1, { reset: 1 }), DMA3: rw(3), DMA5: rw(5, 5, { reset: 1 }), DMA6: rw(6), DMA7: rw(7),
    },
    { ...at(0x81), doc: 'Its DMA channels; without 5, 6 and 7, samples of 16 bits go over the 8-bit channel' },
  ),
  INTERRUPT_STATUS: reg(5, { VOICE_8: ro(0), VOICE_16: ro(1), MPU_401: ro(2), VERSION: ro(7, 4, { reset: 2 }) }, {
    ...at(0x82), dir: 'r', doc: 'Who asks for an interrupt',
  }),
  RESET: reg(6, { RESET: wo(0) }, { dir: 'w', doc: '1 and then 0, 3 µs apart, resets the DSP' }),
  READ_DATA: reg(0xa, { DATA: ro(7, 0) }, { dir: 'r', doc: "The DSP's answers" }),
  WRITE_STATUS: reg(0xc, { LOW: rsvd(6, 0, { reset: 0x7f }), BUSY: ro(7) }, { dir: 'r' }),
  COMMAND: reg(0xc, { BYTE: wo(7, 0) }, { dir: 'w', doc: 'Commands and their arguments' }),
  READ_STATUS: reg(0xe, { LOW: rsvd(6, 0, { reset: 0x7f }), DATA_AVAILABLE: ro(7) }, {
    dir: 'r', doc: 'A read acknowledges the 8-bit interrupt',
  }),
  ACKNOWLEDGE_16: reg(0xf, { ALL: rsvd(7, 0, { reset: 0xff }) }, {
    dir: 'r', doc: 'A read acknowledges the 16-bit interrupt',
  }),
});

/** Where the ports begin that this card answers, from the base address on, and how many. */
export const SB16_FIRST_PORT = 4, SB16_PORTS = 12;

/** Commands of DSP 4.05 (chapter 6). B0h to CFh are made of `TRANSFER`'s bits. */
export const COMMAND = {
  DIRECT_DAC: 0x10, OUTPUT_8: 0x14, OUTPUT_8_AUTO: 0x1c, DIRECT_ADC: 0x20, INPUT_8: 0x24, INPUT_8_AUTO: 0x2c,
  TIME_CONSTANT: 0x40, OUTPUT_RATE: 0x41, INPUT_RATE: 0x42, CONTINUE_AUTO_8: 0x45, CONTINUE_AUTO_16: 0x47,
  BLOCK_SIZE: 0x48, SILENCE: 0x80, OUTPUT_8_AUTO_FAST: 0x90, OUTPUT_8_FAST: 0x91, INPUT_8_AUTO_FAST: 0x98,
  INPUT_8_FAST: 0x99, PAUSE_8: 0xd0, SPEAKER_ON: 0xd1, SPEAKER_OFF: 0xd3, CONTINUE_8: 0xd4, PAUSE_16: 0xd5,
  CONTINUE_16: 0xd6, SPEAKER_STATUS: 0xd8, EXIT_AUTO_16: 0xd9, EXIT_AUTO_8: 0xda, IDENTIFY: 0xe0, VERSION: 0xe1,
  COPYRIGHT: 0xe3, WRITE_TEST: 0xe4, READ_TEST: 0xe8, INTERRUPT_8: 0xf2, INTERRUPT_16: 0xf3,
} as const;

/** Bits of commands B0h to CFh: Bxh is for samples of 16 bits, Cxh for 8 (chapter 6). */
export const TRANSFER = { FIFO: 0x02, AUTO: 0x04, INPUT: 0x08 } as const;
/** Bits of their first argument. */
export const MODE = { SIGNED: 0x10, STEREO: 0x20 } as const;

/**
 * Bytes that follow a command. Those of commands that are not modelled (ADPCM, MIDI, the signal
 * processor on the card) are taken and forgotten.
 */
const ARGUMENTS: ReadonlyMap<number, number> = new Map([
  [0x04, 1], [0x05, 2], [0x0e, 2], [0x0f, 1], [0x10, 1], [0x14, 2], [0x16, 2], [0x17, 2], [0x24, 2], [0x38, 1],
  [0x40, 1], [0x41, 2], [0x42, 2], [0x48, 2], [0x74, 2], [0x75, 2], [0x76, 2], [0x77, 2], [0x80, 2], [0xe0, 1],
  [0xe2, 1], [0xe4, 1], [0xf9, 1],
]);

/** Bytes that follow a command. */
export function argumentsOf(command: number): number {
  return command >= 0xb0 && command <= 0xcf ? 3 : ARGUMENTS.get(command) ?? 0;
}

/** What the DSP puts into its buffer when it has been reset. */
export const RESET_ANSWER = 0xaa;
/** DSP 4.05, as command E1h answers: major, minor. */
export const DSP_VERSION = [4, 5] as const;
/** Command E3h, with the zero at its end. */
export const COPYRIGHT_TEXT = 'COPYRIGHT (C) CREATIVE TECHNOLOGY LTD, 1992.\0';
/** Rates of DSP 4.xx (chapter 6, 41h): Hz. */
export const RATE = { MINIMUM: 5000, MAXIMUM: 45000 } as const;
/** Commands 40h: a time constant of n is (256 - n) µs for each sample of each channel. */
export const TIME_CONSTANT_HZ = 1e6;
