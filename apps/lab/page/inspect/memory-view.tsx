import { useSignal } from '@preact/signals';
import { useEffect, useMemo, useRef } from 'preact/hooks';
import { changesOfMemory } from '../../../../src/control/inspect/changes.ts';
import { BYTE, type MemoryLook } from '../../../../src/control/inspect/memory.ts';
import { activePane, selection } from '../state/workbench.ts';
import { ByteView } from './byte-view.tsx';
import { addressDigits, addressOf, hex } from './format.ts';
import { goToMemory } from './go.ts';
import { AsOfLine } from './links.tsx';
import { useLook } from './use-look.ts';

const COLUMNS = 8, ROWS = 32, PAGE = COLUMNS * ROWS;
const KEYS: Readonly<Record<string, number>> = {
  ArrowLeft: -1, ArrowRight: 1, ArrowUp: -COLUMNS, ArrowDown: COLUMNS, PageUp: -PAGE, PageDown: PAGE,
};

/** Bytes of an address space, by debug accesses. */
export function MemoryView() {
  const selected = selection.value;
  const { space, address } = selected.kind === 'memory' ? selected : { space: 'memory', address: 0x100000 };
  const from = address - (address % PAGE), end = endOf(space);
  /** The cursor was moved by a key: the table of the next page gets the focus of the one before. */
  const keyed = useRef(false);
  const { now, before, failure } = useLook<MemoryLook | null>(`${space} ${from}`, (w, time) =>
    w.inspect.memory(time, space, from, PAGE));
  return (
    <>
      <PlaceForm space={space} address={address} />
      <AsOfLine at={now?.at ?? null} failure={failure} />
      {now !== null && now.look !== null && (
        <Bytes look={now.look} before={before?.look ?? null} cursor={address} end={end} keyed={keyed} />
      )}
      {selected.kind === 'memory' && <ByteView space={space} address={address} />}
    </>
  );
}

function PlaceForm({ space, address }: { readonly space: string; readonly address: number }) {
  const wrong = useSignal(''), text = useSignal(hex(address));
  useEffect(() => { text.value = hex(address, addressDigits(space)); }, [space, address]);
  const spaces = activePane.value.sheet.value?.board.spaces ?? [];
  const end = endOf(space);
  const go = (): void => {
    const found = addressOf(text.value);
    wrong.value = found === null
      ? `'${text.value}' is no address: write it as 0x1f0 or 496`
      : found >= end ? `${space} has addresses up to ${hex(end - 1)}` : '';
    if (found !== null && wrong.value === '') goToMemory(space, found);
  };
  return (
    <form class="place" onSubmit={(event) => { event.preventDefault(); go(); }}>
      <select aria-label="address space" value={space} onChange={(e) => goToMemory(e.currentTarget.value, 0)}>
        {spaces.map((s) => <option key={s.name} value={s.name}>{s.name}</option>)}
      </select>
      <input
        class="mono" aria-label="address" value={text.value} size={12} aria-invalid={wrong.value !== ''}
        onInput={(e) => { text.value = e.currentTarget.value; }}
      />
      <button>go</button>
      <button
        type="button" aria-label="page before" disabled={address < PAGE}
        onClick={() => goToMemory(space, address - PAGE)}
      >
        ↑
      </button>
      <button
        type="button" aria-label="next page" disabled={address + PAGE >= end}
        onClick={() => goToMemory(space, address + PAGE)}
      >
        ↓
      </button>
      {wrong.value !== '' && <p class="bad" role="alert">{wrong.value}</p>}
    </form>
  );
}

/** One behind the last address of a space of the active machine. */
function endOf(space: string): number {
  return 2 ** (activePane.value.sheet.value?.board.spaces.find((s) => s.name === space)?.bits ?? 32);
}

function Bytes({ look, before, cursor, end, keyed }: {
  readonly look: MemoryLook; readonly before: MemoryLook | null; readonly cursor: number; readonly end: number;
  readonly keyed: { current: boolean };
}) {
  const grid = useRef<HTMLTableElement>(null);
  const changed = useMemo(() => changesOfMemory(before, look), [before, look]);
  const { space, address: from, bytes, kinds } = look;
  const onKeyDown = (event: KeyboardEvent): void => {
    const step = KEYS[event.key];
    if (step === undefined || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    event.stopPropagation();
    keyed.current = true;
    goToMemory(space, Math.min(end - 1, Math.max(0, cursor + step)));
  };
  // The focus goes with the cursor, if it is in the table at all.
  useEffect(() => {
    const table = grid.current, { activeElement: focused, body } = document;
    if (table === null || !(table.contains(focused) || (keyed.current && focused === body))) return;
    const cell = table.querySelector<HTMLElement>('[tabindex="0"]');
    if (cell === null) return;
    keyed.current = false;
    cell.focus();
  }, [cursor, from]);
  const rows = Array.from({ length: Math.ceil(bytes.length / COLUMNS) }, (_, n) => n * COLUMNS);
  const names = [...new Set(look.regions.map((r) => r.name))].filter((n) => n !== 'none').join(', ');
  return (
    <table class="bytes mono" role="grid" ref={grid} onKeyDown={onKeyDown}>
      <caption>{names === '' ? 'Nobody answers here' : names}</caption>
      <tbody>
        {rows.map((row) => (
          <tr key={row}>
            <th scope="row" class="soft">{hex(from + row, addressDigits(space)).slice(2)}</th>
            {Array.from({ length: Math.min(COLUMNS, bytes.length - row) }, (_, n) => row + n).map((i) => {
              const at = from + i, kind = kinds[i];
              const classes = [
                changed.has(at) ? 'changed' : '', kind === BYTE.READ_CHANGES ? 'read-changes' : '',
                kind === BYTE.NOBODY ? 'soft' : bytes[i] === 0 ? 'zero' : '', at === cursor ? 'cursor' : '',
              ].join(' ');
              return (
                <td
                  key={i} class={classes} tabIndex={at === cursor ? 0 : -1} aria-selected={at === cursor}
                  onClick={() => goToMemory(space, at)}
                >
                  {kind === BYTE.NOBODY ? '--' : (bytes[i] as number).toString(16).padStart(2, '0')}
                </td>
              );
            })}
            <td class="text soft" aria-hidden="true">{textOf(bytes.subarray(row, row + COLUMNS))}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function textOf(bytes: Uint8Array): string {
  return Array.from(bytes, (b) => (b >= 0x20 && b < 0x7f ? String.fromCharCode(b) : '·')).join('');
}
