/** The same text with the digits of any script as 0 to 9: a keyboard in another language types other signs for the same number. */
export const latinDigits = (text: string): string => text.replace(/\p{Nd}/gu, digit => String(valueOf(digit.codePointAt(0)!)));

/** The digits of what was typed, of any script, as 0 to 9, without spaces and dashes between them. */
export const digitsOf = (text: string): string => latinDigits(text).replace(/[^0-9]/g, '');

// The digits of a script stand together, zero first.
function valueOf(code: number): number {
  let zero = code;
  while (code - zero < 9 && /\p{Nd}/u.test(String.fromCodePoint(zero - 1))) zero--;
  return code - zero;
}
