import type { BoardDescription } from '../../machine/describe.ts';
import type { NetNode, Role, Topology } from './topology.ts';

/** A place on the drawing, in units of which a grid cell has 4; y grows downwards. */
export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** A part as it is drawn. */
export interface DrawnPart extends Box {
  readonly name: string;
  readonly role: Role;
  /** What it is, in lines that fit; none where it is drawn small. */
  readonly title: readonly string[];
  /** Drawn small: it has no share in what is looked at. */
  readonly quiet: boolean;
  /** The rail that it hangs on, and the way there from the part; null: it hangs on none. */
  readonly rail: string | null;
  readonly stub: readonly Point[];
  /** If it is a bridge: the rail that it leads to, and the way there. */
  readonly leadsTo: string | null;
  readonly leadStub: readonly Point[];
  /** The part that brought it along, and the way to it. */
  readonly owner: string | null;
  readonly ownerStub: readonly Point[];
}

/** A bus as a horizontal rail. */
export interface DrawnRail extends Box {
  readonly name: string;
  readonly behind: string | null;
  readonly parent: string | null;
}

/** Lines that end at one part: a track with a tap for each part that drives one of them. */
export interface DrawnNet {
  readonly kind: NetNode['kind'];
  readonly to: string;
  readonly lines: NetNode['lines'];
  /** From the part that drives a line to the part where it ends. */
  readonly taps: readonly { readonly from: string; readonly points: readonly Point[] }[];
  /** What all taps have in common, for lines that come from several parts. */
  readonly end: readonly Point[];
}

/** A board drawn: the same description gives the same drawing. */
export interface Diagram {
  readonly width: number;
  readonly height: number;
  /** Where rails say what they are: at their right, there in a word, or below. */
  readonly labels: 'beside' | 'short' | 'below';
  /** Small parts are wide enough for their names. */
  readonly named: boolean;
  readonly parts: readonly DrawnPart[];
  readonly rails: readonly DrawnRail[];
  readonly nets: readonly DrawnNet[];
  readonly topology: Topology;
  readonly board: BoardDescription;
}
