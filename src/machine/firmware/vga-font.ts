/** Rows of a character, and bytes from a character to the next in the character map. */
export const FONT_ROWS = 16, FONT_STRIDE = 32;

/**
 * The printing characters of ASCII from the space on, drawn on 5 by 7 dots: seven rows each, a row
 * a digit to the base 32.
 */
const ASCII =
  '0000000 4444404 aaa0000 aavavaa 4fke5u4 op248j3 cik8lid 4480000 2488842 8422248 04lel40 044v440 0000c48 000v000 ' +
  '00000cc 01248g0 ehjlphe 4c4444e eh1248v v2421he 26aiv22 vgu11he 68guhhe v124888 ehhehhe ehhf12c 0cc0cc0 0cc0c48 ' +
  '248g842 00v0v00 8421248 eh12404 eh1dlle ehhvhhh uhhuhhu ehggghe sihhhis vgguggv vgguggg ehgnhhf hhhvhhh e44444e ' +
  '72222ic hikokih ggggggv hrllhhh hhpljhh ehhhhhe uhhuggg ehhhlid uhhukih fgge11u v444444 hhhhhhe hhhhha4 hhhllla ' +
  'hha4ahh hhha444 v1248gv e88888e 0g84210 e22222e 4ah0000 000000v 8420000 00e1fhf ggmphhu 00egghe 11djhhf 00ehvge ' +
  '698s888 0fhhf1e ggmphhh 40c444e 20622ic ggikoki c44444e 00qllhh 00mphhh 00ehhhe 00uhugg 00djf11 00mpggg 00ege1u ' +
  '88s8896 00hhhjd 00hhha4 00hhlla 00ha4ah 00hhf1e 00v248v 2448442 4444444 8442448 008l200';
/** Lines from B3h to DAh: which arms go up (1), right (2), down (4), left (8); a hex digit each. */
const ARMS = '5dddccd5c999c3be7af7736be7afbbee3366ff96', FIRST_ARMS = 0xb3;
/** Shades from B0h on, by two rows in turn; blocks from DBh on: full, lower, left, right, upper. */
const SHADES = [[0x22, 0x88], [0xaa, 0x55], [0xdd, 0x77]] as const;
const FULL = 0xdb, LOWER = 0xdc, LEFT = 0xdd, RIGHT = 0xde, UPPER = 0xdf;
/** What has no picture here: a box. */
const UNKNOWN = [0, 0, 0x7e, 0x42, 0x42, 0x42, 0x42, 0x42, 0x42, 0x42, 0x42, 0x42, 0x42, 0x7e, 0, 0] as const;

const GLYPHS = ASCII.split(' ');

/** The rows of a character, 8 dots each, by its code in code page 437. */
export function glyph(code: number): readonly number[] {
  const rows = (dots: (row: number) => number): number[] => Array.from({ length: FONT_ROWS }, (_, row) => dots(row));
  if (code === 0) return rows(() => 0);
  const drawn = GLYPHS[code - 0x20];
  // Each row twice, from the second on.
  if (drawn !== undefined) return rows((row) => Number.parseInt(drawn[(row - 1) >> 1] ?? '0', 32) << 2);
  const shade = SHADES[code - 0xb0];
  if (shade !== undefined) return rows((row) => shade[row & 1]);
  const arms = Number.parseInt(ARMS[code - FIRST_ARMS] ?? '0', 16);
  if (arms !== 0)
    return rows((row) => (row === 7 ? ((arms & 2) !== 0 ? 0x1f : 0) | ((arms & 8) !== 0 ? 0xf8 : 0) | 0x18
      : (arms & (row < 7 ? 1 : 4)) !== 0 ? 0x18 : 0));
  switch (code) {
    case FULL: return rows(() => 0xff);
    case LOWER: return rows((row) => (row < 8 ? 0 : 0xff));
    case LEFT: return rows(() => 0xf0);
    case RIGHT: return rows(() => 0x0f);
    case UPPER: return rows((row) => (row < 8 ? 0xff : 0));
    default: return UNKNOWN;
  }
}
