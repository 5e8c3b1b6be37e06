import { refused } from './address/link.ts';
import { Embedded } from './embedded/embedded.tsx';
import { FirstMinute } from './first-minute/first-minute.tsx';
import { Workbench } from './shell/workbench.tsx';
import { view } from './state/actions.ts';

/** The whole page. */
export function App() {
  return (
    <>
      {refused.value !== '' && (
        <p role="alert" class="refused">
          {refused.value} <button onClick={() => { refused.value = ''; }}>Close</button>
        </p>
      )}
      {view.value === 'workbench' ? <Workbench /> : view.value === 'embedded' ? <Embedded /> : <FirstMinute />}
    </>
  );
}
