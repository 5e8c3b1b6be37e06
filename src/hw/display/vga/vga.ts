import type { Picture, VideoOutput } from '../../../host/video.ts';
import type { Transaction } from '../../../mem/transaction.ts';
import type { Bank } from '../../../reg/bank.ts';
import type { Identity, Simulation } from '../../../sim/component.ts';
import { ParameterError, valuesOf, type ValuesOf } from '../../../sim/parameter.ts';
import type { SimEvent } from '../../../sim/scheduler.ts';
import type { SavedState } from '../../../sim/state.ts';
import { PciFunction } from '../../pci/pci-function.ts';
import { Beam, beamCells } from './beam.ts';
import { Dac, dacCells } from './dac.ts';
import { fitMode } from './dispi.ts';
import { registerArea } from './register-area.ts';
import { Planes } from './planes.ts';
import { ScanOut, scanCells } from './scan-out.ts';
import {
  DISPI_ID_FIRST, DISPI_ID_LAST, DISPI_PORTS, DISPI_REGISTERS, EXTENDED_REGISTERS, LEGACY_MEMORY, MOST_BITS, MOST_LINES,
  MOST_WIDTH, VGA_OPTIONS, vgaConfig, type DispiRegisters,
} from './spec.ts';
import { FIRST_PORT, pageAt, PORT, VGA_REGISTERS, type VgaRegisters } from './spec-ports.ts';
import { burstAt, waitForBeam } from './shared-port.ts';
import { dispiTiming, noPicture, sameTiming, vgaTiming, type Timing } from './timing.ts';
import { ByteWindow, DispiPorts, LinearMemory, RegisterWindow, type WindowOwner } from './windows.ts';

const BLACK = 0xff000000;
/** Room for the pixels of any usual mode of the VGA. */
const LEAST_PIXELS = 2 ** 19;

export interface VgaOptions extends Partial<ValuesOf<typeof VGA_OPTIONS>> {
  /** Image of the expansion ROM; none has no ROM. */
  rom?: Uint8Array | null;
}

/**
 * The standard VGA with the linear modes of Bochs and QEMU, as a PCI card whose beam is simulated.
 * See README.md.
 */
export class Vga extends PciFunction implements WindowOwner, VideoOutput {
  static readonly options = VGA_OPTIONS;
  private readonly memoryBytes: number;
  /** The picture, a word a pixel. */
  private readonly pixels: Uint32Array;
  private readonly s = this.cells('vga', {
    /** Size of the picture; 0 while there is none. */
    width: 0, height: 0,
    /** The attribute controller waits for data, not for an address. */
    attributeData: false,
    dispiOn: false,
  });
  private readonly latches = this.cells('latches', { value: 0 });
  private readonly dispiPort = this.cells('dispi', { index: 0, low: 0 });
  private readonly shared: boolean;
  private readonly snow: boolean;
  private readonly waits = this.counter('beamWaits', '', 'accesses that waited for the beam\'s fetches');
  private readonly waited = this.counter('beamWaitTime', 'ticks', 'time that they waited');
  private readonly snowed = this.counter('snow', '', 'fetches of the beam in whose place it saw an access');
  private readonly beamBytes = this.cells('beam-bytes', { value: 0 });
  readonly dispi: Bank<DispiRegisters> = this.regs('dispi', DISPI_REGISTERS, {
    ID: { write: (w) => this.version(w.VERSION) },
    XRES: { get: { PIXELS: () => this.capability(MOST_WIDTH, this.dispi.r.XRES.PIXELS) }, write: () => this.refit() },
    YRES: { get: { LINES: () => this.capability(MOST_LINES, this.dispi.r.YRES.LINES) }, write: () => this.refit() },
    BPP: { get: { BITS: () => this.capability(MOST_BITS, this.dispi.r.BPP.BITS) }, write: () => this.refit() },
    ENABLE: { write: () => this.enable() },
    VIRT_WIDTH: { write: () => this.refit() },
    X_OFFSET: { write: () => this.refit() },
    Y_OFFSET: { write: () => this.refit() },
    VIDEO_MEMORY: { get: { UNITS: () => this.memoryBytes / 0x10000 } },
  }, { unclaimedValue: 'ones' });
  readonly extended = this.regs('extended', EXTENDED_REGISTERS, {}, { unclaimedValue: 'zero' });
  readonly registers: Bank<VgaRegisters> = this.vgaRegisters();
  readonly config: Bank;
  /** The video memory. */
  readonly bytes: Uint8Array;
  private readonly words: Uint32Array;
  private readonly dac: Dac;
  private readonly planes: Planes;
  private readonly scan: ScanOut;
  readonly beam: Beam;
  /** The beam has finished a picture: there only while somebody gets pictures. */
  private readonly pictureEnds: SimEvent;
  override readonly video: VideoOutput = this;

