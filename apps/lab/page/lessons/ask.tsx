import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import type { Prediction } from '../../protocol/lessons.ts';
import { commit, forget, guesses } from './guesses.ts';
import { numberText } from './judge.ts';
import { showPrediction } from './show.ts';

/** A question: a guess first, then the run, then both side by side. */
export function Ask({ id, number, ask }: { id: string; number: number; ask: Prediction }) {
  const chosen = useSignal<string | null>(null);
  const guess = guesses.value[id], box = useRef<HTMLFieldSetElement>(null), pressed = useRef(false);
  // The button that was pressed is gone: the keyboard stays at the question.
  useEffect(() => {
    if (!pressed.current) return;
    pressed.current = false;
    (guess === undefined ? box.current?.querySelector('input') : box.current)?.focus();
  }, [guess === undefined]);
  const submit = (event: Event): void => {
    event.preventDefault();
    if (guess !== undefined || chosen.value === null) return;
    pressed.current = true;
    void commit(id, ask, 'choices' in ask ? chosen.value : Number(chosen.value));
  };
  const complete = chosen.value !== null &&
    ('choices' in ask || (chosen.value.trim() !== '' && Number.isFinite(Number(chosen.value))));
  return (
    <form class="ask" onSubmit={submit}>
      <fieldset ref={box} tabIndex={-1}>
        <legend><span>{number}</span> {ask.question}</legend>
        {guess !== undefined
          ? <p class="said">You say: {saidText(ask, guess.said)}.</p>
          : 'choices' in ask
            ? ask.choices.map((c) => (
              <label key={c.method}>
                <input type="radio" name={id} checked={chosen.value === c.method}
                  onChange={() => { chosen.value = c.method; }} /> {c.text}
              </label>
            ))
            : (
              <label>
                <input type="text" inputMode="decimal" size={8} value={chosen.value ?? ''} aria-label="your guess"
                  onInput={(event) => { chosen.value = event.currentTarget.value; }} /> {ask.unit}
              </label>
            )}
        {guess === undefined && <button type="submit" disabled={!complete}>Commit and run it</button>}
        <div role="status">
          {guess !== undefined && guess.verdict === null && (
            <p>{guess.failure === '' ? 'The machines run it …' : `It could not be run: ${guess.failure}`}</p>
          )}
          {guess?.verdict != null && (
            <p class={guess.verdict.right ? 'right' : 'wrong'}>
              {guess.verdict.sentence} <span>{ask.because}</span>
            </p>
          )}
        </div>
        {guess !== undefined && (guess.verdict !== null || guess.failure !== '') && (
          <p class="ways">
            <button type="button" onClick={() => void showPrediction(ask)}>Show it</button>
            <button type="button" onClick={() => {
              pressed.current = true;
              chosen.value = null;
              forget(id);
            }}>Ask me again</button>
          </p>
        )}
      </fieldset>
    </form>
  );
}

function saidText(ask: Prediction, said: string | number): string {
  if ('choices' in ask) return ask.choices.find((c) => c.method === said)?.text ?? String(said);
  return `${numberText(Number(said))} ${ask.unit}`.trim();
}
