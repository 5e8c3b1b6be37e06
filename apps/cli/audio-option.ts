import { Option } from 'commander';
import { checkOutput, type InputFile } from './hosts/output-file.ts';
import { audioPathFor, WavFile } from './hosts/wav-file.ts';
import { InputError } from './input-error.ts';

const OPTION = '--audio';

/** `--audio FILE` of a run, or of an experiment that plays. */
export function audioOption(methods: boolean): Option {
  return new Option(
    `${OPTION} <file>`,
    methods
      ? 'write what is played to WAV files: sound.wav gives sound-METHOD.wav'
      : 'write what the sound card (--sound) plays to a WAV file, with silence where it plays nothing',
  );
}

/** Refuses before the run what could not be written. @throws InputError */
function checkAudio(path: string, inputs: readonly InputFile[], trace: string | undefined): void {
  checkOutput(path, OPTION, 'audio', inputs, [{ path: trace, what: '--trace' }]);
}

/**
 * The WAV file of a run, or null. @param sound the board's option
 * @throws InputError
 */
export function audioFile(
  path: string | undefined, sound: unknown, inputs: readonly InputFile[], trace: string | undefined,
): WavFile | null {
  if (path === undefined) return null;
  if (sound === undefined || sound === 'none')
    throw new InputError(`${OPTION} without a sound card: give --sound sb16 too`);
  checkAudio(path, inputs, trace);
  return new WavFile(path);
}

/** The WAV files of an experiment, by method; made when a method first plays. */
export class AudioFiles {
  private readonly files = new Map<string, WavFile>();

  /** @throws InputError */
  constructor(
    path: string, methods: readonly string[], inputs: readonly InputFile[], trace: string | undefined,
  ) {
    for (const method of methods) {
      const own = audioPathFor(path, method);
      checkAudio(own, inputs, trace);
      this.files.set(method, new WavFile(own));
    }
  }

  of(method: string): WavFile | null {
    return this.files.get(method) ?? null;
  }

  /** Ends what a method wrote. @throws InputError */
  close(method: string): void {
    this.files.get(method)?.close();
  }

  /** A line for each method that was run. */
  summary(methods: readonly string[]): string {
    return methods.map((m) => `northbridge: ${m}: ${this.files.get(m)?.summary ?? ''}`).join('');
  }
}
