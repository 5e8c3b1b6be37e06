export function InspectPanel() {
  return <section aria-label="inspector" class="inspect empty">Inspector</section>;
}
