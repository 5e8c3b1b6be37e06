import type { BoardDescription } from '../../../../src/machine/describe.ts';
import { initiatorStyle } from '../palette.ts';
import { ShapeMark } from '../shape-mark.tsx';
import type { Drawing } from './drawing.ts';

/** Shape and colour of those who have made transfers until the moment. */
export function Legend({ drawing, board }: { drawing: Drawing; board: BoardDescription | null }) {
  const names = drawing.initiators.value;
  return (
    <span class="machine-legend">
      {names.map((name) => (
        <span key={name}><ShapeMark style={initiatorStyle(name, board)} size={10} /> {name}</span>
      ))}
    </span>
  );
}
