import type { BlockBackend } from '../../host/block.ts';
import type { EngineKind } from '../../jit/engine-kind.ts';
import { findBoard } from '../../machine/boards/index.ts';
import { Machine } from '../../machine/machine.ts';
import type { Software } from '../../machine/software.ts';
import type { UserDevice } from '../../machine/user-devices.ts';
import { ms, type Ticks } from '../../sim/time.ts';
import { DiskOverlay } from '../disk-overlay.ts';
import { POST } from '../guests/status.ts';
import { Session } from '../session.ts';
import { TerminalFlow } from '../terminal-flow.ts';
import { outcome } from './own-outcome.ts';
import type { Front, Subject, Twin } from './subject.ts';

/** A machine with software of the user's own. */
export interface OwnPlan {
  readonly board: string;
  /** Values of the board's options. */
  readonly boardOptions: Readonly<Record<string, unknown>>;
  readonly software: Software;
  /** Primary master; what the guest writes stays in memory. */
  readonly disk: BlockBackend | null;
  /** The disc of a CD-ROM drive as secondary master (`medium: 'cd'`). */
  readonly cd?: BlockBackend | null;
  readonly devices: readonly UserDevice[];
  readonly engine?: EngineKind;
}

/** Who hears what the front says. */
export interface OwnListener {
  heard?(byte: number): void;
  posted?(code: number): void;
}

/** Software of the user's own, to be looked at. */
export class OwnSubject implements Subject {
  private readonly plan: OwnPlan;
  private readonly listener: OwnListener;

  constructor(plan: OwnPlan, listener: OwnListener = {}) {
    this.plan = plan;
    this.listener = listener;
  }

  front(): OwnRun {
    return new OwnRun(this.plan, this.listener);
  }

  scout(): OwnRun {
    return new OwnRun(this.plan, {});
  }

  twin(): Twin {
    return build(this.plan, {});
  }
}

/**
 * Builds the machine of a plan; any number of them, which are alike.
 * @throws LoadError, ParameterError
 */
function build(plan: OwnPlan, { heard, posted }: OwnListener): Twin {
  const definition = findBoard(plan.board);
  if (definition === null) throw new Error(`there is no board ${plan.board}`);
  const disk = plan.disk === null ? null : new DiskOverlay(plan.disk);
  const machine = new Machine(definition, {
    options: plan.boardOptions,
    hosts: {
      disks: [disk, null, plan.cd ?? null], serial: [{ transmit: (byte) => heard?.(byte) }],
      onPost: (code) => {
        posted?.(code);
        if (plan.software.kind === 'guest' && (code === POST.done || code === POST.fail)) machine.stop();
      },
    },
    devices: plan.devices, exitPort: plan.software.kind !== 'linux',
    ...(plan.engine === undefined ? {} : { engine: plan.engine }),
  });
  return {
    machine, attachments: disk === null ? {} : { disk }, resumable: true, boot: () => machine.boot(plan.software),
  };
}

/** Simulated time between two steps. */
const SLICE = ms(10);

/** The user's own software while it runs. POST codes (port 80h) are its marks. */
export class OwnRun implements Front {
  readonly machine: Machine;
  readonly session: Session<Machine>;
  readonly attachments: Twin['attachments'];
  readonly resumable = true;
  /** Set by whoever must know each character that `Machine.serialInput` is given. */
  onInput?: (byte: number) => void;
  /** Characters from the terminal that the guest has not taken. */
  private readonly typed: number[] = [];
  private readonly flow: TerminalFlow;
  private readonly built: Twin;
  private readonly plan: OwnPlan;
  /** Why the machine stopped; '' while it runs. */
  private reason = '';
  private lastPost = -1;
  private said = 0;

  /** @throws LoadError, ParameterError */
  constructor(plan: OwnPlan, listener: OwnListener) {
    this.plan = plan;
    this.built = build(plan, {
      heard: (byte) => {
        this.said++;
        listener.heard?.(byte);
      },
      posted: (code) => {
        this.posted(code);
        listener.posted?.(code);
      },
    });
    this.machine = this.built.machine;
    this.flow = new TerminalFlow(this.machine);
    this.attachments = this.built.attachments;
    this.session = new Session(this.machine, { attachments: { ...this.attachments } });
  }

  get over(): boolean {
    return this.reason !== '';
  }

  /** What is going on; when it is over, how it ended, in a sentence. */
  get phase(): string {
    const { kind } = this.plan.software;
    if (!this.over) return kind === 'linux' ? 'running Linux' : 'running';
    return outcome({
      reason: this.reason, kind, exitValue: this.machine.exitValue, lastPost: this.lastPost, silent: this.said === 0,
    });
  }

  /** @throws LoadError */
  boot(): void {
    this.built.boot();
  }

  /** Types characters; the guest gets them as it takes them. */
  type(bytes: Iterable<number>): void {
    for (const byte of bytes) this.typed.push(byte);
  }

  /** Runs on for a slice of simulated time, or to `until` if that is earlier. */
  step(until: Ticks): void {
    const end = Math.min(until, this.session.now + SLICE);
    while (this.reason === '' && this.session.now < end) {
      if (this.session.now >= this.flow.nextLook && this.flow.look(this.typed.length > 0))
        this.give(this.typed.shift() as number);
      const reason = this.session.run(Math.min(end, this.flow.nextLook));
      if (reason === 'time') continue;
      // However far this step was to go, what the devices still send is sent.
      this.machine.drain(Infinity);
      this.reason = reason;
    }
  }

  private give(byte: number): void {
    this.onInput?.(byte);
    this.machine.serialInput(byte);
  }

  private posted(code: number): void {
    this.lastPost = code;
    // Linux writes there to let time pass (inb_p); so may others, without end.
    if (this.plan.software.kind === 'linux' || this.session.marks.length >= MOST_MARKS) return;
    this.session.mark(MARKS.get(code) ?? `post-${code.toString(16)}`);
  }
}

/** Marks that are kept: each has all counters, and goes to whoever looks at the run. */
const MOST_MARKS = 256;
const MARKS: ReadonlyMap<number, string> = new Map([[POST.begin, 'begin'], [POST.end, 'end']]);
