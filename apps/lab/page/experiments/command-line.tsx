import { useSignal } from '@preact/signals';
import { check } from './request.ts';

/** The command line that does what the form says. */
export function CommandLine() {
  const command = check.value?.command ?? '';
  return command === '' ? null : <Copied text={`npx ${command}`} name="command line" />;
}

/** A line of text with a button that copies it. */
export function Copied({ text, name }: { text: string; name: string }) {
  const said = useSignal('Copy');
  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(text);
      said.value = 'Copied';
    } catch {
      said.value = 'Not allowed here';
    }
    setTimeout(() => { said.value = 'Copy'; }, 1500);
  };
  return (
    <p class="copied">
      <code>{text}</code> <button aria-label={`copy the ${name}`} onClick={copy}>{said.value}</button>
    </p>
  );
}
