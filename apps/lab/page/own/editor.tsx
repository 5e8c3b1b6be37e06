import { useEffect, useRef } from 'preact/hooks';
import { useSignal, type Signal } from '@preact/signals';

/** An editor for TypeScript; a plain text field until it is loaded, and where it cannot be. */
export function Editor({ text, label }: { text: Signal<string>; label: string }) {
  const place = useRef<HTMLDivElement>(null);
  const loaded = useSignal(false);
  useEffect(() => {
    let gone = false, close = (): void => {};
    void openEditor(place.current as HTMLElement, text, label).then((end) => {
      if (gone) return end();
      close = end;
      loaded.value = true;
    }, () => {});
    return () => {
      gone = true;
      close();
    };
  }, []);
  return (
    <div class="own-editor">
      <div ref={place} class="own-code" hidden={!loaded.value} />
      {!loaded.value && (
        <textarea
          class="mono" aria-label={label} spellcheck={false} value={text.value}
          onInput={(event) => { text.value = event.currentTarget.value; }}
        />
      )}
    </div>
  );
}

async function openEditor(place: HTMLElement, text: Signal<string>, label: string): Promise<() => void> {
  const [{ EditorView, basicSetup }, { javascript }, { HighlightStyle, syntaxHighlighting }, { tags }] =
    await Promise.all([
      import('codemirror'), import('@codemirror/lang-javascript'), import('@codemirror/language'),
      import('@lezer/highlight'),
    ]);
  // The page's own colours, which follow dark and light.
  const colours = HighlightStyle.define([
    { tag: tags.comment, color: 'var(--ink-soft)', fontStyle: 'italic' },
    { tag: [tags.keyword, tags.modifier], color: 'var(--accent)' },
    { tag: [tags.string, tags.number, tags.bool], color: 'var(--good)' },
  ]);
  const view = new EditorView({
    doc: text.value, parent: place,
    extensions: [
      basicSetup, javascript({ typescript: true }), syntaxHighlighting(colours),
      EditorView.contentAttributes.of({ 'aria-label': label }),
      EditorView.updateListener.of((update) => {
        if (update.docChanged) text.value = update.state.doc.toString();
      }),
    ],
  });
  const forget = text.subscribe((now) => {
    if (now !== view.state.doc.toString())
      view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: now } });
  });
  return () => {
    forget();
    view.destroy();
  };
}
