/**
 * Words that somebody else's file or device gave, for a line on a terminal: what a terminal may act
 * upon (control characters, marks of direction, ends of lines) is a question mark.
 */
export function plainText(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu, '?');
}
