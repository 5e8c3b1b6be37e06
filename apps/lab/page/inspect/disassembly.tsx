import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { CodeLook } from '../../../../src/control/inspect/processor.ts';
import { messageOf } from '../state/message-of.ts';
import { instructionsOf, loadDisassembler, type Instruction } from './disassembler.ts';
import { hex } from './format.ts';

const SHOWN = 12;

/** Instructions from the next one on. */
export function Disassembly({ code }: { readonly code: CodeLook }) {
  const lines = useSignal<readonly Instruction[] | null>(null), failure = useSignal('');
  useEffect(() => {
    let alive = true;
    void (async () => {
      try {
        const disassembler = await loadDisassembler();
        if (alive) lines.value = instructionsOf(disassembler, code).slice(0, SHOWN);
      } catch (error) {
        if (alive) failure.value = messageOf(error);
      }
    })();
    return () => { alive = false; };
  }, [code]);
  if (failure.value !== '')
    return <p class="empty">The disassembler could not be loaded ({failure.value}). Everything else works.</p>;
  if (lines.value === null) return <p class="empty">Loading the disassembler…</p>;
  if (lines.value.length === 0) return <p class="empty">The next instruction does not stand in memory.</p>;
  return (
    <table class="code mono">
      <caption>Code, {code.codeBits} bits</caption>
      <tbody>
        {lines.value.map((i) => (
          <tr key={i.address} {...(i.address === code.address ? { 'class': 'current', 'aria-current': 'step' } : {})}>
            <td aria-hidden="true">{i.address === code.address ? '▸' : ''}</td>
            <th scope="row" class="soft">{hex(i.address, 8).slice(2)}</th>
            <td>{i.mnemonic}</td>
            <td>{i.operands}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
