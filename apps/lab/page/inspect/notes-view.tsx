import { useLook } from './use-look.ts';
import { goToRecord } from './go.ts';
import { momentText } from './format.ts';
import { AsOfLine, PartLink } from './links.tsx';
import type { NoteLook } from '../../../../src/control/inspect/notes.ts';

const MOST = 200;

/** What the machine says is wrong up to the moment, the newest first. */
export function NotesView() {
  const { now, failure } = useLook<NoteLook[]>('notes', (w, time) => w.inspect.notes(time, MOST));
  return (
    <>
      <AsOfLine at={now?.at ?? null} failure={failure} />
      {now !== null && now.look.length === 0 && (
        <p class="empty">Nothing to note so far: software has kept to the rules of every part.</p>
      )}
      <ol class="notes">
        {now?.look.map((n) => (
          <li key={n.id}>
            <button class="link" onClick={() => goToRecord(n.id, n.time)}>{momentText(n.time)}</button>
            {' '}<PartLink name={n.part} label={n.source} />: {n.detail}
            {n.rule !== '' && <p class="soft">The rule: {n.rule} ({n.document}).</p>}
          </li>
        ))}
      </ol>
    </>
  );
}
