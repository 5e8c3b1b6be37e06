/**
 * Something that a component counts from its reset on, as a row: results, tables and documentation
 * are made from it. A machine adds up the rows of one name.
 */
export interface Counter {
  /** Key in results, e.g. `deviceBytes`. */
  readonly name: string;
  /** `B`, `ticks`, or '' for a plain number. */
  readonly unit: string;
  /** One line: what is counted. */
  readonly doc: string;
  /** How much it is now. */
  readonly value: () => number;
}
