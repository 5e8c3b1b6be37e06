import { Argument, Command } from 'commander';
import { BOARDS } from '../boards.ts';
import { knownWord } from '../suggest.ts';

const SHELLS = ['bash', 'zsh', 'fish'] as const;

/** What can be completed behind a command, as its path of words: '' is the program itself. */
interface Place {
  path: string;
  /** Commands and named things. */
  words: { word: string; doc: string }[];
  options: { flag: string; doc: string; takesValue: boolean }[];
}

const HELP = `
Where to put it:
  bash  northbridge completion bash > ~/.local/share/bash-completion/completions/northbridge
  zsh   northbridge completion zsh > a folder of $fpath, as _northbridge
  fish  northbridge completion fish > ~/.config/fish/completions/northbridge.fish`;

/**
 * `northbridge completion SHELL`: a script made from the commands as they are declared. It is
 * static, so that no program is started when a key is pressed (libraries for commander start one).
 */
export function completionCommand(): Command {
  const command = new Command('completion')
    .description('Print the script that completes commands and options in a shell')
    .addArgument(new Argument('<shell>', SHELLS.join(', ')))
    .addHelpText('after', HELP);
  return command.action((name: string) => {
    const shell = knownWord(name, SHELLS, 'shell');
    const found = places(command.parent ?? command);
    const script = { bash: bashScript, zsh: zshScript, fish: fishScript }[shell];
    process.stdout.write(script(found));
  });
}

function places(command: Command, path = ''): Place[] {
  const options = command.options.filter((o) => !o.hidden && o.long !== undefined).map((o) => ({
    flag: o.long as string, doc: firstSentence(o.description),
    takesValue: o.required || o.optional,
  }));
  options.push({ flag: '--help', doc: 'print the help', takesValue: false });
  const words = command.commands.map((c) => ({ word: c.name(), doc: firstSentence(c.description()) }));
  if (command.registeredArguments.some((a) => a.name() === 'board'))
    words.push(...BOARDS.map((b) => ({ word: b.name, doc: b.summary })));
  if (command.name() === 'completion') words.push(...SHELLS.map((word) => ({ word, doc: '' })));
  return [
    { path, words, options },
    ...command.commands.flatMap((c) => places(c, `${path} ${c.name()}`.trim())),
  ];
}

/** As much of a text as fits beside a word, without quotes that a shell would see. */
function firstSentence(text: string): string {
  return text.split(/[;(:.]\s|\n/)[0].replace(/['"`\\$]/g, '').trim();
}

/** Shell code that finds `at`, the path of commands among the words typed so far. */
function pathCases(found: readonly Place[]): string {
  return found.filter((p) => p.path !== '').map((p) => `"${p.path}"`).join('|');
}

function bashScript(found: readonly Place[]): string {
  const cases = found.map((p) =>
    `    "${p.path}") words="${p.words.map((w) => w.word).join(' ')}"; ` +
    `options="${p.options.map((o) => o.flag).join(' ')}" ;;\n`);
  return `# bash completion of northbridge
_northbridge() {
  local cur="\${COMP_WORDS[COMP_CWORD]}" at="" next words="" options="" i
  for ((i = 1; i < COMP_CWORD; i++)); do
    next="\${at:+$at }\${COMP_WORDS[i]}"
    case "$next" in ${pathCases(found)}) at="$next" ;; esac
  done
  case "$at" in
${cases.join('')}  esac
  if [[ $cur == -* ]]; then words="$options"; fi
  COMPREPLY=($(compgen -W "$words" -- "$cur"))
}
complete -o default -F _northbridge northbridge
`;
}

function zshScript(found: readonly Place[]): string {
  const entry = (word: string, doc: string): string => `'${word}${doc === '' ? '' : `:${doc}`}'`;
  const cases = found.map((p) =>
    `    "${p.path}")\n      words_here=(${p.words.map((w) => entry(w.word, w.doc)).join(' ')})\n` +
    `      options=(${p.options.map((o) => entry(o.flag, o.doc)).join(' ')}) ;;\n`);
  return `#compdef northbridge
_northbridge() {
  local at="" next i
  local -a words_here options
  for ((i = 2; i < CURRENT; i++)); do
    next="\${at:+$at }\${words[i]}"
    case "$next" in (${pathCases(found)}) at="$next" ;; esac
  done
  case "$at" in
${cases.join('')}  esac
  if [[ $PREFIX == -* ]]; then _describe option options; return; fi
  if (( \${#words_here} )) && _describe command words_here; then return; fi
  _files
}
if [ "$funcstack[1]" = "_northbridge" ]; then _northbridge "$@"; else compdef _northbridge northbridge; fi
`;
}

function fishScript(found: readonly Place[]): string {
  const lines = found.flatMap((p) => {
    const at = `complete -c northbridge -n '__northbridge_at "${p.path}"'`;
    const doc = (text: string): string => (text === '' ? '' : ` -d '${text}'`);
    return [
      ...p.words.map((w) => `${at} -f -a ${w.word}${doc(w.doc)}`),
      ...p.options.map((o) => `${at} -l ${o.flag.slice(2)}${o.takesValue ? ' -r' : ''}${doc(o.doc)}`),
    ];
  });
  return `# fish completion of northbridge
function __northbridge_at
  set -l at ''
  for word in (commandline -opc)[2..-1]
    set -l next (string trim "$at $word")
    if contains -- "$next" ${pathCases(found).replaceAll('|', ' ')}
      set at "$next"
    end
  end
  test "$at" = "$argv[1]"
end
${lines.join('\n')}
`;
}
