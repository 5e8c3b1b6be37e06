import { transfer } from 'comlink';
import type { ScreenApi, ScreenLook } from '../protocol/screen.ts';
import type { MachineHost } from './machine-host.ts';

/** Monitor, keyboard and mouse of this worker's machine. */
export class ScreenHost implements ScreenApi {
  private readonly host: MachineHost;

  constructor(host: MachineHost) {
    this.host = host;
  }

  async look(...[time, seen]: Parameters<ScreenApi['look']>): ReturnType<ScreenApi['look']> {
    const explorer = this.host.machine, front = time >= explorer.now;
    const machine = front ? explorer.machine : explorer.past({ ticks: time });
    const { video, sim: { scheduler: { now: at } } } = machine;
    if (video === null) return null;
    const { finishedFrames: frames, beamLine } = video;
    if (seen !== null && seen.front === front) {
      const drawing = front && this.host.running;
      if (seen.at === at || (drawing && seen.frames === frames)) return null;
    }
    const picture = video.picture();
    const look: ScreenLook = { mark: { at, frames, front }, picture, text: video.text(), beamLine };
    return picture === null ? look : transfer(look, [picture.rgba.buffer as ArrayBuffer]);
  }

  async put(...[inputs]: Parameters<ScreenApi['put']>): Promise<void> {
    for (const input of inputs) this.host.machine.put(input);
  }
}