  /** @throws ParameterError if an option is refused */
  constructor(name: string, sim: Simulation, options: VgaOptions = {}) {
    super(name, sim);
    const { rom = null, ...given } = options, o = valuesOf(VGA_OPTIONS, given);
    if ((o.size & (o.size - 1)) !== 0) throw new ParameterError('size: video memory is a power of two');
    this.memoryBytes = o.size;
    this.shared = o.memory === 'shared';
    this.snow = o.snow;
    if (o.snow && !this.shared) throw new ParameterError('snow: there is none without memory=shared');
    this.bytes = this.cells('memory', { bytes: new Uint8Array(o.size) }).bytes;
    this.words = new Uint32Array(this.bytes.buffer);
    const most = Math.min(MOST_WIDTH * MOST_LINES, Math.max(o.size, LEAST_PIXELS));
    this.pixels = this.cells('picture', { words: new Uint32Array(most) }).words;
    const r = this.registers.r;
    this.dac = new Dac(this.cells('dac', dacCells()), r.DAC_WRITE, () => this.dispi.r.ENABLE.DAC_8BIT === 1);
    this.planes = new Planes(this.words, r, this.latches);
    const scan = this.cells('scan', scanCells());
    this.scan = new ScanOut({
      bytes: this.bytes, words: this.words, r, dispi: this.dispi.r, extended: this.extended.r, palette: this.dac.pixels,
    }, scan);
    this.beam = new Beam(sim.scheduler, this.cells('beam', beamCells()), {
      frameBegins: (frame) => this.scan.frameBegins(frame),
      fetch: (line) => this.fetch(line),
      retraceBegins: () => this.scan.latch(),
      replaced: (lines) => { this.beamBytes.value += lines * this.scan.fetchedBytes(); },
    });
    this.pictureEnds = sim.scheduler.event(`${name}.picture`, () => this.pictureEnded(), 0, false);
    this.config = this.configSpace(vgaConfig(o.size, rom !== null));
    this.bar('BAR0', new LinearMemory(`${name}.memory`, this, this.bytes));
    this.bar('BAR2', registerArea(name, this.guard, this, {
      vga: this.registers, dispi: this.dispi, extended: this.extended,
    }));
    if (rom !== null) this.rom('ROM', rom);
    this.legacyRanges();
    this.counter('beamBytes', 'B', 'video memory that the beam has fetched', () => {
      this.catchUp();
      return this.beamBytes.value;
    });
  }

  override describe(): Identity {
    return {
      compatible: 'qemu,vga',
      title: 'Standard VGA with the linear modes of Bochs and QEMU (DISPI), and its beam',
      datasheet: 'IBM VGA/XGA Technical Reference (May 1992); QEMU docs/specs/standard-vga.rst',
      figures: [
        {
          what: 'dot clocks', value: '25.175 MHz, 28.322 MHz',
          source: 'FreeVGA, external registers: Miscellaneous Output', verified: 'second-hand',
        },
        {
          what: 'DISPI: pictures', value: '60 a second',
          source: 'assumption: no register says it', verified: 'nobody',
        },
        {
          what: 'shared memory', value: 'cycles of 40 ns and 8 bytes; the beam takes bursts of 32 bytes',
          source: 'assumption', verified: 'nobody',
        },
        {
          what: 'DISPI: blanking', value: '35 % of the width, 3.5 % of the height',
          source: 'QEMU, hw/display/edid-generate.c', verified: 'second-hand',
        },
      ],
      absent: [
        'the border (overscan)', 'the interrupt at vertical retrace', 'a light pen', 'DISPI modes of 4 bits',
      ],
    };
  }

  // --- ranges ---

  private legacyRanges(): void {
    const { name, guard } = this, r = this.registers.r;
    const ports = (what: string, first: number, count: number, on: () => boolean): void => {
      const offset = first - FIRST_PORT;
      this.fixedRange('io', first, count, this.target(
        new RegisterWindow(`${name}.${what}`, guard, this, this.registers, offset)), on);
    };
    ports('mono', 0x3b0, 12, () => r.MISC.IOS === 0);
    ports('ports', 0x3c0, 16, () => true);
    ports('colour', 0x3d0, 16, () => r.MISC.IOS === 1);
    this.fixedRange('io', DISPI_PORTS, 4, this.target(new DispiPorts(
      `${name}.dispi-ports`, guard, new RegisterWindow(`${name}.dispi`, guard, this, this.dispi, 0), this.dispiPort,
    )), () => true);
    // Which part of A0000h-BFFFFh: graphreg, index 06h, bits 3:2. A DISPI mode has a bank there.
    const memory = (base: number, bytes: number, maps: readonly number[], bank: boolean): void => {
      const from = (offset: number): number =>
        r.MISC_GRAPHICS.MAP === 0 ? base - LEGACY_MEMORY + offset : offset;
      this.fixedRange('memory', base, bytes, this.target(new ByteWindow(
        `${name}.${base.toString(16)}`, guard, this,
        (offset, look) => (this.s.dispiOn ? this.bytes[this.banked(offset)] : this.planes.read(from(offset), look)),
        (offset, value) => {
          if (this.s.dispiOn) this.bytes[this.banked(offset)] = value;
          else this.planes.write(from(offset), value);
        },
      )), () => r.MISC.RAM === 1 && (this.s.dispiOn ? bank : maps.includes(r.MISC_GRAPHICS.MAP)));
    };
    memory(LEGACY_MEMORY, 0x10000, [0, 1], true);
    memory(0xb0000, 0x8000, [0, 2], false);
    memory(0xb8000, 0x8000, [0, 3], false);
  }

