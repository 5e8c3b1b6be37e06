import { choice, duration, frequency, ParameterError, size } from '../../../sim/parameter.ts';
import { ms, toSeconds } from '../../../sim/time.ts';
import { AudioTake } from '../../audio/track.ts';
import { digestOf } from '../disk/disk-job.ts';
import { bare, experiment, type EndedTrial, type JobOf, type Kit, type Trial } from '../experiment.ts';
import { SAMPLES_AT, SOUND_PLAY_BLOCK, SOUND_PLAY_METHODS, type SoundPlayMethod } from './block.ts';
import { debianTrial } from './debian.ts';
import { followBlocks, followSamples } from './heard.ts';
import { SOUND_PLAY_MEASURES } from './measures.ts';
import { scaleSamples } from './samples.ts';
import { soundSentence } from './sentence.ts';
import { SOUND_PLAY_STATEMENTS } from './statements.ts';

/** CLK of a PC's timer (Hz), which tells direct mode when a sample is due. */
const TIMER_CLOCK = 315e6 / 264;
const MiB = 2 ** 20;

const SOUND_PLAY_PARAMETERS = {
  bytes: size(4096, {
    doc: 'how much to play, a multiple of the block', source: 'a choice: half a second', minimum: 16, maximum: 8 * MiB,
  }),
  rate: frequency(8000, {
    doc: 'samples a second; the nearest to it that the timer can count', minimum: 5000, maximum: 44100,
    source: 'a choice; the guide: 5 to 44.1 kHz, direct mode to 23 kHz',
  }),
  bits: choice(['8', '16'], '8', { doc: 'bits of a sample; direct mode has 8' }),
  block: size(512, {
    doc: 'bytes from one interrupt of the card to the next, a power of two; auto-init plays a ring of two',
    source: 'a choice', minimum: 16, maximum: 32768,
  }),
  busy: duration(0, {
    doc: 'load: for so long at a stretch the processor has no time for sound, then for as long it has',
    source: 'a choice', maximum: ms(1000),
  }),
};

export type SoundPlayJob = JobOf<typeof SOUND_PLAY_PARAMETERS>;

/** The timer's count for a sample, and the rate that it gives, which the DSP is told. */
export function clockOf(rate: number): { divisor: number; rate: number } {
  const divisor = Math.max(2, Math.round(TIMER_CLOCK / rate));
  return { divisor, rate: Math.round(TIMER_CLOCK / divisor) };
}

/** What fits together. @throws ParameterError */
function settle(job: SoundPlayJob): SoundPlayJob['values'] {
  const { values, given, guest } = job;
  let { bytes, block, bits } = values;
  if (guest === 'debian') {
    if (given.has('bits') && bits !== '16')
      throw new ParameterError('bits: Debian\'s driver plays 16 bits first of all');
    if (values.busy > 0) throw new ParameterError('busy: it is a load of the bare guest');
    bits = '16';
  }
  if (!given.has('block')) while (block > bytes && block > 16) block /= 2;
  if ((block & (block - 1)) !== 0) throw new ParameterError(`block: ${block} is no power of two`);
  if (!given.has('bytes')) bytes = Math.ceil(bytes / block) * block;
  if (bytes % block !== 0)
    throw new ParameterError(`bytes: ${bytes} is no multiple of the block, which is ${block} bytes`);
  return { ...values, bytes, block, bits };
}

