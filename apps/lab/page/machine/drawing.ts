import { signal } from '@preact/signals';
import type { RecordWords } from '../../../../src/control/inspect/describe-record.ts';
import type { TraceRecord } from '../../../../src/sim/trace/records.ts';
import type { Diagram } from '../../../../src/control/diagram/diagram.ts';
import { partOf } from '../../../../src/control/diagram/topology.ts';
import { redrawn, sizeCanvas } from '../canvas.ts';
import { coloursOf, type Colours } from '../colours.ts';
import { initiatorStyle } from '../palette.ts';
import type { MachineStatus } from '../../protocol/machine.ts';
import { active, moments, pace, panes, playing, selection } from '../state/workbench.ts';
import { BurstBytes } from './burst-bytes.ts';
import { Load } from './load.ts';
import { paintBoard } from './paint-board.ts';
import { paintLoad } from './paint-load.ts';
import { paintScene } from './paint-scene.ts';
import { Nearby } from './nearby.ts';
import { planOf, sceneOf, type Plan, type Scene } from './scene.ts';
import type { Viewport } from './viewport.ts';
import { captionOf, hexadecimal, noteOf, shortBytes, valueOf } from './words.ts';

/** Records that are asked for at once, before and behind the one that is wanted; sentences. */
const BEFORE = 64, WINDOW = 256, SENTENCES = 32;

/**
 * Draws one machine at its moment, whenever something has changed, and not otherwise. What is drawn
 * stands in data attributes, too, for those who do not see it.
 */
export class Drawing {
  /** The record under way, in a sentence. */
  readonly caption = signal('');
  /** By part: what is wrong there, in words. */
  readonly notes = signal<ReadonlyMap<string, string>>(new Map());
  /** By part: a few characters of what it did. */
  readonly figures = signal<ReadonlyMap<string, string>>(new Map());
  /** Who has made transfers until the moment. */
  readonly initiators = signal<readonly string[]>([]);
  private readonly pane: 0 | 1;
  private readonly records: Nearby<TraceRecord>;
  private readonly sentences: Nearby<RecordWords>;
  private readonly bytes: BurstBytes;
  private readonly load: Load;
  private readonly motion = matchMedia('(prefers-reduced-motion: reduce)');
  private canvas: HTMLCanvasElement | null = null;
  private place: HTMLElement | null = null;
  private panel: HTMLElement | null = null;
  private colours: Colours | null = null;
  private diagram: Diagram | null = null;
  private view: Viewport | null = null;
  private size = { width: 0, height: 0 };
  private plan: Plan | null = null;
  private scene: Scene | null = null;
  /** Of which figures and which status what the page shows was made. */
  private told = { load: -1, status: null as MachineStatus | null };
  /** The board without what moves, as it was painted last, and for what. */
  private still: HTMLCanvasElement | null = null;
  private stillOf = '';
  private readonly frame = redrawn(() => this.draw());

  constructor(pane: 0 | 1) {
    this.pane = pane;
    const changed = (): void => this.changed();
    this.records = new Nearby(panes[pane], (remote, id) =>
      remote.trace.records(Math.max(1, id - BEFORE), WINDOW) as Promise<TraceRecord[]>, changed);
    this.sentences = new Nearby(panes[pane], (remote, id) =>
      remote.inspect.words(Array.from({ length: SENTENCES }, (_, n) => id + n)), changed);
    this.bytes = new BurstBytes(panes[pane], changed);
    this.load = new Load(panes[pane], changed);
  }

  attach(place: HTMLElement, canvas: HTMLCanvasElement): void {
    this.place = place;
    this.canvas = canvas;
    this.colours = coloursOf(place);
  }

  detach(): void {
    this.frame.end();
    this.bytes.clear();
    this.load.end();
    this.canvas = this.place = this.panel = null;
  }

  tellTo(panel: HTMLElement | null): void {
    this.panel = panel;
  }

  paperChanged(): void {
    if (this.place === null) return;
    this.colours = coloursOf(this.place);
    this.stillOf = '';
    this.changed();
  }

  show(diagram: Diagram | null, view: Viewport | null, size: { width: number; height: number }): void {
    if (diagram?.board !== this.diagram?.board) {
      this.records.clear();
      this.sentences.clear();
      this.bytes.clear();
      this.load.clear();
    }
    this.diagram = diagram;
    this.plan = null;
    this.view = view;
    this.size = size;
    this.stillOf = '';
    this.changed();
  }

  /** Something that is drawn may have changed: at the next frame it is. */
  changed(): void {
    if (this.canvas !== null) this.frame.soon();
  }

  /** What is to be said of the moment; null if it goes by too fast. */
  spoken(): { readonly id: number; readonly text: string } | null {
    if (this.scene === null || this.caption.peek() === '') return null;
    return { id: this.scene.record.id, text: this.caption.peek() };
  }