  private banked(offset: number): number {
    return (this.dispi.r.BANK.NUMBER * 0x10000 + offset) & (this.memoryBytes - 1);
  }

  // --- the registers of the VGA ---

  private vgaRegisters(): Bank<VgaRegisters> {
    const retime = { write: () => this.retime() };
    const attribute = { write: () => { this.s.attributeData = false; } };
    const palettes = Object.fromEntries(Array.from({ length: 16 }, (_, n) => [`PALETTE${n}`, attribute]));
    return this.regs('vga', VGA_REGISTERS, {
      ATTRIBUTE_ADDRESS: { write: (w) => this.attributeAddress(w.PAS === 1) },
      ...palettes,
      ATTRIBUTE_MODE: attribute, OVERSCAN: attribute, PLANE_ENABLE: attribute, PIXEL_PANNING: attribute,
      COLOUR_SELECT: attribute,
      MISC: { write: () => { this.decode(); this.retime(); } },
      MISC_READ: { get: { VALUE: () => this.registers.r.MISC.value } },
      FEATURE_READ: { get: { FC: () => this.registers.r.FEATURE.FC } },
      MISC_GRAPHICS: { write: () => this.decode() },
      RESET: retime, CLOCKING: retime,
      H_TOTAL: retime, H_DISPLAY_END: retime, V_TOTAL: retime, OVERFLOW: retime, V_RETRACE_START: retime,
      V_RETRACE_END: retime, V_DISPLAY_END: retime, CRTC_MODE: retime,
      OVERFLOW_PROTECTED: { write: (w) => { this.registers.r.OVERFLOW.LC8 = w.LC8; } },
      INPUT_STATUS1: {
        get: { DISABLED: () => +!this.shownNow, RETRACE: () => +this.retraceNow },
        read: () => { this.s.attributeData = false; },
      },
      DAC_STATE: { get: { STATE: () => this.dac.state } },
      DAC_READ: { write: (w) => this.dac.begin(w.INDEX, 3) },
      DAC_WRITE: { write: (w) => this.dac.begin(w.INDEX, 0) },
      DAC_DATA: {
        value: () => this.dac.level, read: () => this.dac.advance(), write: (w) => this.dac.write(w.LEVEL),
      },
    }, {
      page: (offset, write) => pageAt(this.registers.r, this.s.attributeData, offset, write),
      unclaimed: (offset, _size, write, tx) => {
        if (write && offset === PORT.ATTRIBUTE && !tx.debug) this.s.attributeData = false;
      },
    });
  }

  private attributeAddress(shown: boolean): void {
    this.s.attributeData = true;
    const t = this.beam.timing, why = t === null || this.s.dispiOn ? '' : noPicture(t);
    if (shown && why !== '') this.note('no-picture', `no monitor shows ${why}`);
  }

  private get shownNow(): boolean {
    const t = this.beam.timing;
    return t !== null && this.beam.line < t.shownLines && this.beam.dot < t.shownDots;
  }

  private get retraceNow(): boolean {
    const t = this.beam.timing;
    if (t === null) return false;
    const { line } = this.beam, { retraceStart, retraceEnd, lines } = t;
    return (line >= retraceStart && line < retraceEnd) || line + lines < retraceEnd;
  }

  // --- DISPI ---

  private capability(most: number, value: number): number {
    return this.dispi.r.ENABLE.GETCAPS === 1 ? most : value;
  }

  private version(value: number): void {
    if (value < DISPI_ID_FIRST || value > DISPI_ID_LAST) this.dispi.r.ID.VERSION = DISPI_ID_LAST;
  }

  private enable(): void {
    const r = this.dispi.r, on = r.ENABLE.ENABLED === 1;
    if (on && !this.s.dispiOn) {
      r.VIRT_WIDTH.PIXELS = r.X_OFFSET.PIXELS = r.Y_OFFSET.LINES = r.BANK.NUMBER = 0;
      this.s.dispiOn = true;
      this.refit();
      if (r.ENABLE.NOCLEARMEM === 0) this.bytes.fill(0, 0, r.YRES.LINES * this.scan.lineBytes);
    }
    this.s.dispiOn = on;
    this.dac.convertAll();
    this.decode();
    this.retime();
  }