function prepare(job: SoundPlayJob, method: string, kit: Kit): Trial {
  const { bytes, block, busy } = job.values, bits = job.values.bits === '16' ? 16 : 8;
  const { divisor, rate } = clockOf(job.values.rate);
  if (job.guest === 'debian') return debianTrial(job, kit, rate);
  const samples = scaleSamples(bytes, bits, rate), frameBytes = bits / 8;
  const take = new AudioTake();
  // A loop of `work` is two instructions.
  const { processorClock, cyclesPerInstruction, soundFifo } = job.boardOptions as Record<string, number>;
  const loops = (seconds: number): number => Math.round(seconds * processorClock / (2 * cyclesPerInstruction));
  const drain = (soundFifo / frameBytes + 4) / rate;
  return {
    machine: { options: { sound: 'sb16', ram: 32 * MiB }, audio: take },
    software: bare(kit.guestImage('sound-play'), SOUND_PLAY_BLOCK, {
      method: method as SoundPlayMethod, byteCount: bytes, blockBytes: block, bits, rate, divisor,
      busyLoops: loops(toSeconds(busy)), openLoops: loops(toSeconds(busy)), drainLoops: loops(drain),
    }),
    bytes,
    phases: ['starting', 'playing', 'finishing'],
    limit: 10 + 20 * bytes / frameBytes / rate + 1000 * toSeconds(busy) * (1 + bytes / block),
    attach: (machine) => machine.ram.set(samples, SAMPLES_AT),
    finish: ({ block: answer }: EndedTrial) => {
      const { late, polls } = SOUND_PLAY_BLOCK.decode(answer);
      const heard = method === 'dma-autoinit'
        ? followBlocks(take.sound, samples, block, frameBytes)
        : followSamples(take.sound, samples, frameBytes);
      const frames = bytes / frameBytes, silent = take.silentFrames;
      const inTime = heard.samples === frames && silent + heard.repeated + heard.strange === 0;
      return {
        mode: null,
        // With no load every sample comes in time; under load each of the frames is accounted for.
        matches: busy === 0 ? inTime : heard.samples > 0 && heard.strange === 0,
        found: {
          sha256: digestOf(kit, take.bytes), reference: digestOf(kit, samples), frames, blocks: bytes / block,
          inTime: inTime ? 'yes' : 'no', silent, repeated: heard.repeated, lost: heard.lost, extra: 0, late,
          polls,
        },
      };
    },
  };
}

/** The same samples through a sound card, a sample at a time, a block at a time, or by itself. */
export const SOUND_PLAY = experiment({
  name: 'sound-play',
  place: 130,
  question: 'What does it cost to play sound, and what becomes of it when the processor is busy?',
  summary: 'The same samples written by the processor one by one, or by 8237 DMA set up for each block, or once.',
  shows: ['R8', 'R10'],
  statements: SOUND_PLAY_STATEMENTS,
  parameters: SOUND_PLAY_PARAMETERS,
  plays: true,
  variants: [
    ...SOUND_PLAY_METHODS.map((method) => ({
      method, guest: 'bare' as const, boards: ['pc'], fits: (job: SoundPlayJob) => refusal(method, job),
      carriers: [method === 'direct' ? 'processor' as const : 'DMA controller' as const],
    })),
    {
      method: 'alsa', guest: 'debian', boards: ['pc'], carriers: ['DMA controller'],
      fits: (job: SoundPlayJob) => refusal('alsa', job),
    },
  ],
  linuxJobs: true,
  measures: SOUND_PLAY_MEASURES,
  checks: {
    right: 'each frame that was played is one of the samples given, in their order',
    wrong: 'what was played is not what was given',
    part: {
      right: 'each frame that was played is one of the samples given, in their order',
      counts: { lost: 'never heard', repeated: 'heard again', silent: 'frames of silence' },
    },
  },
  plots: [
    { x: 'busy', y: 'silent', series: 'method' },
    { x: 'block', y: 'cpuBusy', series: 'method', log: 'x' },
  ],
  blocks: [SOUND_PLAY_BLOCK as never],
  decides: ['sound', 'ram'],
  settle: (job) => settle(job),
  title: (job) => `${job.texts['bytes']} at ${clockOf(job.values.rate).rate} Hz, ${job.values.bits} bits`,
  prepare,
  judge: (runs, job) => soundSentence(runs, job),
});

function refusal(method: string, job: SoundPlayJob): string {
  if (job.given.has('sound') && job.boardOptions['sound'] === 'none') return 'there is no card: --sound is none';
  if (method !== 'direct') return '';
  if (job.values.bits === '16') return 'direct mode has samples of 8 bits: give --methods dma-single,dma-autoinit';
  return job.values.rate > 23000 ? 'direct mode ends at 23 kHz: give --methods dma-single,dma-autoinit' : '';
}
