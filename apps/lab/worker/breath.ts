/** A pause in which messages are handled. `setTimeout` waits for 4 ms, in a hidden tab for 1 s. */
const { port1, port2 } = new MessageChannel();
const waiting: (() => void)[] = [];
port1.addEventListener('message', () => waiting.shift()?.());
port1.start();

export function breath(): Promise<void> {
  return new Promise((resolve) => {
    waiting.push(resolve);
    port2.postMessage(null);
  });
}

/** Wall time between two looks at what else there is to do (ms). */
const BREATH = 20;

/** Takes all steps, with a breath now and then; `told` hears of the step before each. */
export async function breathing<Step, Result>(
  steps: Iterator<Step, Result>, told: (step: Step) => void,
): Promise<Result> {
  let breathed = performance.now();
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
    if (performance.now() - breathed < BREATH) continue;
    told(step.value);
    await breath();
    breathed = performance.now();
  }
}
