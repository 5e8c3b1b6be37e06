/**
 * The program of the book's chapter on the engine. Its loop is what the chapter follows; what comes
 * behind it changes the loop.
 */

/** Linear address of the loop, and of the numbers that it adds up. */
export const START = 0x10000, DATA = 0x30000;

export interface Line {
  readonly address: number;
  readonly bytes: readonly number[];
  readonly text: string;
}

const SOURCE: readonly (readonly [bytes: string, text: string])[] = [
  ['03 06', 'add eax,[esi]'],
  ['83 c6 04', 'add esi,4'],
  ['49', 'dec ecx'],
  ['75 f8', 'jnz 10000'],
  ['c6 05 04 00 01 00 08', 'mov byte [10004],8'],
  ['41', 'inc ecx'],
  ['4a', 'dec edx'],
  ['75 ed', 'jnz 10000'],
  ['f4', 'hlt'],
];

/** Instructions of the loop. */
export const LOOP_INSNS = 4;

export const PROGRAM: readonly Line[] = lines();

function lines(): Line[] {
  let address = START;
  return SOURCE.map(([text, source]) => {
    const bytes = text.split(' ').map((byte) => parseInt(byte, 16));
    const line = { address, bytes, text: source };
    address += bytes.length;
    return line;
  });
}
