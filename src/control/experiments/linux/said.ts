import { pageNumbers } from '../../copies/page-tally.ts';
import type { EndedTrial } from '../experiment.ts';

/** What a program of guest/linux said in the section `said`: lines of a name and a value. */
export class Said {
  private readonly values = new Map<string, string>();
  private readonly failure: EndedTrial['failure'];

  constructor({ lines, failure }: EndedTrial) {
    this.failure = failure;
    for (const line of lines.section('said') ?? []) {
      const [, name = '', rest = ''] = /^(\S+) ?(.*)$/.exec(line) ?? [];
      // What is too long for a line has several of one name.
      this.values.set(name, `${this.values.get(name) ?? ''} ${rest}`.trim());
    }
  }

  has(name: string): boolean {
    return this.values.has(name);
  }

  /** @throws GuestFailure if it was not said */
  text(name: string): string {
    const value = this.values.get(name);
    if (value === undefined) throw this.failure(`the guest did not say what it found (${name})`);
    return value;
  }

  /** @throws GuestFailure if it was not said */
  number(name: string): number {
    return Number(this.text(name));
  }

  /** Physical pages. @throws GuestFailure if they were not said, or are not `count` */
  pages(name: string, count: number): number[] {
    const pages = pageNumbers(this.text(name));
    if (pages.length !== count) throw this.failure(`of ${count} pages (${name}) the guest named ${pages.length}`);
    return pages;
  }
}
