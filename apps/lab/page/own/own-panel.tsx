export function OwnPanel() {
  return <section aria-label="your own software" class="own empty">Your own</section>;
}
