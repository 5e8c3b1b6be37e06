/** The name of a board option as users write it: `processorClock` is `processor-clock`. */
export function optionWord(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}
