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
      <div role="tablist" aria-label="parts" class="own-parts">
        {PARTS.map((p) => (
          <button key={p} role="tab" aria-selected={part.value === p} onClick={() => { part.value = p; }}>
            {TITLES[p]}
          </button>
        ))}
      </div>
      {part.value === 'software' ? <SoftwarePart /> : part.value === 'terminal' ? <TerminalPart /> : <DevicePart />}
    </section>
  );
}
