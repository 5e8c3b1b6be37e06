import type { Measure } from '../experiment.ts';
import {
  counted, CPU_BUSY, CPU_PORT_ACCESSES, found, INSTRUCTIONS, INTERRUPTS, SECONDS, SHA256,
} from '../measures.ts';

/** Rows of sound-play's table. */
export const SOUND_PLAY_MEASURES: readonly Measure[] = [
  SECONDS, CPU_BUSY, INSTRUCTIONS, CPU_PORT_ACCESSES,
  counted('dmaChannelBytes', 'bytes moved by the 8237', { better: '' }), INTERRUPTS,
  found('inTime', 'every sample in time', { unit: 'word' }),
  counted('soundUnderruns', 'underruns'),
  found('silent', 'frames of silence', { better: 'less' }),
  found('repeated', 'frames heard again', { better: 'less' }),
  found('lost', 'samples never heard', { better: 'less' }),
  found('extra', 'frames behind the last sample', { better: 'less' }),
  SHA256,
];
