import type { Field } from '../../../../src/control/experiments/form.ts';
import { FieldControl } from './field-control.tsx';
import { check, guestSheet, texts, type } from './request.ts';

/** What an experiment's parameters and its machine's options are, to be typed over. */
export function ParameterForm() {
  const form = guestSheet.value?.form;
  if (form === undefined) return null;
  return (
    <div class="parameters">
      <fieldset>
        <legend>Parameters</legend>
        <div class="fields">{form.own.map((f) => <FieldRow key={f.name} field={f} />)}</div>
      </fieldset>
      <details open={form.machine.some((f) => texts.value[f.name] !== undefined)}>
        <summary>The machine: {form.machine.length} options</summary>
        <div class="fields">{form.machine.map((f) => <FieldRow key={f.name} field={f} />)}</div>
      </details>
    </div>
  );
}

function FieldRow({ field }: { field: Field }) {
  const { name, word, doc } = field, id = `field-${name}`, problem = check.value?.problem;
  const wrong = problem !== null && problem !== undefined && problem.field === name ? problem.message : '';
  const limits = limitWords(field), value = texts.value[name] ?? '';
  return (
    <div class="field">
      <label for={id}>{word}</label>
      <FieldControl field={field} value={value} set={(text) => type(name, text)} id={id}
        aria-describedby={`${id}-doc`} aria-invalid={wrong !== ''} class={value === '' ? '' : 'changed'} />
      <p id={`${id}-doc`} title={field.source === '' ? undefined : `default: ${field.source}`}>
        {wrong === '' ? <>{doc}{limits !== '' && <span class="limits">{limits}</span>}</> : <em>{wrong}</em>}
      </p>
    </div>
  );
}

/** `512B to 1GiB, in steps of 512B`. */
function limitWords({ kind, minimum, maximum, step, choices, doc }: Field): string {
  if (kind === 'choices') return choices.every((w) => doc.includes(w)) ? '' : choices.join(', ');
  const range = minimum !== '' && maximum !== ''
    ? `${minimum} to ${maximum}` : minimum !== '' ? `from ${minimum}` : maximum !== '' ? `to ${maximum}` : '';
  return [range, step === '' ? '' : `in steps of ${step}`].filter((t) => t !== '').join(', ');
}
