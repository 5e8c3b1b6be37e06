import { useEffect } from 'preact/hooks';
import type { GuestKind } from '../../../../src/control/experiments/experiment.ts';
import type { MethodSheet } from '../../../../src/control/experiments/sheet.ts';
import { plans } from '../state/actions.ts';
import { CarrierMarks, carrierWords } from './carriers.tsx';
import { CommandLine } from './command-line.tsx';
import { Drop } from './drop.tsx';
import { groupsOf } from './groups.ts';
import { opened, openForLook, openingNote } from './open-machines.ts';
import { ParameterForm } from './parameter-form.tsx';
import {
  beginForm, check, choose, chooseGuest, experiment, fields, guest, methods, request, runsHere, sheet, sheets,
  sheetsFailure, texts, tick, ticked, type,
} from './request.ts';
import { cancel, run, shownResult } from './runs.ts';

const GUESTS: Readonly<Record<GuestKind, string>> = { bare: 'our own program', debian: 'Debian\'s kernel' };

/** The question, and everything that can be chosen before it is run. */
export function ExperimentBar() {
  useEffect(() => { void beginForm(); }, []);
  if (sheet.value === null)
    return (
      <section aria-label="experiment" class="experiment-bar">
        <p class="waiting" role="status">
          {sheetsFailure.value === ''
            ? 'Fetching the experiments.'
            : <>The experiments cannot be had: {sheetsFailure.value}. <button onClick={beginForm}>Again</button></>}
        </p>
      </section>
    );
  return (
    <section aria-label="experiment" class="experiment-bar">
      <div class="question">
        <h1>{sheet.value.question}</h1>
        <Questions />
      </div>
      <div class="choices">
        {sheet.value.guests.length > 1 && (
          <label class="guest">
            by <select aria-label="guest" value={guest.value}
              onChange={(e) => chooseGuest(e.currentTarget.value as GuestKind)}>
              {sheet.value.guests.map((g) => <option key={g.guest} value={g.guest}>{GUESTS[g.guest]}</option>)}
            </select>
          </label>
        )}
        <MethodBoxes />
        <Parameters />
        <Buttons />
      </div>
      <Problem />
      {opened.value !== '' && plans.value[0]?.experiment === experiment.value && (
        <p class="opened" role="status">
          {opened.value}{' '}
          <button class="plain" aria-label="close this note" onClick={() => { opened.value = ''; }}>×</button>
        </p>
      )}
    </section>
  );
}

/** All questions, by what they are about. */
function Questions() {
  return (
    <Drop title="All questions" wide>
      {(close) => (
        <div class="questions">
          {groupsOf(sheets.value).map(([title, list]) => (
            <section key={title}>
              <h2>{title}</h2>
              {list.map((s) => (
                <button key={s.name} class="plain" aria-current={s.name === experiment.value}
                  onClick={() => {
                    choose(s.name);
                    close();
                  }}>{s.question}</button>
              ))}
            </section>
          ))}
        </div>
      )}
    </Drop>
  );
}

function MethodBoxes() {
  const usual = methods.value.filter((m) => m.usual), further = methods.value.filter((m) => !m.usual);
  return (
    <fieldset class="methods">
      <legend class="hidden">methods</legend>
      {usual.map((m) => <MethodBox key={m.method} {...m} />)}
      {further.length > 0 && (
        <Drop title={`${further.length} more`}>
          {() => further.map((m) => <MethodBox key={m.method} {...m} />)}
        </Drop>
      )}
    </fieldset>
  );
}

function MethodBox({ method, carriers }: MethodSheet) {
  return (
    <label title={carrierWords(carriers)}>
      <input type="checkbox" checked={ticked.value.has(method)}
        onChange={(e) => tick(method, e.currentTarget.checked)} />
      <CarrierMarks carriers={carriers} /> {method}
    </label>
  );
}

function Parameters() {
  const changed = fields.value.filter((f) => texts.value[f.name] !== undefined);
  return (
    <>
      {changed.map((f) => (
        <button key={f.name} class="chip" onClick={() => type(f.name, '')}
          aria-label={`${f.word} ${texts.value[f.name]}: back to ${f.initial}`} title={`back to ${f.initial}`}>
          {f.word} {texts.value[f.name]} <span aria-hidden="true">×</span>
        </button>
      ))}
      <Drop title="Parameters" wide>{() => <><ParameterForm /><CommandLine /></>}</Drop>
    </>
  );
}

function Buttons() {
  const wanted = request.value, running = shownResult.value?.state === 'running';
  const possible = wanted !== null && runsHere.value && (check.value?.problem ?? null) === null;
  return (
    <div class="buttons">
      {/* Before it, so that a second click on Run runs anew and cancels nothing. */}
      {running && <button onClick={cancel}>Cancel</button>}
      <button class="primary" disabled={!possible} onClick={() => { if (wanted !== null) void run(wanted); }}>
        Run
      </button>
      <button disabled={!possible} title={wanted === null ? undefined : openingNote(wanted)}
        onClick={() => { if (wanted !== null) void openForLook(wanted); }}>Open in the machine</button>
    </div>
  );
}

/** Why it cannot be run as it stands, and what to do. */
function Problem() {
  const problem = check.value?.problem ?? null;
  const text = !runsHere.value
    ? 'Debian\'s kernel is no part of this page. The command line fetches it:'
    : methods.value.length > 0 && request.value === null ? 'Tick a method to run it.' : problem?.message ?? '';
  if (text === '') return null;
  const command = runsHere.value ? null : check.value?.command ?? null;
  return <p class="problem" role="alert">{text} {command !== null && <code>npx {command}</code>}</p>;
}
