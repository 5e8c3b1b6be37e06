import { proxy } from 'comlink';
import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import type { FitAddon } from '@xterm/addon-fit';
import type { ITheme, Terminal } from '@xterm/xterm';
import { onPaperChange } from '../colours.ts';
import { messageOf } from '../state/message-of.ts';
import { activePane } from '../state/workbench.ts';
import { readsAloud } from './terminal-state.ts';

/** COM1 of the active machine: what it says, and keys for it. */
export function TerminalPart() {
  const place = useRef<HTMLDivElement>(null);
  const failure = useSignal('');
  const pane = activePane.value, sheet = pane.sheet.value;
  useEffect(() => {
    if (place.current === null || sheet === null) return;
    const host = place.current, { terminal: line } = pane.remote;
    let gone = false, close = (): void => {};
    void openTerminal(host).then(({ term, fit }) => {
      if (gone) return void term.dispose();
      const observer = new ResizeObserver(() => fit.fit());
      observer.observe(host);
      // Tab is the guest's. By Shift and Tab the keyboard leaves: it must be no trap.
      term.attachCustomKeyEventHandler((event) => !(event.key === 'Tab' && event.shiftKey));
      const paper = onPaperChange(() => { term.options.theme = themeOf(host); });
      const typed = term.onData((text) => { void line.type(text); });
      void line.follow(proxy((bytes: Uint8Array) => new Promise<void>((resolve) => {
        if (gone) resolve();
        else term.write(bytes, resolve);
      })));
      close = () => {
        observer.disconnect();
        paper();
        typed.dispose();
        term.dispose();
      };
    }, (error: unknown) => { failure.value = messageOf(error); });
    return () => {
      gone = true;
      close();
    };
  }, [sheet, readsAloud.value]);
  if (sheet === null) return <p class="own-hint">No machine is open: run one, and what it says on COM1 is here.</p>;
  return (
    <div class="own-part own-terminal-part">
      <div ref={place} class="own-terminal" role="group" aria-label="terminal on COM1" />
      {failure.value !== '' && <p role="alert" class="own-wrong">The terminal could not be loaded: {failure.value}</p>}
      <div class="own-row">
        <span class="own-hint">COM1 as it is now, whichever moment is shown. Keys go to the guest; Shift and Tab
          leave it.</span>
        <label class="own-check">
          <input
            type="checkbox" checked={readsAloud.value}
            onChange={(event) => { readsAloud.value = event.currentTarget.checked; }}
          />
          <span>screen reader</span>
        </label>
      </div>
    </div>
  );
}

async function openTerminal(host: HTMLElement): Promise<{ term: Terminal; fit: FitAddon }> {
  const [{ Terminal: Screen }, { FitAddon: Fit }] = await Promise.all([
    import('@xterm/xterm'), import('@xterm/addon-fit'),
  ]);
  const style = getComputedStyle(host);
  const term = new Screen({
    cols: 80, rows: 24, scrollback: 5000, fontSize: 12, fontFamily: style.fontFamily,
    screenReaderMode: readsAloud.value, convertEol: false, cursorBlink: false,
    theme: themeOf(host),
  });
  const fit = new Fit();
  term.loadAddon(fit);
  term.open(host);
  fit.fit();
  return { term, fit };
}

function themeOf(host: HTMLElement): ITheme {
  const { backgroundColor: background, color } = getComputedStyle(host);
  return { background, foreground: color, cursor: color };
}
