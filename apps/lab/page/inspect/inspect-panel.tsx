import { useSignalEffect } from '@preact/signals';
import { activePane, selection } from '../state/workbench.ts';
import { Tabs } from '../tabs.tsx';
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
  useSignalEffect(() => {
    const { kind } = selection.value;
    if (kind === 'memory') tab.value = 'memory';
    else if (kind !== 'none') tab.value = 'selected';
  });
  const notes = activePane.value.status.value?.notes.length ?? 0;
  return (
    <section aria-label="inspector" class="inspect">
      <Tabs
        id="inspect" label="what to inspect" kind="inspect-tabs" panel="inspect-view" shown={tab.value}
        tabs={TABS.map((t) => [t, t === 'notes' && notes > 0 ? `${TITLES[t]} ${notes}` : TITLES[t]] as const)}
        show={(t) => { tab.value = t; }}
      />
      <div role="tabpanel" id="inspect-view" aria-labelledby={`inspect-${tab.value}`} class="inspect-view">
        {activePane.value.sheet.value === null
          ? <p class="empty">No machine is open: choose an experiment above, then Open in the machine.</p>
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
