/**
 * A keyboard as the host types on it. Keys have the names of W3C UI Events KeyboardEvent code
 * Values (`KeyA`, `Enter`, `ShiftLeft`, `ArrowUp` …): places on the keyboard, not characters.
 */
export interface KeyboardInput {
  /** A key goes down; false if the keyboard has no such key or took no more. */
  press(code: string): boolean;
  /** It goes up again. */
  release(code: string): boolean;
}

/** A mouse as the host moves it. */
export interface MouseInput {
  /** It moved by so many counts: to the right, up, the wheel towards the user. */
  move(right: number, up: number, wheel: number): void;
  /** Buttons that are down: bit 0 left, 1 right, 2 middle. */
  buttons(down: number): void;
}
