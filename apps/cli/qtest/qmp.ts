/** What QMP asks of the program. */
export interface QmpHost {
  /** Resets the machine. */
  reset(): void;
  /** Ends the program, once the reply is out. */
  quit(): void;
  /** `running`, or `prelaunch` if it was started with -S. */
  status(): RunState;
  /** `stop` or `cont`: whether time may go on. There is no processor that it would stop. */
  pause(paused: boolean): void;
  /** Puts an image into a floppy drive (null: takes the disk out). Returns why not, or ''. */
  changeMedium(id: string, file: string | null): string;
  /** Names of the devices that `-device` knows. */
  readonly devices: readonly string[];
}

export type RunState = 'running' | 'paused' | 'prelaunch';

/** The version of QEMU whose protocols these are. */
const QEMU_VERSION = { micro: 0, minor: 2, major: 7 };
const VERSION = { qemu: QEMU_VERSION, package: 'northbridge' };

type Reply = Record<string, unknown>;
type Arguments = Readonly<Record<string, unknown>>;

/** A command that cannot be carried out: class and description of the reply. */
class QmpError extends Error {}

const machine = (name: string, more: Reply): Reply =>
  ({ name, 'cpu-max': 1, 'hotpluggable-cpus': false, 'numa-mem-supported': false, deprecated: false, ...more });
/** What suites look for before they start a machine. */
const MACHINES = [machine('none', {}), machine('pc-i440fx-7.2', { alias: 'pc', 'is-default': true })];

/**
 * QEMU's machine protocol, as little of it as suites need beside qtest (docs/interop/qmp-spec.rst
 * of QEMU 7.2): what there is (`query-…`, `qom-list-types`), `stop` and `cont`, disks of the floppy
 * drives, `system_reset`, `quit`. The human monitor is there and knows no command.
 */
export class Qmp {
  private readonly host: QmpHost;
  private readonly now: () => number;
  private negotiated = false;
  private readonly commands: Readonly<Record<string, (given: Arguments) => readonly [value: unknown, event?: Reply]>>;

  /** @param now wall time in microseconds since 1970, for the time stamps of events */
  constructor(host: QmpHost, now: () => number) {
    this.host = host;
    this.now = now;
    this.commands = {
      'query-status': () => {
        const status = host.status();
        return [{ status, singlestep: false, running: status === 'running' }];
      },
      'query-version': () => [VERSION],
      'query-commands': () => [['qmp_capabilities', ...Object.keys(this.commands)].map((name) => ({ name }))],
      'query-machines': () => [MACHINES],
      'qom-list-types': ({ implements: parent }) =>
        [parent === undefined || parent === 'device' ? host.devices.map((name) => ({ name, parent: 'device' })) : []],
      stop: () => {
        host.pause(true);
        return [{}, this.event('STOP')];
      },
      cont: () => {
        host.pause(false);
        return [{}, this.event('RESUME')];
      },
      eject: (given) => this.changeMedium(given, null),
      'blockdev-change-medium': (given) => this.changeMedium(given, text(given, 'filename')),
      'human-monitor-command': (given) =>
        [`unknown command: '${text(given, 'command-line').trim().split(/\s+/)[0].slice(0, 80)}'\r\n`],
      system_reset: () => {
        host.reset();
        return [{}, this.event('RESET', { guest: false, reason: 'host-qmp-system-reset' })];
      },
      quit: () => [{}, this.event('SHUTDOWN', { guest: false, reason: 'host-qmp-quit' })],
    };
  }

  /** What is sent first. */
  greeting(): string {
    return `${JSON.stringify({ QMP: { version: VERSION, capabilities: [] } })}\r\n`;
  }

  /** The answer to a message: a reply, and events. `ended` is called when the answer is out. */
  answer(text: string): { text: string; ended: () => void } {
    const [reply, event, ended] = this.replyTo(text);
    const lines = event === undefined ? [reply] : [reply, event];
    return { text: lines.map((l) => `${JSON.stringify(l)}\r\n`).join(''), ended: ended ?? (() => {}) };
  }

  private changeMedium(given: Arguments, file: string | null): readonly [value: unknown] {
    const id = given['id'] ?? given['device'];
    if (typeof id !== 'string') throw new QmpError("Parameter 'id' is missing");
    const wrong = this.host.changeMedium(id, file);
    if (wrong !== '') throw new QmpError(wrong);
    return [{}];
  }

  private replyTo(text: string): readonly [Reply, (Reply | undefined)?, ((() => void) | undefined)?] {
    let message: unknown;
    try {
      message = JSON.parse(text);
    } catch {
      return [failure('GenericError', 'JSON parse error, invalid message')];
    }
    if (typeof message !== 'object' || message === null || Array.isArray(message))
      return [failure('GenericError', 'QMP input must be a JSON object')];
    const { execute, id, arguments: given = {} } = message as { execute?: unknown; id?: unknown; arguments?: unknown };
    const tag = id === undefined ? {} : { id };
    if (typeof execute !== 'string')
      return [{ ...failure('GenericError', "QMP input lacks member 'execute'"), ...tag }];
    if (execute === 'qmp_capabilities' && !this.negotiated) {
      this.negotiated = true;
      return [{ return: {}, ...tag }];
    }
    if (!this.negotiated)
      return [{
        ...failure('CommandNotFound', "Expecting capabilities negotiation with 'qmp_capabilities'"), ...tag,
      }];
    const command = Object.hasOwn(this.commands, execute) ? this.commands[execute] : undefined;
    if (command === undefined)
      return [{ ...failure('CommandNotFound', `The command ${execute.slice(0, 80)} has not been found`), ...tag }];
    if (typeof given !== 'object' || given === null || Array.isArray(given))
      return [{ ...failure('GenericError', "QMP input member 'arguments' must be an object"), ...tag }];
    let done: readonly [value: unknown, event?: Reply];
    try {
      done = command(given as Arguments);
    } catch (error) {
      if (!(error instanceof QmpError)) throw error;
      return [{ ...failure('GenericError', error.message), ...tag }];
    }
    const [value, event] = done;
    return [{ return: value, ...tag }, event, execute === 'quit' ? () => this.host.quit() : undefined];
  }

  private event(event: string, data?: Reply): Reply {
    const us = this.now(), timestamp = { seconds: Math.floor(us / 1e6), microseconds: us % 1e6 };
    return { timestamp, event, ...(data === undefined ? {} : { data }) };
  }
}

/** A member of the arguments that must be a text. */
function text(given: Arguments, name: string): string {
  const value = given[name];
  if (typeof value !== 'string') throw new QmpError(`Parameter '${name}' is missing`);
  return value;
}

function failure(kind: string, desc: string): Reply {
  return { error: { class: kind, desc } };
}
