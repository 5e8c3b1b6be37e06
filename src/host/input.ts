/**
 * A keyboard as the host types on it. Keys have the names of W3C UI Events KeyboardEvent code
 * Values (`KeyA`, `Enter`, `ShiftLeft`, `ArrowUp` …): places on the keyboard, not characters. Call
 * it between two runs of the machine, or from an event of the simulation.
 */
export interface KeyboardInput {
  /**
   * A key goes down, and repeats until it goes up; a key that is down stays so. False if the
   * keyboard has no such key, is switched off by software, or has no room for its code.
   */
  press(code: string): boolean;
  /** It goes up again. */
  release(code: string): boolean;
}

/** A mouse as the host moves it. Call it as `KeyboardInput`. */
export interface MouseInput {
  /**
   * It moved to the right and up, in quarters of a millimetre, and its wheel so many notches
   * towards the user.
   */
  move(right: number, up: number, wheel: number): void;
  /** Buttons that are down: bit 0 left, 1 right, 2 middle. */
  buttons(down: number): void;
}

/** What is done to a machine from outside: kept with its time, it can be done again. */
export type MachineInput =
  /** A character on the console's receive line. */
  | { readonly kind: 'character'; readonly byte: number }
  | { readonly kind: 'key'; readonly code: string; readonly down: boolean }
  | { readonly kind: 'move'; readonly right: number; readonly up: number; readonly wheel: number }
  | { readonly kind: 'buttons'; readonly down: number };
