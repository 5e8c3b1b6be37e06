export function FiguresPanel() {
  return <section aria-label="figures" class="figures empty">Figures</section>;
}
