import type { Session } from '../../../src/control/session.ts';
import { SnapshotError } from '../../../src/control/snapshot-error.ts';
import { decodeSnapshot, type Snapshot } from '../../../src/control/snapshot-format.ts';
import type { DeviceRecipe, SnapshotRecipe } from '../../../src/control/snapshot-recipe.ts';
import { boardOptionRows, findBoard } from '../../../src/machine/boards/index.ts';
import type { BoardDefinition } from '../../../src/machine/definition.ts';
import { biosIdentity, type Bios } from '../../../src/machine/firmware/bios.ts';
import { optionWord } from '../../../src/machine/option-words.ts';
import type { PcMachine } from '../../../src/machine/pc-machine.ts';
import { RULE_NAMES, type RuleName } from '../../../src/sim/forgive.ts';
import { ParameterError } from '../../../src/sim/parameter.ts';
import type { Ticks } from '../../../src/sim/time.ts';
import { forgivenRules } from '../forgive-option.ts';
import type { FileDisk } from '../hosts/disk.ts';
import { InputError } from '../input-error.ts';
import { readInput } from '../input-files.ts';
import { memorySize, memoryText, type MemoryOption } from '../memory-size.ts';
import { parameterValues } from '../parameter-options.ts';
import { plainText } from '../plain-text.ts';
import { deviceRecipes } from './recipe.ts';

/** What `--load` goes by on the command line. */
export interface LoadOptions extends MemoryOption {
  kernel?: string;
  initrd?: string;
  append?: string;
  forgive?: string;
}

const SOFTWARE = ['kernel', 'initrd', 'append'] as const;

/** A snapshot that a run goes on from: what its machine must be built from, and its state. */
export class LoadedSnapshot {
  readonly ramBytes: number;
  /** Values of the board's options, without RAM. */
  readonly boardOptions: Readonly<Record<string, unknown>>;
  readonly forgive: readonly RuleName[];
  readonly exitPort: boolean;
  /** The moment at which it was taken. */
  readonly time: Ticks;
  private readonly path: string;
  /** Null once it is in a machine: it is as large as what is in use of the RAM. */
  private snapshot: Snapshot | null;
  private readonly recipe: SnapshotRecipe;

  /**
   * Reads a file, whole and checked, and compares what the command line says with it.
   * @throws InputError
   */
  constructor(path: string, board: string, options: LoadOptions) {
    this.path = path;
    const also = SOFTWARE.find((name) => options[name] !== undefined);
    if (also !== undefined)
      throw refusal(`--${also} beside --load: what the machine runs is in snapshot '${path}'; leave it out`);
    const bytes = readInput(path, 'snapshot');
    const snapshot = this.refusing(() => decodeSnapshot(bytes));
    this.snapshot = snapshot;
    const { machine, recipe } = snapshot;
    this.time = machine.scheduler.now;
    if (machine.board !== board) throw refusal(`snapshot '${path}' is of board ${machine.board}, not ${board}`);
    if (recipe === undefined)
      throw refusal(`snapshot '${path}' does not say how its machine is built: no 'run --save-at' made it`);
    this.recipe = recipe;
    const { ram, ...values } = this.values(board);
    this.ramBytes = ram as number;
    this.boardOptions = values;
    this.forgive = recipe.forgiven.filter((rule): rule is RuleName => (RULE_NAMES as readonly string[]).includes(rule));
    this.exitPort = recipe.exitPort;
    this.compare(board, options);
  }

  /** The moment in words: `when the console said 'login:'`. */
  get moment(): string {
    return plainText(this.recipe.moment);
  }

  /** Refuses disks that are not those of then. @throws InputError */
  checkDisks(disks: readonly FileDisk[]): void {
    const { path } = this, then = this.recipe.disks;
    if (then.length === 0 && disks.length > 0)
      throw refusal(`snapshot '${path}' was made without a disk; leave --disk out`);
    if (then.length !== disks.length) {
      const names = then.map((d) => `'${d.name}'`).join(', ');
      throw refusal(`snapshot '${path}' was made with the disk${then.length > 1 ? 's' : ''} ${names}; give ` +
        `${then.length > 1 ? 'each' : 'it'} with --disk FILE`);
    }
    for (const [n, disk] of disks.entries()) {
      const was = then[n];
      if (disk.size !== was.size)
        throw refusal(
          `disk '${disk.name}' has ${disk.size} bytes; that of snapshot '${path}' ('${was.name}') has ${was.size}`,
        );
      if (disk.sha256() !== was.sha256)
        throw refusal(
          `disk '${disk.name}' is not as it was when snapshot '${path}' was made (then '${was.name}'): ` +
            'its contents differ',
        );
    }
  }

