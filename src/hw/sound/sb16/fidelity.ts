import type { Figure } from '../../../sim/component.ts';

/** Timing figures of the model that are no options. */
export const SB16_FIGURES: readonly Figure[] = [
  {
    what: 'from the end of a reset to the answer AAh', value: '100 µs',
    source: 'Creative Hardware Programming Guide, chapter 2, "Resetting the DSP": typically', verified: 'second-hand',
  },
  {
    what: 'from a transfer command to its first request', value: 'one sample period', source: 'assumption',
    verified: 'nobody',
  },
  {
    what: 'direct mode: a pause that ends a sound', value: '100 ms', source: 'a choice of the recording',
    verified: 'nobody',
  },
];

/** What the card has and the model has not. */
export const SB16_ABSENT: readonly string[] = [
  'FM synthesis (YMF262, ports 0 to 3, 8, 9 and 388h to 38Bh): reads find no chip',
  'MPU-401 (330h, mixer register 84h), MIDI commands 30h to 38h of the DSP, joystick port',
  'ADPCM (16h, 17h, 74h to 7Fh), the signal processor (CSP: 04h, 05h, 0Eh, 0Fh), DMA identification (E2h)',
  'volumes, tone and gain: kept and read back, without an effect on what is played',
  'inputs: what is recorded is silence',
  'interrupt lines and DMA channels other than those that the board connects',
  'Plug and Play: lines are chosen in mixer registers 80h and 81h, as on the cards before it',
];
