/** What QMP asks of the program. */
export interface QmpHost {
  /** Resets the machine. */
  reset(): void;
  /** Ends the program, once the reply is out. */
  quit(): void;
  /** `running`, or `prelaunch` if it was started with -S. */
  status(): 'running' | 'prelaunch';
  resume(): void;
}

/** The version of QEMU whose protocols these are. */
const QEMU_VERSION = { micro: 0, minor: 2, major: 7 };
const VERSION = { qemu: QEMU_VERSION, package: 'northbridge' };

type Reply = Record<string, unknown>;

/**
 * QEMU's machine protocol, as little of it as suites need beside qtest: greeting, negotiation,
 * `query-status`, `query-version`, `query-commands`, `cont`, `system_reset`, `quit` (docs/interop/
 * qmp-spec.rst of QEMU 7.2).
 */
export class Qmp {
  private readonly host: QmpHost;
  private readonly now: () => number;
  private negotiated = false;
  private readonly commands: Readonly<Record<string, () => readonly [value: unknown, event?: Reply]>>;

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
      cont: () => {
        host.resume();
        return [{}];
      },
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

  private replyTo(text: string): readonly [Reply, (Reply | undefined)?, ((() => void) | undefined)?] {
    let message: unknown;
    try {
      message = JSON.parse(text);
    } catch {
      return [failure('GenericError', 'JSON parse error, invalid message')];
    }
    if (typeof message !== 'object' || message === null || Array.isArray(message))
      return [failure('GenericError', 'QMP input must be a JSON object')];
    const { execute, id } = message as { execute?: unknown; id?: unknown };
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
    const [value, event] = command();
    return [{ return: value, ...tag }, event, execute === 'quit' ? () => this.host.quit() : undefined];
  }

  private event(event: string, data: Reply): Reply {
    const us = this.now();
    return { timestamp: { seconds: Math.floor(us / 1e6), microseconds: us % 1e6 }, event, data };
  }
}

function failure(kind: string, desc: string): Reply {
  return { error: { class: kind, desc } };
}
