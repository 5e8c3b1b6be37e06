import type { Field } from '../../../../src/control/experiments/form.ts';

/**
 * What a field is typed into, or chosen by; the default where nothing is.
 * @param value as typed; '': nothing
 * @param more attributes of the control
 */
export function FieldControl({ field, value, set, ...more }: {
  field: Field; value: string; set: (text: string) => void; id?: string; class?: string;
  'aria-describedby'?: string; 'aria-invalid'?: boolean;
}) {
  const { kind, choices, initial, decided } = field;
  if (kind === 'choice' || kind === 'flag')
    return (
      <select {...more} value={value} onChange={(e) => set(e.currentTarget.value)}>
        <option value="">{initial}</option>
        {choices.filter((c) => decided || c !== initial).map((c) => <option key={c} value={c}>{c}</option>)}
      </select>
    );
  return (
    <input {...more} type="text" autocomplete="off" spellcheck={false} value={value} placeholder={initial}
      onInput={(e) => set(e.currentTarget.value)} />
  );
}
