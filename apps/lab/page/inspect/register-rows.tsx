import { useSignal } from '@preact/signals';
import type { BankLook, FieldLook, RegisterLook } from '../../../../src/control/inspect/registers.ts';
import { Hint } from '../term.tsx';
import { hex } from './format.ts';

const READ_CHANGES = 'A read by software would change this register; this look did not.';

/** Registers of a bank: a row each, which opens to its fields. */
export function RegisterRows({ bank, registers, changed }: {
  readonly bank: BankLook; readonly registers: readonly RegisterLook[]; readonly changed: ReadonlySet<string>;
}) {
  return (
    <table class="registers">
      <caption class="unseen">Registers of {bank.name}</caption>
      <thead>
        <tr>
          <th scope="col">at</th><th scope="col">register</th><th scope="col">value</th><th scope="col">fields set</th>
        </tr>
      </thead>
      <tbody>
        {registers.map((r) => <Row key={r.name} bank={bank.name} register={r} changed={changed} />)}
      </tbody>
    </table>
  );
}

function Row({ bank, register: r, changed }: {
  readonly bank: string; readonly register: RegisterLook; readonly changed: ReadonlySet<string>;
}) {
  const open = useSignal(false), key = `${bank}.${r.name}`;
  const remarks = [
    r.access === 'r' ? 'reads only' : r.access === 'w' ? 'writes only: what was written last' : '', r.condition,
    r.readChanges ? 'a read by software would change it' : '',
  ].filter((t) => t !== '');
  return (
    <>
      <tr class={changed.has(key) ? 'changed' : ''}>
        <td class="mono soft">+{r.offset.toString(16).padStart(2, '0')}</td>
        <th scope="row">
          <button class="link" aria-expanded={open.value} title={r.doc} onClick={() => { open.value = !open.value; }}>
            {r.name}
          </button>
          {r.readChanges && <Hint text={READ_CHANGES} kind="soft"> ⊘</Hint>}
        </th>
        <td class="mono">{hex(r.value, r.width / 4)}</td>
        <td class="set-fields">
          {r.fields.filter((f) => f.kind !== 'rsvd' && (f.value !== 0 || changed.has(`${key}.${f.name}`)) &&
            r.fields.length > 1).map((f) => (
            <span key={f.name} class={changed.has(`${key}.${f.name}`) ? 'field changed' : 'field'}>
              {f.name}{f.high === f.low && f.value === 1 ? '' : ` ${f.high === f.low ? f.value : hex(f.value)}`}
            </span>
          ))}
        </td>
      </tr>
      {open.value && (
        <tr class="detail">
          <td colSpan={4}>
            {r.doc !== '' && <p>{r.doc}</p>}
            {remarks.length > 0 && <p class="soft">{remarks.join('; ')}</p>}
            <Fields register={r} changed={(f) => changed.has(`${key}.${f}`)} />
          </td>
        </tr>
      )}
    </>
  );
}

function Fields({ register, changed }: {
  readonly register: RegisterLook; readonly changed: (field: string) => boolean;
}) {
  return (
    <table>
      <caption class="unseen">Fields of {register.name}</caption>
      <thead>
        <tr>
          <th scope="col">bits</th><th scope="col">field</th><th scope="col">value</th>
          <th scope="col">access</th>
        </tr>
      </thead>
      <tbody>{register.fields.map((f) => <FieldRow key={f.name} field={f} changed={changed(f.name)} />)}</tbody>
    </table>
  );
}

function FieldRow({ field: f, changed }: { readonly field: FieldLook; readonly changed: boolean }) {
  return (
    <tr class={changed ? 'changed' : ''}>
      <td class="mono soft">{f.high === f.low ? f.high : `${f.high}:${f.low}`}</td>
      <th scope="row">{f.name}</th>
      <td class="mono">{f.high - f.low < 3 ? f.value : hex(f.value)}</td>
      <td class="soft">{f.access}{f.reason === '' ? '' : `: ${f.reason}`}</td>
    </tr>
  );
}