  private draw(): void {
    const { canvas, colours, diagram, view } = this;
    if (canvas === null || colours === null) return;
    const ratio = sizeCanvas(canvas, this.size.width, this.size.height), context = canvas.getContext('2d');
    if (context === null || canvas.width === 0 || canvas.height === 0) return;
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.clearRect(0, 0, canvas.width, canvas.height);
    this.scene = null;
    if (diagram !== null && view !== null) {
      const moment = moments[this.pane].peek(), record = this.records.get(moment.record);
      if (record !== null) {
        if (this.plan?.record !== record) this.plan = planOf(diagram, record);
        this.scene = sceneOf(this.plan, moment, this.motion.matches);
      }
      this.load.follow(diagram, moment, panes[this.pane].begin ?? 0);
      context.drawImage(this.board(diagram, view, colours, ratio), 0, 0);
      context.setTransform(ratio * view.scale, 0, 0, ratio * view.scale, ratio * view.x, ratio * view.y);
      paintLoad(context, diagram, colours, this.load.rails);
      this.drawSelection(context, diagram, colours);
      if (this.scene !== null && !follows())
        this.drawScene(context, diagram, colours, this.scene);
    }
    this.tell();
  }

  private drawScene(context: CanvasRenderingContext2D, diagram: Diagram, colours: Colours, scene: Scene): void {
    const style = scene.initiator === null ? null : initiatorStyle(scene.initiator, diagram.board);
    const bytes = scene.record.kind === 'transaction' ? this.bytes.of(scene.record, scene.address) : null;
    paintScene({ context, colours, diagram, scene, style, value: valueOf(scene, bytes), note: noteOf(scene) });
  }

  private drawSelection(context: CanvasRenderingContext2D, diagram: Diagram, colours: Colours): void {
    const selected = selection.peek();
    if (active.peek() !== this.pane) return;
    const part = selected.kind === 'part' ? diagram.parts.find((p) => p.name === selected.name) : undefined;
    if (part === undefined) return;
    context.strokeStyle = colours.accent;
    context.lineWidth = 2;
    context.strokeRect(part.x - 3, part.y - 3, part.width + 6, part.height + 6);
  }

  private board(diagram: Diagram, view: Viewport, colours: Colours, ratio: number): HTMLCanvasElement {
    const states = this.states(diagram), pale = this.load.halted;
    const of = `${this.load.version} ${[...states].flat(2).join('|')}`;
    const still = (this.still ??= document.createElement('canvas'));
    if (of === this.stillOf) return still;
    this.stillOf = of;
    still.width = Math.round(this.size.width * ratio);
    still.height = Math.round(this.size.height * ratio);
    const context = still.getContext('2d');
    if (context === null) return still;
    context.setTransform(ratio * view.scale, 0, 0, ratio * view.scale, ratio * view.x, ratio * view.y);
    paintBoard({ context, colours, diagram, pale, figures: figuresOf(this.load.bytes), states });
    return still;
  }

  /** What is said in place of a part's title: a DMA engine's counters, a processor that rests. */
  private states(diagram: Diagram): Map<string, readonly string[]> {
    const states = new Map<string, readonly string[]>();
    for (const name of this.load.halted) states.set(name, ['halted']);
    const record = this.scene?.record;
    const request = record?.kind === 'transaction' ? this.records.peek(record.parent) : record ?? null;
    if (request?.kind !== 'request') return states;
    const part = partOf(diagram.board, request.port);
    const at = this.scene?.phase === 'done' ? this.scene.address + this.scene.size : this.scene?.address ?? 0;
    const address = record === request ? request.address : at;
    const left = request.size - (address - request.address);
    if (part !== null)
      states.set(part, [hexadecimal(address, 4), `${left} of ${request.size} B left`]);
    return states;
  }

  /** The same as the picture, in words and attributes. */
  private tell(): void {
    const { panel, scene, diagram } = this;
    if (panel !== null) {
      say(panel, 'record', String(scene?.record.id ?? 0));
      say(panel, 'beat', scene === null ? '' : `${scene.beat + 1}/${scene.beats}`);
      say(panel, 'phase', scene?.phase ?? '');
      say(panel, 'route', scene === null ? '' : this.plan?.text ?? '');
      say(panel, 'bytes', [...this.load.bytes].map(([part, bytes]) => `${part} ${bytes}`).join(', '));
    }
    const ticks = panes[this.pane].sheet.peek()?.ticksPerSecond ?? 1;
    const words = scene === null || follows() ? null : this.sentences.get(scene.record.id);
    this.caption.value = words === null ? '' : captionOf(words, ticks);
    const status = panes[this.pane].status.peek(), { told } = this;
    if (told.load !== this.load.version) {
      this.figures.value = figuresOf(this.load.bytes);
      if (this.load.initiators.join() !== this.initiators.peek().join()) this.initiators.value = this.load.initiators;
    }
    if (told.status !== status && diagram !== null) this.tellNotes(diagram, status);
    this.told = { load: this.load.version, status };
  }

  private tellNotes(diagram: Diagram, status: MachineStatus | null): void {
    const notes = new Map<string, string>();
    for (const note of status?.notes ?? []) {
      const part = partOf(diagram.board, note.source);
      if (part !== null) notes.set(part, note.count > 1 ? `${note.detail} (${note.count} times)` : note.detail);
    }
    const before = this.notes.peek();
    if (notes.size !== before.size || [...notes].some(([k, v]) => before.get(k) !== v)) this.notes.value = notes;
  }
}

/** Moments go by too fast for single records. */
function follows(): boolean {
  return playing.peek() && pace.peek() === 'full';
}

function figuresOf(bytes: ReadonlyMap<string, number>): ReadonlyMap<string, string> {
  return new Map([...bytes].filter(([, n]) => n > 0).map(([part, n]) => [part, shortBytes(n)]));
}

function say(panel: HTMLElement, name: string, text: string): void {
  if (panel.dataset[name] !== text) panel.dataset[name] = text;
}
