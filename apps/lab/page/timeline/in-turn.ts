/** What is done to the selection, one after the other, however fast keys come. */
let last: Promise<unknown> = Promise.resolve();

/** Begins when what was asked for before has ended, well or not; ends as `act` does. */
export function inTurn(act: () => Promise<void>): Promise<void> {
  const done = last.then(act);
  last = done.catch(() => {});
  return done;
}
