import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import type { LastWrite } from '../../../../src/control/explore/last-writer.ts';
import { messageOf } from '../state/message-of.ts';
import { active, activePane, moments } from '../state/workbench.ts';
import { count, hex, momentText } from './format.ts';
import { goToMoment, goToRecord } from './go.ts';

type Answer = LastWrite | null | 'asked' | 'unasked';

/** Who wrote a byte last, up to the moment shown; the answer leads there. */
export function LastWriteOf({ space, address }: { readonly space: string; readonly address: number }) {
  const answer = useSignal<Answer>('unasked'), failure = useSignal('');
  const pane = activePane.value, time = moments[active.value].value.time;
  // Counts questions, and what makes one void: an answer is shown only below its own question.
  const turn = useRef(0);
  useEffect(() => {
    turn.current++;
    answer.value = 'unasked';
    failure.value = '';
  }, [space, address, time, pane]);
  const ask = async (): Promise<void> => {
    const mine = ++turn.current;
    answer.value = 'asked';
    failure.value = '';
    try {
      const found = await pane.remote.explore.lastWriter({ space, address, size: 1 }, time);
      if (mine === turn.current) answer.value = found;
    } catch (error) {
      if (mine !== turn.current) return;
      answer.value = 'unasked';
      failure.value = messageOf(error);
    }
  };
  const found = answer.value;
  return (
    <div role="status">
      {found === 'unasked' && <button onClick={() => void ask()}>Who wrote this byte last?</button>}
      {found === 'asked' && <p>Searching back from {momentText(time)}…</p>}
      {found === null && <p>Nobody since the software was loaded.</p>}
      {found !== null && typeof found === 'object' && <Found write={found} />}
      {failure.value !== '' && <p class="bad">This could not be found out: {failure.value}</p>}
    </div>
  );
}

function Found({ write: w }: { readonly write: LastWrite }) {
  const go = (): void => {
    if (w.record > 0) goToRecord(w.record, w.start);
    else goToMoment(w.start);
  };
  return (
    <p>
      {w.initiator}, {count(w.size, 'byte')} from {hex(w.address)} on, at{' '}
      <button class="link" onClick={go}>{momentText(w.start)}</button>
      {w.pc >= 0 ? `, by the instruction at ${hex(w.pc, 8)}` : ''}. It was {hex(w.before, 2)} and became{' '}
      {hex(w.after, 2)}.
    </p>
  );
}
