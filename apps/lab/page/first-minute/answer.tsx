import { lanes, race } from './race.ts';

/** The sentence under the pair, which completes itself with what was measured. */
export function Answer() {
  const [left, right] = lanes.map((l) => l.value);
  return (
    <p class="answer" aria-live="polite">
      {race.value === 'opening' ? 'Both machines start.' : ''}
      {right?.over === true && left?.over !== true ? 'By DMA it is done; by memory-mapped I/O it still goes on.' : ''}
    </p>
  );
}
