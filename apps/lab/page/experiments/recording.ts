/** A job that is run once more and recorded as a trace file; the page goes on meanwhile. */
import { proxy } from 'comlink';
import { signal } from '@preact/signals';
import { formatSeconds } from '../../../../src/control/quantities.ts';
import type { RunProgress, RunRequest } from '../../protocol/experiments.ts';
import { Desk } from '../state/desk.ts';
import { download } from './download.ts';

/** How far it is, in words; '' while nothing is recorded. */
export const recording = signal('');
/** Why there is no trace, or ''. */
export const recordingFailure = signal('');

const desk = new Desk('trace');
let turn = 0;

/** Records all methods of a request and hands the file to the user. */
export async function recordTrace(request: RunRequest, name: string): Promise<void> {
  const mine = ++turn;
  recordingFailure.value = '';
  recording.value = 'starting';
  const told = proxy((p: RunProgress) => {
    if (mine === turn) recording.value = `${p.method}, ${formatSeconds(p.seconds)}`;
  });
  try {
    const bytes = await desk.ask((w) => w.experiments.trace(request, told));
    if (mine === turn) download(name, bytes, 'application/octet-stream');
  } catch (error) {
    if (mine === turn) recordingFailure.value = error instanceof Error ? error.message : String(error);
  }
  if (mine === turn) stopRecording();
}

/** Gives up: there is no file. */
export function stopRecording(): void {
  turn++;
  desk.end();
  recording.value = '';
}
