export function ExperimentBar() {
  return <section aria-label="experiment" class="experiment-bar empty">Experiment</section>;
}
