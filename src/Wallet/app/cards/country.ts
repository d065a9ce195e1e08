import { has, t, words } from '../shell/text.ts';

/** A country's name. Codes that ISO leaves to users have texts of their own: "stateless", and the countries of the demonstration. */
export function country(code: string): string {
  const key = `country.${SAME[code] ?? code}`;
  return has(key) ? t(key) : words().country(code);
}

// ICAO writes in passports what others write as QS and QU.
const SAME: Readonly<Record<string, string>> = { XXA: 'QS', XXX: 'QU' };
