import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import type { MachineInput } from '../../../../src/host/input.ts';
import { formatSeconds } from '../../../../src/control/quantities.ts';
import { toSeconds } from '../../../../src/sim/time.ts';
import type { MachineSheet } from '../../protocol/machine.ts';
import type { ScreenLook } from '../../protocol/screen.ts';
import type { Pane } from '../state/pane.ts';
import { activePane } from '../state/workbench.ts';
import { capture, type Capture } from './capture.ts';
import { atFront, chosen, followScreen } from './follow-screen.ts';
import { paintScreen } from './paint-screen.ts';

/** What the active machine's monitor shows; its keyboard and mouse. */
export function ScreenPanel() {
  const pane = activePane.value, sheet = pane.sheet.value;
  return (
    <section aria-label="screen" class="screen">
      {sheet?.screen === true
        ? <Screen pane={pane} sheet={sheet} />
        : <p class="screen-hint">This machine has no display card.</p>}
    </section>
  );
}

function Screen({ pane, sheet }: { readonly pane: Pane; readonly sheet: MachineSheet }) {
  const place = useRef<HTMLDivElement>(null), canvas = useRef<HTMLCanvasElement>(null);
  const latest = useRef<ScreenLook | null>(null);
  const caption = useSignal(''), text = useSignal<string | null>(null), failure = useSignal('');
  const empty = useSignal(true);
  const paint = (): void => {
    const state = pane.status.peek()?.state;
    if (canvas.current !== null && place.current !== null && latest.current !== null)
      paintScreen(canvas.current, place.current.clientWidth, latest.current, state !== 'running' || !atFront.peek());
  };
  useEffect(() => {
    latest.current = null;
    const stop = followScreen(pane, (look) => {
      latest.current = look;
      empty.value = look.picture === null;
      caption.value = words(look);
      text.value = look.text?.join('\n') ?? null;
      paint();
    }, (why) => { failure.value = why; });
    const observer = new ResizeObserver(paint);
    observer.observe(place.current as Element);
    return () => {
      stop();
      observer.disconnect();
    };
  }, [pane, sheet]);
  return (
    <>
      <Captured pane={pane} sheet={sheet}>
        <div ref={place} class="screen-place">
          <canvas ref={canvas} role="img" aria-label={`monitor: ${caption.value}`} hidden={empty.value} />
          {empty.value && <p class="screen-hint">No picture: the machine has set no video mode yet.</p>}
        </div>
      </Captured>
      <p class="screen-hint">{caption.value}</p>
      {failure.value !== '' && <p role="alert" class="screen-wrong">{failure.value}</p>}
      <label class="screen-check">
        <input
          type="checkbox" checked={atFront.value}
          onChange={(event) => { chosen.value = event.currentTarget.checked; }}
        />
        <span>as it is now, whichever moment is shown</span>
      </label>
      {text.value !== null && (
        <details class="screen-text">
          <summary>Text on the screen</summary>
          <pre role="log" aria-label="text on the screen" tabIndex={0}>{text.value}</pre>
        </details>
      )}
    </>
  );
}

function words({ mark, picture, beamLine }: ScreenLook): string {
  const size = picture === null ? 'no picture' : `${picture.width} × ${picture.height}, picture ${mark.frames}`;
  const beam = beamLine === null ? '' : `, beam in line ${beamLine}`;
  return `${size}${beam}, at ${formatSeconds(toSeconds(mark.at))}`;
}

/** Gives keys and mouse to the machine after a click, until Escape is pressed twice. */
function Captured({ pane, sheet, children }: {
  readonly pane: Pane; readonly sheet: MachineSheet; readonly children: preact.ComponentChildren;
}) {
  const box = useRef<HTMLDivElement>(null), button = useRef<HTMLButtonElement>(null);
  const on = useSignal<Capture | null>(null);
  const end = (): void => {
    on.peek()?.end();
    on.value = null;
    if (document.pointerLockElement === box.current) document.exitPointerLock();
  };
  useEffect(() => {
    const changed = (): void => {
      if (document.pointerLockElement !== box.current) on.peek()?.mouseGone();
    };
    document.addEventListener('pointerlockchange', changed);
    return () => {
      document.removeEventListener('pointerlockchange', changed);
      end();
    };
  }, [pane, sheet]);
  const begin = (): void => {
    if (!sheet.keyboard) return;
    if (on.peek() === null) {
      const put = (inputs: readonly MachineInput[]): void => {
        // A machine that is gone takes no keys; its pane says so.
        void pane.settled(pane.remote.screen.put(inputs)).catch(() => {});
      };
      on.value = capture(put, () => {
        end();
        button.current?.focus();
      });
      // What is typed arrives at the front.
      chosen.value = true;
    }
    box.current?.focus();
  };
  const locked = (): boolean => document.pointerLockElement === box.current;
  const pointed = (event: MouseEvent): void => {
    if (on.peek() !== null && locked()) on.peek()?.mouseButtons(event);
  };
  const click = (): void => {
    begin();
    // The browser may refuse: then there is the keyboard alone.
    if (sheet.mouse && !locked()) void Promise.resolve(box.current?.requestPointerLock()).catch(() => {});
  };
  return (
    <>
      <div
        ref={box} tabIndex={-1} role="application" aria-label="keyboard of the machine"
        class={on.value === null ? 'screen-box' : 'screen-box screen-captured'}
        onClick={click} onBlur={end} onMouseDown={pointed} onMouseUp={pointed}
        onKeyDown={(event) => on.peek()?.keyDown(event)} onKeyUp={(event) => on.peek()?.keyUp(event)}
        onMouseMove={(event) => { if (locked()) on.peek()?.mouseMove(event); }}
        onWheel={(event) => { if (locked()) on.peek()?.wheel(event); }}
      >
        {children}
      </div>
      {sheet.keyboard && (
        <p class="screen-row">
          {/* The focus stays where it is until the click: leaving the box gives the keyboard back. */}
          <button
            ref={button} onMouseDown={(event) => event.preventDefault()}
            onClick={() => (on.value === null ? begin() : end())}
          >
            {on.value === null ? 'Use its keyboard' : 'Give the keyboard back'}
          </button>{' '}
          <span role="status" class="screen-hint">
            {on.value === null ? 'A click on the picture takes keyboard and mouse.'
              : 'Keys go to the machine. Esc Esc gives the keyboard back; Esc frees the mouse. Some keys the ' +
                'browser keeps (Ctrl W, Ctrl T, Ctrl N).'}
          </span>
        </p>
      )}
    </>
  );
}
