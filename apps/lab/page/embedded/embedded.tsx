import { MachinePlace } from '../shell/machine-place.tsx';
import { linkNow } from '../address/link.ts';
import { plans, view } from '../state/actions.ts';
import { panes, playing, shown } from '../state/workbench.ts';
import { forward } from '../transport/player.ts';

/** A machine within somebody else's page, with three controls. */
export function Embedded() {
  const none = panes[0].sheet.value === null;
  const waits = plans.value.length > 0 && panes[0].failure.value === '';
  const title = panes[0].sheet.value?.title ?? (waits ? 'The machine is being built.' : 'There is no machine here.');
  return (
    <main class="embedded">
      <h1>{title}</h1>
      <div class="machines">
        <MachinePlace pane={0} />
        {shown.value === 2 && <MachinePlace pane={1} />}
      </div>
      <footer>
        <button disabled={none} onClick={() => { playing.value = !playing.value; }}>
          {playing.value ? 'Pause' : 'Play'}
        </button>
        <button disabled={none} onClick={() => void forward()}>Step</button>
        <button onClick={openWhole}>Open in the lab</button>
      </footer>
    </main>
  );
}

/** In a window of its own; where that is not allowed, here. */
function openWhole(): void {
  const whole = linkNow(plans.value.length > 0 ? 'workbench' : 'minute');
  if (window.open(whole, '_blank', 'noopener') === null && window.parent === window) view.value = 'workbench';
}