  /** Refuses floppy disks that are not those of then. @throws InputError */
  checkFloppies(disks: readonly FileDisk[]): void {
    const then = this.recipe.floppies;
    const same = then.length === disks.length &&
      then.every((was, n) => was.size === disks[n].size && was.sha256 === disks[n].sha256());
    if (same) return;
    const names = then.map((d) => `'${d.name}'`).join(', ');
    const were = names === '' ? 'no floppy disks' : `the floppy disks ${names}`;
    throw refusal(`snapshot '${this.path}' was made with ${were}; give --floppy with the same contents as then`);
  }

  /** Refuses a CD that is not the one of then. @throws InputError */
  checkCd(disc: FileDisk | null): void {
    const then = this.recipe.cd;
    if (then === null ? disc === null : disc?.size === then.size && disc.sha256() === then.sha256) return;
    throw refusal(`snapshot '${this.path}' was made ${
      then === null ? 'without a CD-ROM drive; leave --cd out' :
      `with the CD '${then.name}'; give --cd with the same contents as then`}`);
  }

  /** Refuses a BIOS, or what it is to start from, that is not that of then. @throws InputError */
  checkBios(bios: Bios | null): void {
    const then = this.recipe.bios;
    if (then === (bios === null ? null : biosIdentity(bios))) return;
    throw refusal(`snapshot '${this.path}' was made ${
      then === null ? 'without a BIOS; leave --bios out' : `with ${then}; give --bios, and --boot, as then`}`);
  }

  /**
   * Puts the state into the machine, once.
   * @throws InputError, with nothing changed, if it does not fit
   */
  into(session: Session<PcMachine>): void {
    const then = deviceWords(this.recipe.devices), here = deviceWords(deviceRecipes(session.machine));
    if (then !== here)
      throw refusal(
        `snapshot '${this.path}' was made with ${then}, this machine has ${here}; give --device as then`,
      );
    const { snapshot } = this;
    if (snapshot === null) throw new Error('a snapshot is loaded twice');
    this.refusing(() => session.restore(snapshot));
    this.snapshot = null;
  }

  /** All options of the board. */
  private values(board: string): Record<string, unknown> {
    const rows = boardOptionRows(findBoard(board) as BoardDefinition);
    const { options } = this.recipe;
    const stranger = [...Object.keys(options), ...Object.keys(rows)].find((name) =>
      !Object.hasOwn(rows, name) || !Object.hasOwn(options, name));
    if (stranger !== undefined)
      throw refusal(
        `snapshot '${this.path}' was made ${Object.hasOwn(rows, stranger) ? 'without' : 'with'} the option ` +
          `${optionWord(stranger)}: this program's board is another one`,
      );
    return Object.fromEntries(Object.entries(rows).map(([name, row]) => {
      const text = options[name];
      let wrong: string;
      try {
        const value = row.parse(text);
        wrong = row.refusal(value);
        if (wrong === '') return [name, value];
      } catch (error) {
        if (!(error instanceof ParameterError)) throw error;
        wrong = error.message;
      }
      throw refusal(`snapshot '${this.path}' was made with ${optionWord(name)} ${text}: ${wrong}`);
    }));
  }

  /** What was given must be as it was then. */
  private compare(board: string, options: LoadOptions): void {
    const then = this.recipe.options;
    const differ: [string, string][] = [];
    const look = (word: string, was: string, is: string): void => {
      if (was !== is) differ.push([`${word} ${was}`, `${word} ${is}`]);
    };
    const rows = boardOptionRows(findBoard(board) as BoardDefinition);
    const { ram, ...others } = rows;
    if (memoryText(options) !== null) look('memory', then['ram'], ram.format(memorySize(options, '')));
    const { values, given } = parameterValues(others, options as Readonly<Record<string, unknown>>);
    for (const name of given) look(optionWord(name), then[name], rows[name].format(values[name]));
    if (options.forgive !== undefined) {
      const was = [...this.recipe.forgiven].sort().join(','), is = forgivenRules(options.forgive).sort().join(',');
      if (was !== is) differ.push([was === '' ? 'no --forgive' : `--forgive ${was}`, `--forgive ${options.forgive}`]);
    }
    if (differ.length === 0) return;
    const list = (n: 0 | 1): string => differ.map((d) => d[n]).join(', ');
    throw refusal(`snapshot '${this.path}' was made with ${list(0)}, not ${list(1)}; leave that out`);
  }

  private refusing<T>(act: () => T): T {
    try {
      return act();
    } catch (error) {
      if (!(error instanceof SnapshotError)) throw error;
      throw refusal(`snapshot '${this.path}' cannot be used: ${error.message.replace(/^snapshot: /, '')}`);
    }
  }
}

function deviceWords(devices: readonly DeviceRecipe[]): string {
  if (devices.length === 0) return 'no device of its own';
  return devices.map((d) => `device ${d.name} in slot ${d.slot} ${d.settings}`.trimEnd()).join(', ');
}

/** Says in one line what is wrong, whatever the file says. */
function refusal(message: string): InputError {
  return new InputError(plainText(message));
}
