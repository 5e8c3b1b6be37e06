import { useSignal } from '@preact/signals';
import { proxy } from 'comlink';
import { useEffect, useRef } from 'preact/hooks';
import type { TraceApi } from '../../protocol/trace.ts';
import { download } from '../experiments/download.ts';
import { messageOf } from '../state/message-of.ts';
import { active, panes, shown } from '../state/workbench.ts';

type Format = Parameters<TraceApi['file']>[0];

/** What a recording can be saved as: its name, who reads it, the ending of the file. */
const FORMATS: readonly (readonly [format: Format, name: string, reader: string, ending: string])[] = [
  ['trace', 'Trace', 'northbridge trace', 'trace'], ['perfetto', 'Perfetto', 'ui.perfetto.dev', 'pftrace'],
  ['vcd', 'Waves (VCD)', 'GTKWave', 'vcd'], ['csv', 'CSV', 'spreadsheets', 'csv'],
];

/** Saves the recording of the machine that is looked at as a file. */
export function Save() {
  const box = useRef<HTMLDetailsElement>(null), said = useSignal(''), saving = useSignal(false);
  const pane = panes[active.value], sheet = pane.sheet.value;
  // What was asked of a machine that is gone is never answered.
  useEffect(() => {
    saving.value = false;
    said.value = '';
  }, [sheet]);
  const which = shown.value === 2 ? ` of ${active.value === 0 ? 'A' : 'B'}` : '';
  const nothing = sheet === null || (pane.status.value?.last ?? 0) === 0;
  const save = async (format: Format, ending: string): Promise<void> => {
    const { remote } = pane, mine = (): boolean => pane.sheet.peek() === sheet;
    saving.value = true;
    said.value = 'Saving …';
    try {
      const blob = await remote.trace.file(format, proxy((share: number) => {
        if (mine()) said.value = `Saving, ${Math.round(100 * share)} %`;
      }));
      if (!mine()) return;
      download(`northbridge-${sheet?.method ?? 'machine'}.${ending}`, blob, blob.type);
      said.value = `Saved: ${(blob.size / 1e6).toFixed(blob.size < 1e6 ? 3 : 1)} MB.`;
    } catch (error) {
      if (mine()) said.value = `Not saved: ${messageOf(error)}.`;
    }
    if (mine()) saving.value = false;
  };
  const leave = (event: KeyboardEvent): void => {
    if (event.key !== 'Escape' || box.current?.open !== true) return;
    event.stopPropagation();
    box.current.open = false;
    box.current.querySelector('summary')?.focus();
  };
  return (
    <details class="save" ref={box} onKeyDown={leave}>
      <summary>save</summary>
      <div role="group" aria-label="save the recording as">
        <p>{nothing ? 'Nothing is recorded yet.' : `The recording${which} as`}</p>
        {FORMATS.map(([format, name, reader, ending]) => (
          <button
            key={format} class="small" disabled={nothing || saving.value} onClick={() => void save(format, ending)}
          >
            {name} <span>for {reader}</span>
          </button>
        ))}
        <p role="status">{said.value}</p>
      </div>
    </details>
  );
}
