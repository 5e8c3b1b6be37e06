import { panes } from '../state/workbench.ts';
import { initiatorStyle } from '../palette.ts';
import { ShapeMark } from '../shape-mark.tsx';
import { arrangement, chosenLane, rows, sides } from './model.ts';
import { AXIS_HEIGHT } from './paint-axis.ts';
import { heightOf, moved, pin, thin, type Row } from './rows.ts';

const TITLES = {
  initiator: 'begins transfers', target: 'answers', request: 'DMA requests: what is left to move', line: 'line',
  handler: 'interrupt handlers', event: 'event',
  note: 'what is wrong, in words', mark: 'marks',
} as const;

/** The names of the lanes, with what can be done to the one that is chosen. */
export function LaneNames() {
  const all = rows.value;
  return (
    <ol class="lane-names" style={{ height: `${heightOf(all) + AXIS_HEIGHT}px`, paddingTop: `${AXIS_HEIGHT}px` }}>
      {all.map((row, n) => (row.lane === null ? <Heading key={`heading ${n}`} row={row} /> : (
        <LaneName key={`${row.panes.join('')} ${row.lane.key}`} row={row} />
      )))}
    </ol>
  );
}

function Heading({ row }: { row: Row }) {
  const foldable = row.panes.length === 0;
  return (
    <li class="lane-heading" style={{ height: `${row.height}px` }}>
      {foldable
        ? (
          <button
            class="bare" aria-expanded={arrangement.value.quiet}
            onClick={() => { arrangement.value = { ...arrangement.value, quiet: !arrangement.value.quiet }; }}
          >
            {row.label}
          </button>
        )
        : row.label}
    </li>
  );
}

function LaneName({ row }: { row: Row }) {
  const { lane } = row;
  if (lane === null) return null;
  const chosen = lane.key === chosenLane.value, { pinned, thin: thinned } = arrangement.value;
  const tab = chosen ? 0 : -1;
  const lanes = (): Parameters<typeof moved>[1] => sides[row.panes[0] ?? 0].lanes.peek();
  const isThin = thinned.has(lane.key);
  return (
    <li
      data-lane={lane.key} class={`lane-name${chosen ? ' chosen' : ''}${isThin ? ' thin' : ''}`}
      style={{ height: `${row.height}px` }}
      aria-current={chosen} title={`${lane.name}: ${TITLES[lane.kind]}`}
      onClick={() => { chosenLane.value = lane.key; }}
    >
      <Mark row={row} />
      <span class="name">{lane.name}</span>
      {!isThin && row.panes.length === 2 && (
        <span class="both" title="A, B, and where only one is busy">A<br />B</span>
      )}
      {!isThin && lane.kind !== 'initiator' && <span class="kind">{KIND_WORDS[lane.kind]}</span>}
      <span class="lane-tools">
        <button
          class="bare" tabIndex={tab} aria-pressed={pinned.includes(lane.key)} title="pin to the top (o)"
          aria-label={`pin ${lane.name} to the top`}
          onClick={() => { arrangement.value = pin(arrangement.value, lane.key); }}
        >
          {pinned.includes(lane.key) ? '◆' : '◇'}
        </button>
        <button
          class="bare" tabIndex={tab} aria-label={`${lane.name} one row up`} title="up (Alt ↑)"
          onClick={() => { arrangement.value = moved(arrangement.value, lanes(), lane.key, -1); }}
        >
          ↑
        </button>
        <button
          class="bare" tabIndex={tab} aria-label={`${lane.name} one row down`} title="down (Alt ↓)"
          onClick={() => { arrangement.value = moved(arrangement.value, lanes(), lane.key, 1); }}
        >
          ↓
        </button>
        <button
          class="bare" tabIndex={tab} aria-pressed={isThin} aria-label={`${lane.name} thin`} title="thin (x)"
          onClick={() => { arrangement.value = thin(arrangement.value, lane.key); }}
        >
          {isThin ? '+' : '−'}
        </button>
      </span>
    </li>
  );
}

const KIND_WORDS = {
  initiator: '', target: '', request: 'DMA', line: 'line', handler: 'handler', event: 'event',
  note: '', mark: '',
} as const;

/** Shape and colour of who begins transfers. */
function Mark({ row: { lane, panes: [pane = 0] } }: { row: Row }) {
  const board = panes[pane].sheet.value?.board ?? null;
  if (lane === null || (lane.kind !== 'initiator' && lane.kind !== 'request')) return <i class="lane-mark" />;
  return <ShapeMark class="lane-mark" style={initiatorStyle(lane.name, board)} />;
}
