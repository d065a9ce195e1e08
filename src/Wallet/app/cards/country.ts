import { t, words } from '../shell/text.ts';

/** A country's name; the codes for "stateless" and "unknown" are not countries. */
export function country(code: string): string {
  if (code === 'QS' || code === 'XXA') return t('country.stateless');
  if (code === 'QU' || code === 'XXX') return t('country.unknown');
  return words().country(code);
}
