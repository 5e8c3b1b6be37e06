/** A device of the user's own. */
export function DevicePart() {
  return <p class="own-hint">Device</p>;
}
