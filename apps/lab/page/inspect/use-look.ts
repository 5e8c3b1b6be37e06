import { effect, useSignal } from '@preact/signals';
import type { Remote } from 'comlink';
import { useEffect, useRef } from 'preact/hooks';
import type { Ticks } from '../../../../src/sim/time.ts';
import type { AsOf } from '../../protocol/inspect.ts';
import type { LabWorker } from '../../protocol/worker.ts';
import { messageOf } from '../state/message-of.ts';
import { active, activePane, moments, pace, playing } from '../state/workbench.ts';

/** What was seen at the moment, and at the moment before that one. */
export interface Looked<T> {
  readonly now: AsOf<T> | null;
  readonly before: AsOf<T> | null;
  /** Why nothing new is seen; '' if all is well. */
  readonly failure: string;
}

/** Between two looks while the moment moves (ms). */
const PAUSE = 120;

/**
 * Looks at the active machine at the moment shown, again whenever that moves, one look at a time.
 * `key`: says what is looked at; another key begins anew.
 */
export function useLook<T>(
  key: string, ask: (worker: Remote<LabWorker>, time: Ticks) => Promise<AsOf<T>>,
): Looked<T> {
  const shown = useSignal<Looked<T>>({ now: null, before: null, failure: '' });
  const latest = useRef(ask);
  latest.current = ask;
  const pane = activePane.value, sheet = pane.sheet.value;
  useEffect(() => {
    let alive = true, busy = false, wanted: Ticks | null = null, timer: ReturnType<typeof setTimeout> | undefined;
    shown.value = { now: null, before: null, failure: '' };
    if (sheet === null) return undefined;
    const look = async (): Promise<void> => {
      if (busy || wanted === null) return;
      busy = true;
      const time = wanted;
      wanted = null;
      try {
        const now = await latest.current(pane.remote, time);
        const { now: last, before } = shown.peek();
        if (alive) shown.value = { now, before: last !== null && last.at !== now.at ? last : before, failure: '' };
      } catch (error) {
        if (alive) shown.value = { ...shown.peek(), failure: messageOf(error) };
      }
      if (!alive) return;
      timer = setTimeout(() => {
        busy = false;
        void look();
      }, PAUSE);
    };
    const stop = effect(() => {
      const { time } = moments[active.value].value;
      // The newest moment is where the machine is; to go to one just behind it would run it twice.
      wanted = playing.value && pace.value === 'full' ? Infinity : time;
      void look();
    });
    return () => {
      alive = false;
      stop();
      clearTimeout(timer);
    };
  }, [key, pane, sheet]);
  return shown.value;
}
