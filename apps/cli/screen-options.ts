import { existsSync, mkdirSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { Option, type Command } from 'commander';
import { encode } from 'fast-png';
import type { Picture, PictureTap } from '../../src/host/video.ts';
import { keyNumber } from '../../src/hw/ps2/keyboard/keys.ts';
import { actOn, KeyTextError, strokesOf, typed, type KeyAction } from '../../src/control/typing/key-text.ts';
import type { Machine } from '../../src/machine/machine.ts';
import { TICKS_PER_SECOND, toSeconds, type Ticks } from '../../src/sim/time.ts';
import { checkOutput, OutputFile, type InputFile } from './hosts/output-file.ts';
import { InputError, systemReason } from './input-error.ts';
import { formatCount, formatSeconds, parseSeconds } from './quantities.ts';
import { TimedActions } from './timed-actions.ts';

export interface ScreenOptions {
  screenshot?: string[];
  frames?: string;
  keys?: string[];
}

const collect = (text: string, before: string[] = []): string[] => [...before, text];

/** `--screenshot`, `--frames`, `--keys` of a run. */
export function addScreenOptions(command: Command): Command {
  return command
    .addOption(new Option(
      '--screenshot <file[@time]>',
      'write what the monitor shows to a PNG file, at a simulated time or at the end; again: more',
    ).argParser(collect))
    .addOption(new Option(
      '--frames <folder>', 'write every picture that the display card finishes to a new folder, with frames.json',
    ))
    .addOption(new Option(
      '--keys <time:text>', 'type on the PS/2 keyboard from a simulated time on: \'2s:root<Enter>\'; again: more',
    ).argParser(collect));
}

interface Shot {
  readonly path: string;
  /** Infinity: at the end. */
  readonly time: Ticks;
}

/** What was asked for about screen and keyboard of a run. */
export class ScreenWork {
  /** What is to be done while it runs. */
  readonly timed = new TimedActions();
  /** Gets the pictures, or null. */
  readonly tap: PictureTap | null;
  private readonly shots: readonly Shot[];
  private readonly keys: readonly KeyAction[];
  private readonly folder: FramesFolder | null;
  private readonly said: string[] = [];
  private readonly wantsPicture: boolean;
  private untyped = 0;

  /** @throws InputError for what cannot be done, before the run */
  constructor(
    options: ScreenOptions, run: { from: Ticks; until: Ticks }, inputs: readonly InputFile[],
    outputs: readonly { path: string | undefined; what: string }[],
  ) {
    this.shots = (options.screenshot ?? []).map((text) => shotOf(text, run));
    const paths: { path: string | undefined; what: string }[] = [...outputs];
    for (const { path } of this.shots) {
      if (!/\.png$/i.test(path))
        throw new InputError(`--screenshot '${path}': pictures are PNG files; end the name in .png`);
      checkOutput(path, '--screenshot', 'PNG', inputs, paths);
      paths.push({ path, what: '--screenshot' });
    }
    this.keys = (options.keys ?? []).flatMap((text) => keysOf(text, run));
    this.folder = options.frames === undefined ? null : new FramesFolder(options.frames);
    this.tap = this.folder;
    this.wantsPicture = this.shots.length > 0 || this.folder !== null;
  }

  /** @throws InputError if the machine has no display card or no keyboard */
  attach(machine: Machine): void {
    const { video, keyboard } = machine;
    if (this.wantsPicture && video === null)
      throw new InputError('this machine has no display card: add --device vga');
    if (this.keys.length > 0 && keyboard === null) throw new InputError('--keys: this machine has no keyboard');
    for (const shot of this.shots)
      if (shot.time !== Infinity) this.timed.add(shot.time, () => this.take(shot, machine));
    for (const key of this.keys)
      this.timed.add(key.time, () => {
        if (keyboard !== null && !actOn(keyboard, key) && key.down) this.untyped++;
      });
    this.folder?.make();
  }

  /** Takes the last pictures and says what came of it all, a line each. */
  finish(machine: Machine): string[] {
    const { now } = machine.sim.scheduler;
    for (const shot of this.shots) {
      if (shot.time === Infinity) this.take(shot, machine);
      else if (shot.time > now)
        this.said.push(`'${shot.path}' is not written: the run ended before ${timeOf(shot.time)}`);
    }
    const late = this.keys.filter((key) => key.down && key.time > now).length;
    if (late > 0) this.said.push(`${formatCount(late)} keys were not pressed: the run ended before`);
    if (this.untyped > 0)
      this.said.push(`${formatCount(this.untyped)} keys were lost: the guest had the keyboard off or did not read it`);
    if (this.folder !== null) this.said.push(this.folder.close());
    return this.said;
  }

  private take(shot: Shot, machine: Machine): void {
    const picture = machine.video?.picture() ?? null, time = timeOf(machine.sim.scheduler.now);
    if (picture === null) {
      this.said.push(`'${shot.path}' is not written: the monitor shows no picture at ${time}`);
      return;
    }
    writePicture(shot.path, picture, '--screenshot');
    this.said.push(`'${shot.path}': ${picture.width} × ${picture.height} at ${time}`);
  }
}

/** A folder of numbered pictures with an index. */
class FramesFolder implements PictureTap {
  private readonly path: string;
  private readonly index: { number: number; seconds: number; ticks: Ticks; file: string; output: string }[] = [];

  /** @throws InputError if something is there */
  constructor(path: string) {
    this.path = path;
    if (!existsSync(path)) return;
    if (!statSync(path).isDirectory()) throw new InputError(`--frames '${path}' is no folder`);
    if (readdirSync(path).length > 0) throw new InputError(`--frames '${path}' is not empty: give a new folder`);
  }

  make(): void {
    try {
      mkdirSync(this.path, { recursive: true });
    } catch (error) {
      throw new InputError(`--frames '${this.path}': ${systemReason(error)}`);
    }
  }

  finished(output: string, picture: Picture, time: Ticks): void {
    const number = this.index.length + 1, file = `${String(number).padStart(6, '0')}.png`;
    writePicture(join(this.path, file), picture, '--frames');
    this.index.push({ number, seconds: toSeconds(time), ticks: time, file, output });
  }

  close(): string {
    const file = new OutputFile(join(this.path, 'frames.json'), '--frames');
    file.write(`${JSON.stringify({ schema: 'northbridge-frames/1', frames: this.index }, null, 1)}\n`);
    file.close();
    return `${formatCount(this.index.length)} pictures in '${this.path}'`;
  }
}

function writePicture(path: string, { width, height, rgba }: Picture, option: string): void {
  const file = new OutputFile(path, option);
  file.write(encode({ width, height, data: rgba, channels: 4, depth: 8 }));
  file.close();
}

function shotOf(text: string, run: { from: Ticks; until: Ticks }): Shot {
  const at = text.lastIndexOf('@');
  if (at < 0) return { path: text, time: Infinity };
  return { path: text.slice(0, at), time: timeIn(text.slice(at + 1), '--screenshot', run) };
}

function keysOf(text: string, run: { from: Ticks; until: Ticks }): KeyAction[] {
  const colon = text.indexOf(':');
  if (colon < 0) throw new InputError(`--keys '${text}': write TIME:TEXT, as 2s:root<Enter>`);
  const time = timeIn(text.slice(0, colon), '--keys', run);
  try {
    const strokes = strokesOf(text.slice(colon + 1).replaceAll('\\n', '\n'));
    const unknown = strokes.flat().find((code) => keyNumber(code) < 0);
    if (unknown !== undefined) throw new KeyTextError(`there is no key <${unknown}>; keys are <Enter>, <Down>, <F1> …`);
    return typed(strokes, time);
  } catch (error) {
    if (error instanceof KeyTextError) throw new InputError(`--keys '${text}': ${error.message}`);
    throw error;
  }
}

function timeIn(text: string, option: string, { from, until }: { from: Ticks; until: Ticks }): Ticks {
  const time = Math.round(parseSeconds(text, option) * TICKS_PER_SECOND);
  if (time <= from || time > until)
    throw new InputError(`${option}: ${text} is not within the run, ${timeOf(from)} to ` +
      (until === Infinity ? 'its end' : timeOf(until)));
  return time;
}

function timeOf(ticks: Ticks): string {
  return formatSeconds(toSeconds(ticks));
}
