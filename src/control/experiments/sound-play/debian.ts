import { AudioTake } from '../../audio/track.ts';
import { digestOf } from '../disk/disk-job.ts';
import type { Kit, Trial } from '../experiment.ts';
import { linuxJob } from '../linux/job.ts';
import type { SoundPlayJob } from './experiment.ts';
import { scaleSamples } from './samples.ts';

const MiB = 2 ** 20, KiB = 1024;
/** ALSA's ring for this driver, and most periods that are asked for. */
const RING = 64 * KiB, PERIODS = 16;
const BITS = 16;

/** Debian's own driver plays: auto-init DMA into which ALSA writes. */
export function debianTrial(job: SoundPlayJob, kit: Kit, rate: number): Trial {
  const { bytes, block } = job.values;
  const samples = scaleSamples(bytes, BITS, rate), take = new AudioTake();
  const frame = BITS / 8, frames = bytes / frame;
  return {
    machine: { options: { sound: 'sb16', ram: 256 * MiB }, audio: take },
    software: linuxJob(kit, {
      modules: ['snd-sb16 isapnp=0 port=0x220 irq=5 dma8=1 dma16=5'],
      programs: ['play'],
      files: { samples },
      script: `
        wait_for /dev/snd/pcmC0D0p
        section card cat /proc/asound/cards
        measure_begin
        play /dev/snd/pcmC0D0p /samples ${rate} ${block / frame} ${Math.max(2, Math.min(PERIODS, RING / block))} \\
          2> /tmp/why || fail "play: $(cat /tmp/why)"
        measure_end
      `,
    }),
    bytes,
    phases: ['booting Linux', 'playing', 'ending'],
    limit: 600 + 2 * frames / rate,
    resumable: true,
    finish: () => {
      const heard = take.sound.subarray(0, bytes);
      // The driver stops the card at the last period's interrupt: till then it plays on.
      const extra = Math.max(0, take.sound.length - bytes) / frame;
      const right = heard.length === bytes && heard.every((byte, i) => byte === samples[i]);
      return {
        mode: null,
        matches: right,
        found: {
          sha256: digestOf(kit, heard), reference: digestOf(kit, samples), frames, blocks: bytes / block,
          inTime: right && take.silentFrames === 0 ? 'yes' : 'no', silent: take.silentFrames, repeated: 0,
          lost: (bytes - heard.length) / frame, extra,
        },
      };
    },
  };
}
