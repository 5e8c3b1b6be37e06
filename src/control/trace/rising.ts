/** What stands in order, searched. */

/** The first of `count` places of which `isBefore` does not hold; `count`: it holds of all. */
export function firstNot(count: number, isBefore: (at: number) => boolean): number {
  let low = 0, high = count;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (isBefore(middle)) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Where a number stands among the first `count` of those that rise; -1: nowhere. */
export function indexIn(rising: Float64Array, wanted: number, count = rising.length): number {
  const at = firstNot(count, (n) => rising[n] < wanted);
  return at < count && rising[at] === wanted ? at : -1;
}
