import type { Component, Figure } from '../../sim/component.ts';

/** What a report says of a part's model. Plain data. */
export interface PartFidelity {
  readonly name: string;
  readonly title: string;
  readonly datasheet: string;
  readonly figures: readonly Figure[];
  readonly absent: readonly string[];
}

/**
 * The models of the parts that had to do with a run and have something to say.
 * @param involved names of initiators, targets and ports; null: all parts
 */
export function fidelityOf(components: readonly Component[], involved: ReadonlySet<string> | null): PartFidelity[] {
  const roots = involved === null ? null : new Set([...involved].map((name) => name.split('.')[0]));
  return components
    .filter((c) => roots === null || roots.has(c.name.split('.')[0]))
    .flatMap((c) => {
      const identity = c.describe(), { figures = [], absent = [] } = identity ?? {};
      if (identity === null || figures.length + absent.length === 0) return [];
      return [{ name: c.name, title: identity.title, datasheet: identity.datasheet, figures, absent }];
    });
}
