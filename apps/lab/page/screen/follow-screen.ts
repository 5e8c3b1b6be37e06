import { computed, effect, signal, untracked } from '@preact/signals';
import type { PictureMark, ScreenLook } from '../../protocol/screen.ts';
import { nextFrame } from '../canvas.ts';
import { messageOf } from '../state/message-of.ts';
import type { Pane } from '../state/pane.ts';
import { active, activePane, moments, pace, playing, START } from '../state/workbench.ts';

/** What the reader chose: the front's picture or that of the moment; null: nothing. */
export const chosen = signal<boolean | null>(null);

/** The picture is that of the front, as it is now. */
export const atFront = computed(() => {
  if (chosen.value !== null) return chosen.value;
  const moment = moments[active.value].value;
  return moment === START || (playing.value && pace.value === 'full') ||
    moment.time >= (activePane.value.status.value?.now ?? 0);
});

/**
 * Looks at the screen of the active pane until the returned function is called: at the front once a
 * frame of the page while it runs, otherwise whenever the moment moves. One look at a time.
 * @param shown called with what is new
 * @param failed called with why a look failed; '': it did not
 */
export function followScreen(
  pane: Pane, shown: (look: ScreenLook) => void, failed: (why: string) => void,
): () => void {
  let gone = false, busy = false, due = false;
  let seen: PictureMark | null = null;
  const running = (): boolean => atFront.peek() && pane.status.peek()?.state === 'running';
  const look = async (): Promise<void> => {
    due = true;
    if (busy) return;
    busy = true;
    for (;;) {
      if (gone || !(due || running())) break;
      due = false;
      const time = atFront.peek() ? Infinity : moments[active.peek()].peek().time;
      try {
        const found = await pane.settled(pane.remote.screen.look(time, seen));
        if (gone || found === undefined) break;
        if (found !== null) {
          seen = found.mark;
          shown(found);
        }
        failed('');
      } catch (error) {
        if (!gone) failed(messageOf(error));
        break;
      }
      await nextFrame();
    }
    busy = false;
  };
  const stop = effect(() => {
    void [pane.status.value, moments[active.value].value, atFront.value];
    untracked(() => { void look(); });
  });
  return () => {
    gone = true;
    stop();
  };
}