  /** While a mode is on, what does not fit is mended at once. */
  private refit(): void {
    if (!this.s.dispiOn) return;
    const asked = fitMode(this.dispi.r, this.memoryBytes);
    if (asked !== '') this.note('display-mode', `${asked}: there is no such mode; the nearest is shown`);
    this.retime();
  }

  // --- the beam ---

  catchUp(): void {
    if (this.sim.scheduler.now >= this.beam.due) this.beam.catchUp();
  }

  /**
   * An access to a memory with one port: it waits for the beam, or (snow) the beam shows what is on
   * the memory's data lines instead of what it wanted to fetch.
   */
  contend(tx: Transaction, value: number): void {
    if (!this.shared || tx.debug) return;
    const t = this.beam.timing, at = this.beam.at(this.sim.scheduler.now + (this.snow ? 0 : tx.ticks));
    if (t === null || at === null || at.line >= t.shownLines || this.s.width === 0) return;
    const phase = { since: at.since, shown: t.clock.duration(t.shownDots), bytes: this.scan.fetchedBytes() };
    const wait = waitForBeam(phase);
    if (wait === 0) return;
    if (this.snow) {
      this.catchUp();
      const { from, to } = burstAt(phase), { width } = this.s, line = at.line * width;
      const first = Math.floor(from * width), end = Math.min(width, Math.ceil(to * width));
      this.pixels.fill(this.scan.pixelOf(value), line + first, line + end);
      this.snowed.value++;
      return;
    }
    tx.ticks += wait;
    // The target holds the bus while it waits.
    if (this.pciBus !== null) this.pciBus.busyUntil += wait;
    this.waits.value++;
    this.waited.value += wait;
  }

  private get timingNow(): Timing | null {
    const r = this.dispi.r;
    return this.s.dispiOn ? dispiTiming(r.XRES.PIXELS, r.YRES.LINES) : vgaTiming(this.registers.r);
  }

  /** Registers have changed: another timing begins another picture. */
  private retime(): void {
    const t = this.timingNow, s = this.s;
    if (sameTiming(t, this.beam.timing)) return;
    const shown = t !== null && (s.dispiOn || noPicture(t) === '') && t.shownDots * t.shownLines <= this.pixels.length;
    s.width = shown ? t.shownDots : 0;
    s.height = shown ? t.shownLines : 0;
    this.pixels.fill(BLACK, 0, s.width * s.height);
    this.beam.restart(t);
    this.aimTap();
  }

  private fetch(line: number): void {
    const { width, dispiOn } = this.s;
    if (width === 0) return;
    this.beamBytes.value += this.scan.fetchedBytes();
    if (dispiOn) this.scan.linear(line, width, this.pixels, line * width);
    else this.scan.vga(line, width, this.pixels, line * width);
  }

  private aimTap(): void {
    const at = this.pictures === null || this.s.width === 0 ? Infinity : this.beam.nextFinish;
    if (at === Infinity) this.pictureEnds.cancel();
    else this.pictureEnds.at(at);
  }

  private pictureEnded(): void {
    this.catchUp();
    const { width, height } = this.s, { pixels } = this;
    const picture = { width, height, rgba: new Uint8Array(pixels.buffer, pixels.byteOffset, 4 * width * height) };
    if (width !== 0) this.pictures?.finished(this.name, picture, this.sim.scheduler.now);
    this.aimTap();
  }

  // --- what a monitor on its cable sees ---

  get finishedFrames(): number {
    return this.beam.finished;
  }

  get beamLine(): number | null {
    const { line } = this.beam;
    return line < 0 || line >= this.s.height ? null : line;
  }

  picture(): Picture | null {
    this.catchUp();
    const { width, height } = this.s;
    if (width === 0) return null;
    return { width, height, rgba: new Uint8Array(this.pixels.slice(0, width * height).buffer) };
  }

  text(): readonly string[] | null {
    return this.s.dispiOn ? null : this.scan.characters(this.beam.timing);
  }

  // --- state ---

  override save(): SavedState {
    this.catchUp();
    return super.save();
  }

  override saveInPlace(): SavedState {
    this.catchUp();
    return this.state.save(true);
  }

  override resetEnter(): void {
    super.resetEnter();
    this.pictureEnds.cancel();
  }

  override resetHold(): void {
    this.follow();
    super.resetHold();
  }

  override restored(): void {
    super.restored();
    this.follow();
  }

  /** What is derived from state follows it. */
  private follow(): void {
    this.dac.convertAll();
    this.beam.resume(this.timingNow);
    this.aimTap();
  }
}
