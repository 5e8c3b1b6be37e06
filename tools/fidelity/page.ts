/** The fidelity page: what every model does and does not, and who stands for its figures. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { dataSheet } from '../../src/control/data-sheet.ts';
import { BOARDS } from '../../src/machine/boards/index.ts';
import { CARDS } from '../../src/machine/cards.ts';
import { DEVICE_NAMES, deviceOf } from '../../src/machine/catalogue.ts';
import { optionWord } from '../../src/machine/option-words.ts';
import type { Parameter } from '../../src/sim/parameter.ts';
import { proseOf } from './prose.ts';

export const ROOT = join(dirname(fileURLToPath(import.meta.url)), '../..');
export const PAGE = 'docs/fidelity.md';
export const COMMAND = 'npm run fidelity -- --write';

const HARDWARE = 'src/hw';
const DEVICE_CLASS = /^export class (\w+) extends (?:Device|PciFunction)\b/gm;

/** The page as it should be today. */
export function fidelityPage(): string {
  const readmes = readmesByClass();
  return [
    '# Fidelity', '',
    'Made from the models themselves (`' + COMMAND + '`): what each has of its chip and what not, and for every ' +
      'figure of time where it comes from and whether anybody has verified it.', '',
    '| verified by | means |', '|---|---|',
    '| document | the document that is named was read, and says so |',
    '| second-hand | somebody who read it says so, or a table of calibration that quotes it |',
    '| nobody | an assumption, or a choice |', '',
    ...BOARDS.flatMap(({ name, options }) => [
      `## Board ${name}: options`, '', ...optionTable(options),
    ]),
    '## Devices', '', 'Registers: `northbridge device NAME` prints each of them with its fields.', '',
    ...DEVICE_NAMES.flatMap((name) => deviceSection(name, readmes)),
  ].join('\n');
}

function deviceSection(name: string, readmes: ReadonlyMap<string, string>): string[] {
  const device = deviceOf(name);
  if (device === null) throw new Error(`there is no device ${name}`);
  const identity = device.describe(), options = CARDS[name]?.options ?? {};
  const sheet = dataSheet(device, options);
  const readme = readmes.get(device.constructor.name);
  if (readme === undefined) throw new Error(`${name}: no README beside the class ${device.constructor.name}`);
  const { notModelled, deviations } = proseOf(readFileSync(join(ROOT, readme), 'utf8'));
  const fields = sheet.banks.flatMap((b) => b.registers.flatMap((r) => r.fields));
  const idle = fields.filter((f) => f.kind === 'unmodelled').length;
  const lines = [
    `### ${name}`, '', `${sheet.title}. ${sheet.datasheet === '' ? '' : `Follows: ${sheet.datasheet}. `}` +
      `[Its page](../${readme}). ${plural(fields.length, 'field')} of registers` +
      `${idle === 0 ? '' : `, of which ${idle} are kept without effect`}.`, '',
  ];
  const absent = identity?.absent ?? [];
  // The description says it more exactly.
  if (notModelled !== '' && absent.length === 0) lines.push(...asList('Not modelled', notModelled));
  if (absent.length > 0) lines.push('Absent:', ...absent.map((a) => `- ${a}`), '');
  if (deviations !== '') lines.push(...asList('Deviations', deviations));
  const reasons = new Map<string, string[]>();
  for (const u of sheet.unmodelled)
    reasons.set(u.reason, [...reasons.get(u.reason) ?? [], `${u.register}.${u.field}`]);
  if (reasons.size > 0)
    lines.push(
      '| kept without effect | because |', '|---|---|',
      ...[...reasons].map(([reason, names]) => `| ${names.map((n) => `\`${n}\``).join(', ')} | ${cell(reason)} |`), '',
    );
  const figures = identity?.figures ?? [];
  if (figures.length > 0)
    lines.push(
      '| figure | value | source | verified by |', '|---|---|---|---|',
      ...figures.map((f) => `| ${cell(f.what)} | ${cell(f.value)} | ${cell(f.source)} | ${f.verified} |`), '',
    );
  if (Object.keys(options).length > 0) lines.push(...optionTable(options));
  return lines;
}

/** A statement of a README below a word of ours: its list, or its words as one entry. */
function asList(word: string, text: string): string[] {
  const entries = text.split(/\n(?=- )/).map((t) => t.replaceAll(/\s*\n\s*/g, ' ').trim());
  // Links of a README lead from its own folder.
  const plain = entries.map((t) => t.replaceAll(/\[([^\]]+)\]\([^)]*\)/g, '$1').replace(/^- /, ''));
  return [`${word}:`, ...plain.filter((t) => t !== '').map((t) => `- ${t}`), ''];
}

function optionTable(options: Readonly<Record<string, Parameter>>): string[] {
  return [
    '| option | default | what | source | verified by |', '|---|---|---|---|---|',
    ...Object.entries(options).map(([name, o]) =>
      `| \`${optionWord(name)}\` | ${cell(o.format(o.default))} | ${cell(o.doc)} | ${cell(o.source)} | ` +
        `${verifiedBy(o.source)} |`),
    '',
  ];
}

/** Who stands for a parameter's default, from the words of its source. */
export function verifiedBy(source: string): 'document' | 'second-hand' | 'nobody' {
  if (/unverified|assumption|a choice|^$/i.test(source)) return 'nobody';
  return /calibration|second-hand/i.test(source) ? 'second-hand' : 'document';
}

/** By the name of a class: the README in its folder, or in the nearest folder above. */
function readmesByClass(): Map<string, string> {
  const found = new Map<string, string>();
  const files = readdirSync(join(ROOT, HARDWARE), { recursive: true, encoding: 'utf8' });
  for (const file of files.filter((f) => f.endsWith('.ts') && !f.endsWith('.test.ts'))) {
    const path = join(ROOT, HARDWARE, file);
    for (const [, name] of readFileSync(path, 'utf8').matchAll(DEVICE_CLASS)) {
      let folder = dirname(path);
      while (!existsSync(join(folder, 'README.md')) && folder.length > ROOT.length) folder = dirname(folder);
      found.set(name as string, relative(ROOT, join(folder, 'README.md')));
    }
  }
  return found;
}

const plural = (n: number, word: string): string => `${n} ${word}${n === 1 ? '' : 's'}`;
const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', ' ');
