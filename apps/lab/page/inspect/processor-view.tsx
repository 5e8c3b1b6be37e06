import { useSignal } from '@preact/signals';
import { useMemo } from 'preact/hooks';
import type { AddressWalk, HeldTranslation, ProcessorRegister, RegisterGroup } from '../../../../src/arch/isa.ts';
import { changesOfCore } from '../../../../src/control/inspect/changes.ts';
import type { ProcessorView as Seen } from '../../protocol/inspect.ts';
import { Hint, Term } from '../term.tsx';
import { Disassembly } from './disassembly.tsx';
import { addressOf, count, hex } from './format.ts';
import { AddressLink, AsOfLine } from './links.tsx';
import { useLook } from './use-look.ts';

/** Bytes of code that are disassembled. */
const CODE = 96;

/** Registers, the code at hand, translations. */
export function ProcessorView() {
  const { now, before, failure } = useLook<Seen>('processor', (w, time) => w.inspect.processor(time, CODE));
  const processor = now?.look.processor ?? null, core = processor?.core ?? null;
  const last = before?.look.processor?.core ?? null;
  const changed = useMemo(() => (core === null ? new Set<string>() : changesOfCore(last, core)), [core, last]);
  return (
    <article class="processor">
      <header>
        {processor !== null && (
          <>
            <h2>{processor.name}</h2>
            <p>{processor.title}</p>
            <p>{core?.mode ?? ''}; {count(processor.instructions, 'instruction')} so far.</p>
          </>
        )}
        <AsOfLine at={now?.at ?? null} failure={failure} />
      </header>
      {now !== null && now.look.code !== null && <Disassembly code={now.look.code} />}
      {core?.groups.map((g) => <Group key={g.name} group={g} changed={changed} />)}
      {core !== null && <Walk />}
      {now !== null && <Translations held={now.look.translations} />}
      {core !== null && <p class="soft">{core.source}</p>}
    </article>
  );
}

function Group({ group, changed }: { readonly group: RegisterGroup; readonly changed: ReadonlySet<string> }) {
  const open = group.name === 'general' || group.name === 'flags' || group.name === 'segments';
  return (
    <details open={open}>
      <summary>{group.name}</summary>
      {group.registers.every((r) => r.text === '' && r.fields.length === 0)
        ? (
          <dl class="pairs mono">
            {group.registers.map((r) => (
              <div key={r.name} class={changed.has(r.name) ? 'changed' : ''}>
                <dt><Hint text={r.doc}>{r.name}</Hint></dt><dd>{r.digits}</dd>
              </div>
            ))}
          </dl>
        )
        : (
          <table>
            <caption class="unseen">{group.name} registers</caption>
            <tbody>
              {group.registers.map((r) => <Register key={r.name} register={r} changed={changed} />)}
            </tbody>
          </table>
        )}
    </details>
  );
}

function Register({ register: r, changed }: {
  readonly register: ProcessorRegister; readonly changed: ReadonlySet<string>;
}) {
  return (
    <tr class={changed.has(r.name) ? 'changed' : ''}>
      <th scope="row"><Hint text={r.doc}>{r.name}</Hint></th>
      <td class="mono">{r.digits}</td>
      <td class="set-fields">
        {r.fields.length === 0
          ? <span class="soft">{r.text}</span>
          : r.fields.filter((f) => f.value !== 0 || changed.has(`${r.name}.${f.name}`)).map((f) => (
            <Hint key={f.name} text={f.doc} kind={changed.has(`${r.name}.${f.name}`) ? 'field changed' : 'field'}>
              {f.name}{f.high === f.low && f.value === 1 ? '' : ` ${f.value}`}
            </Hint>
          ))}
      </td>
    </tr>
  );
}

/** How an address is translated. */
function Walk() {
  const text = useSignal(''), asked = useSignal<number | null>(null), wrong = useSignal('');
  return (
    <details>
      <summary>Translate an address</summary>
      <form
        class="place"
        onSubmit={(event) => {
          event.preventDefault();
          asked.value = addressOf(text.value);
          wrong.value = asked.value === null ? `'${text.value}' is no address: write it as 0xc0100000` : '';
        }}
      >
        <input
          class="mono" aria-label="linear address" placeholder="0xc0100000" value={text.value}
          onInput={(e) => { text.value = e.currentTarget.value; }}
        />
        <button>walk</button>
        {wrong.value !== '' && <p class="bad" role="alert">{wrong.value}</p>}
      </form>
      {asked.value !== null && <WalkResult address={asked.value} />}
    </details>
  );
}

function WalkResult({ address }: { readonly address: number }) {
  const { now, failure } = useLook<AddressWalk | null>(`walk ${address}`, (w, time) => w.inspect.walk(time, address));
  const walk = now?.look ?? null;
  if (walk === null) return <AsOfLine at={now?.at ?? null} failure={failure} />;
  return (
    <ol class="chain">
      {walk.steps.map((s) => (
        <li key={s.table}>
          {s.table} entry at <AddressLink space="memory" address={s.address} />: <span class="mono">{s.digits}</span>
          {' '}<span class="soft">{s.text}</span>
        </li>
      ))}
      <li>
        {walk.physical === null
          ? walk.why
          : <><Term>physical memory</Term> <AddressLink space="memory" address={walk.physical} />, {walk.why}</>}
      </li>
    </ol>
  );
}

function Translations({ held }: { readonly held: readonly HeldTranslation[] }) {
  return (
    <details>
      <summary>TLB <span class="soft">{count(held.length, 'translation')}</span></summary>
      {held.length === 0
        ? <p class="empty">No translation is held.</p>
        : (
          <table>
            <caption class="unseen">Translations that the processor holds</caption>
            <thead>
              <tr>
                <th scope="col">for</th><th scope="col">page</th><th scope="col">frame</th><th scope="col">rights</th>
              </tr>
            </thead>
            <tbody>
              {held.slice(0, 512).map((h) => (
                <tr key={`${h.kind} ${h.regime} ${h.page}`}>
                  <td>{h.kind}, {h.regime}</td>
                  <td class="mono">{hex(h.page, 8)}</td>
                  <td><AddressLink space="memory" address={h.frame} /></td>
                  <td class="soft">{h.text}</td>
                </tr>
              ))}
            </tbody>
          </table>
        )}
    </details>
  );
}
