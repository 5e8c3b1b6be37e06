import { useSignal } from '@preact/signals';
import { useMemo } from 'preact/hooks';
import { changesOfPart } from '../../../../src/control/inspect/changes.ts';
import type { DmaLook, LineLook, PartLook } from '../../../../src/control/inspect/part.ts';
import type { BankLook } from '../../../../src/control/inspect/registers.ts';
import { Hint, Term } from '../term.tsx';
import { count, hex, momentText } from './format.ts';
import { AddressLink, AsOfLine, Whose } from './links.tsx';
import { RegisterRows } from './register-rows.tsx';
import { useLook } from './use-look.ts';

/** From so many registers on there is a field to find one by name. */
const MANY = 12;

/** A part of the machine: registers by field, lines, DMA, counters, notes. */
export function PartView({ name }: { readonly name: string }) {
  const { now, before, failure } = useLook<PartLook | null>(name, (w, time) => w.inspect.part(time, name));
  const part = now?.look ?? null;
  const changed = useMemo(
    () => (part === null ? new Set<string>() : changesOfPart(before?.look ?? null, part)), [part, before],
  );
  if (now !== null && part === null) return <p class="empty">This machine has no part {name}.</p>;
  return (
    <article class="part">
      <header>
        <h2><Whose />{name}</h2>
        {part !== null && part.title !== '' && <p>{part.title}</p>}
        {part !== null && (part.datasheet !== '' || part.clock !== null) && (
          <p class="soft">
            {part.datasheet === '' ? '' : `Follows ${part.datasheet}. `}
            {part.clock === null ? '' : `Clock ${part.clock.name}, ${megahertz(part.clock.hertz)}.`}
          </p>
        )}
        <AsOfLine at={now?.at ?? null} failure={failure} />
      </header>
      {part !== null && <PartBody part={part} changed={changed} />}
    </article>
  );
}

function PartBody({ part, changed }: { readonly part: PartLook; readonly changed: ReadonlySet<string> }) {
  const few = part.banks.reduce((n, b) => n + b.registers.length, 0) <= 24;
  return (
    <>
      {part.notes.length > 0 && (
        <ul class="notes" aria-label={`notes of ${part.name}`}>
          {part.notes.map((n) => (
            <li key={n.what}><strong>{n.what}</strong>{n.count > 1 ? ` (${n.count} times)` : ''}: {n.detail}</li>
          ))}
        </ul>
      )}
      {part.dma.length > 0 && <DmaTable ports={part.dma} changed={changed} />}
      {part.banks.map((bank, n) => (
        <BankSection key={bank.name} bank={bank} changed={changed} open={few || n === 0} />
      ))}
      {part.lines.length > 0 && <LineTable lines={part.lines} changed={changed} />}
      {part.counters.length > 0 && (
        <table>
          <caption>Counted since reset</caption>
          <tbody>
            {part.counters.map((c) => (
              <tr key={c.name} class={changed.has(c.name) ? 'changed' : ''}>
                <th scope="row"><Hint text={c.doc}>{c.name}</Hint></th>
                <td class="number">
                  {c.unit === 'ticks' ? momentText(c.value) : `${c.value.toLocaleString('en')} ${c.unit}`}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      <Fidelity part={part} />
    </>
  );
}

function BankSection({ bank, changed, open }: {
  readonly bank: BankLook; readonly changed: ReadonlySet<string>; readonly open: boolean;
}) {
  const wanted = useSignal('');
  const shown = bank.registers.filter((r) =>
    r.name.toLowerCase().includes(wanted.value.trim().toLowerCase()) ||
    r.fields.some((f) => f.name.toLowerCase() === wanted.value.trim().toLowerCase()));
  const places = bank.places.map((p) => `${p.space} ${hex(p.base)}`).join(', ');
  return (
    <details open={open}>
      <summary>
        {bank.name} <span class="soft">{places === '' ? 'not mapped now' : `at ${places}`},
          {' '}{count(bank.registers.length, 'register')}</span>
      </summary>
      {bank.registers.length > MANY && (
        <input
          type="search" value={wanted.value} placeholder="find a register or field" aria-label={`find in ${bank.name}`}
          onInput={(event) => { wanted.value = event.currentTarget.value; }}
        />
      )}
      {shown.length === 0
        ? <p class="empty">No register or field of that name.</p>
        : <RegisterRows bank={bank} registers={shown} changed={changed} />}
    </details>
  );
}

function DmaTable({ ports, changed }: { readonly ports: readonly DmaLook[]; readonly changed: ReadonlySet<string> }) {
  return (
    <table>
      <caption><Term>DMA</Term> ports</caption>
      <thead>
        <tr><th scope="col">port</th><th scope="col">request</th><th scope="col">so far</th></tr>
      </thead>
      <tbody>
        {ports.map((p) => (
          <tr key={p.name} class={changed.has(p.name) ? 'changed' : ''}>
            <th scope="row">{p.name}</th>
            <td>
              {p.active
                ? <>
                  {p.done} of {count(p.length, 'byte')} {p.toMemory ? 'to' : 'from'}{' '}
                  <AddressLink space={p.space} address={p.address} />
                  <progress max={p.length} value={p.done} aria-label={`${p.name}: bytes moved`} />
                </>
                : <span class="soft">idle</span>}
            </td>
            <td>{count(p.bytes, 'byte')}, {count(p.bursts, 'burst')}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function LineTable({ lines, changed }: { readonly lines: readonly LineLook[]; readonly changed: ReadonlySet<string> }) {
  return (
    <table>
      <caption>Lines</caption>
      <thead><tr><th scope="col">line</th><th scope="col">level</th><th scope="col">wired to</th></tr></thead>
      <tbody>
        {lines.map((l) => (
          <tr key={`${l.name}${l.other}`} class={changed.has(l.name) ? 'changed' : ''}>
            <th scope="row">{l.name}</th>
            <td>{l.high ? 'high' : 'low'}</td>
            <td class="soft">{l.other === '' ? 'nothing' : l.out ? `to ${l.other}` : `from ${l.other}`}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** How far the model can be trusted. */
function Fidelity({ part }: { readonly part: PartLook }) {
  if (part.figures.length === 0 && part.absent.length === 0) return null;
  return (
    <details>
      <summary>How true it is</summary>
      {part.figures.length > 0 && (
        <table>
          <caption>Timing figures</caption>
          <thead><tr><th scope="col">what</th><th scope="col">value</th><th scope="col">source</th></tr></thead>
          <tbody>
            {part.figures.map((f) => (
              <tr key={f.what}>
                <th scope="row">{f.what}</th><td>{f.value}</td>
                <td class="soft">{f.source}{f.verified === 'nobody' ? ' (unverified)' : ''}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {part.absent.length > 0 && <p>The chip has, the model has not:</p>}
      {part.absent.length > 0 && <ul>{part.absent.map((a) => <li key={a}>{a}</li>)}</ul>}
    </details>
  );
}

function megahertz(hertz: number): string {
  return hertz >= 1e6 ? `${Number((hertz / 1e6).toFixed(3))} MHz` : `${Number((hertz / 1e3).toFixed(3))} kHz`;
}
