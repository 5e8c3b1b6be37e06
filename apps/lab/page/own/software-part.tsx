import { useRef } from 'preact/hooks';
import { formatCount } from '../../../../src/control/quantities.ts';
import type { FileRole } from '../../../../src/control/software/own-files.ts';
import { shown } from '../state/workbench.ts';
import {
  append, drop, files, looking, putScreen, record, recorded, refusals, run, runnable, take, texts, type, withScreen,
} from './state.ts';
import { Cards, MachineOptions } from './machine-options.tsx';
import { asked, Outcome } from './outcome.tsx';

const ROLES: readonly (readonly [FileRole, string])[] = [
  ['program', 'Program'], ['kernel', 'Linux kernel'], ['vmlinux', 'Kernel, unpacked'], ['initrd', 'Initrd'],
  ['disk', 'Disk'], ['cd', 'CD'],
];

/** Files, what they are for, and how they are run. */
export function SoftwarePart() {
  const chooser = useRef<HTMLInputElement>(null);
  return (
    <div class="own-part">
      <p class="own-hint">
        Drop files anywhere on the page, or choose them: a program (32-bit ELF or multiboot), or a Linux kernel for
        i386 with its initrd; a raw disk image or a CD image (.iso) if you like. Nothing leaves your computer. A BIOS
        cannot be given here: the command line has <code>--bios</code>.
      </p>
      <div class="own-row">
        <button onClick={() => chooser.current?.click()}>Choose files…</button>
        <input
          ref={chooser} type="file" multiple hidden aria-label="files"
          onChange={(event) => {
            const input = event.currentTarget;
            void take([...input.files ?? []]).then(() => { input.value = ''; });
          }}
        />
        {looking.value && <span role="status">looking at them…</span>}
      </div>
      {refusals.value.length > 0 && (
        <div role="alert" class="own-wrong">{refusals.value.map((line) => <p key={line}>{line}.</p>)}</div>
      )}
      <FileList />
      {runnable.value && <Choices />}
      <div class="own-row">
        <button class="primary" disabled={!runnable.value} onClick={() => { void run(); }}>Run</button>
        {!runnable.value && <span class="own-hint">a kernel or a program is missing</span>}
      </div>
      {asked.value ? <Outcome /> : <LinuxHint />}
      {shown.value === 2 && runnable.value && <p class="own-hint">It takes the place of both machines.</p>}
    </div>
  );
}

function FileList() {
  const given = ROLES.filter(([role]) => files.value[role] !== undefined);
  if (given.length === 0) return null;
  return (
    <table class="own-files">
      <tbody>
        {given.map(([role, title]) => {
          const file = files.value[role] as File;
          return (
            <tr key={role}>
              <th scope="row">{title}</th>
              <td class="mono">{file.name}</td>
              <td class="own-number">{formatCount(file.size)} bytes</td>
              <td><button aria-label={`take ${title} away`} onClick={() => drop(role)}>×</button></td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}

function Choices() {
  return (
    <div class="own-choices">
      <label>
        <span>Command line</span>
        <input
          class="mono" value={append.value} spellcheck={false}
          placeholder={files.value.kernel === undefined ? 'none' : 'console=ttyS0,115200'}
          onInput={(event) => { append.value = event.currentTarget.value; }}
        />
      </label>
      <label>
        <span>Memory</span>
        <input
          class="mono" value={texts.value['ram'] ?? ''} placeholder="256MiB" spellcheck={false}
          onInput={(event) => type('ram', event.currentTarget.value)}
        />
      </label>
      <MachineOptions />
      <Cards />
      <label class="own-check">
        <input
          type="checkbox" checked={withScreen.value}
          onChange={(event) => putScreen(event.currentTarget.checked)}
        />
        <span>Display card (vga): its picture is under Screen</span>
      </label>
      <label class="own-check">
        <input
          type="checkbox" checked={recorded.value}
          onChange={(event) => { record.value = event.currentTarget.checked; }}
        />
        <span>Record every transfer (slower; needs memory)</span>
      </label>
    </div>
  );
}

/** How a Linux is had, in three lines. */
function LinuxHint() {
  return (
    <div class="own-hint">
      <p>A Linux to try:</p>
      <ol>
        <li>
          <code>npx northbridge guest prepare debian</code> makes one from Debian's packages and prints where it is.
        </li>
        <li>Drop <code>vmlinuz</code>, <code>vmlinux</code> and <code>initrd</code> from there onto this page.</li>
        <li>Add <code>rdinit=/bin/sh</code> to the command line for a shell, press Run, open the terminal.</li>
      </ol>
    </div>
  );
}
