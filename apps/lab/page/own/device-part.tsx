import { panes } from '../state/workbench.ts';
import { ADDER } from './adder.ts';
import { Editor } from './editor.tsx';
import { asked, Outcome } from './outcome.tsx';
import { deviceSlot, deviceSource, part, runnable, runWithProgram, withDevice } from './state.ts';

/** A device of the user's own: its text, its slot, and a program that uses it. */
export function DevicePart() {
  return (
    <div class="own-part own-device-part">
      <p class="own-hint">
        A PCI card in TypeScript. Our program own-device looks for the card 1234:0add, writes 1, 2, 3, 4 to its first
        register and reads the second. Types are not checked here; the text is kept until you close the page.
      </p>
      <Editor text={deviceSource} label="device in TypeScript" />
      <div class="own-row">
        <button class="primary" onClick={() => { void runWithProgram(); }}>Run with own-device</button>
        <label class="own-check">
          <span>PCI slot</span>
          <input
            class="mono own-slot" value={deviceSlot.value} placeholder="first free" spellcheck={false}
            onInput={(event) => { deviceSlot.value = event.currentTarget.value.trim(); }}
          />
        </label>
        <button
          disabled={deviceSource.value === ADDER}
          onClick={() => { if (confirm('Replace your text by the example?')) deviceSource.value = ADDER; }}
        >
          Begin anew
        </button>
      </div>
      <label class="own-check">
        <input
          type="checkbox" checked={withDevice.value}
          onChange={(event) => { withDevice.value = event.currentTarget.checked; }}
        />
        <span>put it into the machine of my own software, too{runnable.value ? '' : ' (none is chosen yet)'}</span>
      </label>
      {asked.value && <Outcome />}
      {panes[0].sheet.value?.method === 'own' && (
        <div class="own-row">
          <button onClick={() => { part.value = 'terminal'; }}>What it said: the terminal</button>
        </div>
      )}
    </div>
  );
}
