import type { Field } from '../../../../src/control/experiments/form.ts';
import type { OwnCard } from '../../protocol/own.ts';
import { FieldControl } from '../experiments/field-control.tsx';
import { cards, form, texts, type } from './state.ts';

/** The board's options, to be typed over. */
export function MachineOptions() {
  const fields = form.value?.machine ?? [];
  if (fields.length === 0) return null;
  const changed = fields.filter((f) => texts.value[f.name] !== undefined).length;
  return (
    <details class="own-options">
      <summary>The machine: {fields.length} options{changed > 0 ? `, ${changed} changed` : ''}</summary>
      <div class="own-choices">
        {fields.map((field) => (
          <label key={field.name} title={field.doc}>
            <span>{field.word}</span>
            <FieldControl
              field={field} value={texts.value[field.name] ?? ''} set={(text) => type(field.name, text)} class="mono"
            />
          </label>
        ))}
      </div>
    </details>
  );
}

/** Cards of the house in slots. */
export function Cards() {
  const kinds = form.value?.cards ?? [];
  if (kinds.length === 0) return null;
  const change = (n: number, card: OwnCard | null): void => {
    cards.value = cards.value.flatMap((c, at) => (at !== n ? [c] : card === null ? [] : [card]));
  };
  const add = (): void => {
    cards.value = [...cards.value, { kind: kinds[0]?.kind ?? '', slot: '', texts: {} }];
  };
  return (
    <details class="own-options">
      <summary>Cards{cards.value.length > 0 ? `: ${cards.value.map((c) => c.kind).join(', ')}` : ''}</summary>
      {cards.value.map((card, n) => (
        <div key={n} class="own-card">
          <select
            aria-label={`card ${n + 1}`} value={card.kind}
            onChange={(event) => change(n, { ...card, kind: event.currentTarget.value, texts: {} })}
          >
            {kinds.map(({ kind }) => <option key={kind} value={kind}>{kind}</option>)}
          </select>
          <input
            class="mono own-slot" aria-label={`slot of card ${n + 1}`} placeholder="slot" value={card.slot}
            onInput={(event) => change(n, { ...card, slot: event.currentTarget.value.trim() })}
          />
          <input
            class="mono" aria-label={`options of card ${n + 1}`} spellcheck={false}
            placeholder={hint(kinds.find(({ kind }) => kind === card.kind)?.options ?? [])}
            onChange={(event) => change(n, { ...card, texts: settings(event.currentTarget.value) })}
          />
          <button aria-label={`take card ${n + 1} away`} onClick={() => change(n, null)}>×</button>
        </div>
      ))}
      <div class="own-row own-card">
        <button onClick={add}>Add a card</button>
      </div>
    </details>
  );
}

function hint(options: readonly Field[]): string {
  return options.length === 0 ? 'no options' : options.map((o) => `${o.name}=${o.initial}`).join(' ');
}

/** `name=value name=value`; a word without `=` is an option with an empty value, which is told. */
function settings(text: string): Record<string, string> {
  return Object.fromEntries(text.split(/[\s,]+/).filter((w) => w !== '').map((w) => {
    const at = w.indexOf('=');
    return at < 0 ? [w, ''] : [w.slice(0, at), w.slice(at + 1)];
  }));
}
