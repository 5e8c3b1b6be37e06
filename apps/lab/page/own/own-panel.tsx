import { Tabs } from '../tabs.tsx';
import { DevicePart } from './device-part.tsx';
import { hovering } from './drop.ts';
import { SoftwarePart } from './software-part.tsx';
import { PARTS, part } from './state.ts';
import { TerminalPart } from './terminal-part.tsx';

const TITLES = { software: 'Software', terminal: 'Terminal', device: 'Device' } as const;

/** Software and devices of the user's own, and the machine's terminal. */
export function OwnPanel() {
  return (
    <section aria-label="your own software" class={hovering.value ? 'own own-hovering' : 'own'}>
      <Tabs
        id="own" label="parts" kind="own-parts" panel="own-view" shown={part.value}
        tabs={PARTS.map((p) => [p, TITLES[p]] as const)} show={(p) => { part.value = p; }}
      />
      <div id="own-view" role="tabpanel" aria-labelledby={`own-${part.value}`} class="own-view">
        {part.value === 'software' ? <SoftwarePart /> : part.value === 'terminal' ? <TerminalPart /> : <DevicePart />}
      </div>
    </section>
  );
}
