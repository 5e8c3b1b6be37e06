export function TransportBar() {
  return <section aria-label="transport" class="transport empty">Transport</section>;
}
