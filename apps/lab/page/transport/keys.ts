/** Keys that work wherever no text is typed. */
import { signal } from '@preact/signals';
import { view } from '../state/actions.ts';
import { activePane, playing } from '../state/workbench.ts';
import { back, end, forward, home, stepInstruction, stepInterrupt, stepsWait } from './player.ts';

/** The list of keys is shown. */
export const keysShown = signal(false);

/** What there is, for the list. */
export const KEYS: readonly (readonly [keys: string, does: string])[] = [
  ['Space', 'play or pause'],
  ['← →', 'one step of the pace back or forward'],
  ['Shift ← →', 'one instruction back or forward'],
  ['[ ]', 'to the interrupt before or after'],
  ['Home', 'to the mark begin; once more: to the reset'],
  ['End', 'to the newest moment'],
  ['?', 'this list'],
];

const ACTIONS: Readonly<Record<string, () => void>> = {
  ' ': () => { playing.value = !playing.value; },
  ArrowLeft: () => void back(),
  ArrowRight: () => void forward(),
  'Shift+ArrowLeft': () => void stepInstruction(-1),
  'Shift+ArrowRight': () => void stepInstruction(1),
  '[': () => void stepInterrupt(-1),
  ']': () => void stepInterrupt(1),
  Home: home,
  End: end,
  '?': () => { keysShown.value = !keysShown.value; },
  Escape: () => { keysShown.value = false; },
};

/** Elements that have a use of their own for some keys. */
const OWN_KEYS = 'input, select, textarea, [contenteditable], [role="textbox"], .cm-editor, .xterm';
const PRESSED_BY_SPACE = 'button, summary, a[href], [role="button"], [role="tab"]';

/** Listens from now on. */
export function startKeys(): void {
  document.addEventListener('keydown', (event) => {
    if (view.value === 'minute' || event.defaultPrevented || event.ctrlKey || event.altKey || event.metaKey) return;
    const target = event.target instanceof Element ? event.target : null;
    if (target?.closest(OWN_KEYS) || (event.key === ' ' && target?.closest(PRESSED_BY_SPACE))) return;
    const arrow = event.key.startsWith('Arrow');
    const action = ACTIONS[event.shiftKey && arrow ? `Shift+${event.key}` : event.key];
    const needsMachine = event.key !== '?' && event.key !== 'Escape';
    if (action === undefined || (needsMachine && activePane.value.sheet.value === null)) return;
    event.preventDefault();
    if (!event.repeat || !stepsWait()) action();
  });
}
