import { useSignalEffect } from '@preact/signals';
import { useRef } from 'preact/hooks';
import { activePane, selection } from '../state/workbench.ts';
import { TABS, tab, type Tab } from './go.ts';
import { PartLink } from './links.tsx';
import { MapView } from './map-view.tsx';
import { MemoryView } from './memory-view.tsx';
import { NotesView } from './notes-view.tsx';
import { PartView } from './part-view.tsx';
import { ProcessorView } from './processor-view.tsx';
import { RecordView } from './record-view.tsx';

const TITLES: Readonly<Record<Tab, string>> = {
  selected: 'Selected', processor: 'Processor', memory: 'Memory', map: 'Map', notes: 'Notes',
};

/** Registers, memory, processor and notes of the machine at the moment shown. */
export function InspectPanel() {
  const list = useRef<HTMLDivElement>(null);
  useSignalEffect(() => {
    const { kind } = selection.value;
    if (kind === 'memory') tab.value = 'memory';
    else if (kind !== 'none') tab.value = 'selected';
  });
  const onKeyDown = (event: KeyboardEvent): void => {
    const step = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0;
    if (step === 0) return;
    event.preventDefault();
    event.stopPropagation();
    tab.value = TABS[(TABS.indexOf(tab.value) + step + TABS.length) % TABS.length] as Tab;
    list.current?.querySelectorAll('button')[TABS.indexOf(tab.value)]?.focus();
  };
  const notes = activePane.value.status.value?.notes.length ?? 0;
  return (
    <section aria-label="inspector" class="inspect">
      <div role="tablist" aria-label="what to inspect" class="inspect-tabs" ref={list} onKeyDown={onKeyDown}>
        {TABS.map((t) => (
          <button
            key={t} role="tab" id={`inspect-${t}`} aria-selected={tab.value === t} aria-controls="inspect-view"
            tabIndex={tab.value === t ? 0 : -1} onClick={() => { tab.value = t; }}
          >
            {TITLES[t]}{t === 'notes' && notes > 0 ? ` ${notes}` : ''}
          </button>
        ))}
      </div>
      <div role="tabpanel" id="inspect-view" aria-labelledby={`inspect-${tab.value}`} class="inspect-view">
        {activePane.value.sheet.value === null
          ? <p class="empty">No machine is open: choose an experiment above and run it.</p>
          : <View tab={tab.value} />}
      </div>
    </section>
  );
}

function View({ tab: shown }: { readonly tab: Tab }) {
  const selected = selection.value;
  switch (shown) {
    case 'processor': return <ProcessorView />;
    case 'memory': return <MemoryView />;
    case 'map': return <MapView />;
    case 'notes': return <NotesView />;
    default:
      if (selected.kind === 'record') return <RecordView id={selected.id} />;
      if (selected.kind === 'part') return <PartView name={selected.name} />;
      return <Parts />;
  }
}

/** Nothing is selected: what could be. */
function Parts() {
  const parts = activePane.value.sheet.value?.board.components ?? [];
  return (
    <>
      <p class="empty">Select a part or a transfer to see what is in it. Looking disturbs nothing.</p>
      <table>
        <caption>Parts of this machine</caption>
        <thead><tr><th scope="col">part</th><th scope="col">what it is</th></tr></thead>
        <tbody>
          {parts.map((p) => (
            <tr key={p.name}>
              <th scope="row">
                <PartLink name={p.name} />
              </th>
              <td>{p.title ?? ''}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </>
  );
}
