export function TimelinePanel() {
  return <section aria-label="timeline" class="timeline empty">Timeline</section>;
}
