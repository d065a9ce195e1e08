/** The page's words: English inside the page, other languages one small file each. */
import type english from '../../../web/strings/verifier.en.json';
import type verdict from '../../../web/strings/verdict.en.json';
import { applyLanguage, createI18n, pickLanguage, type I18n, type Language, type Parameters, type Strings } from '../../../web/lib/i18n.ts';
import { ENGLISH, STRINGS } from 'verifier:assets';

export type Key = keyof typeof english | `verdict.${keyof typeof verdict & string}`;

const COOKIE = 'lang'; // the server's pages read the same cookie
const YEAR = 31_536_000;
let i18n: I18n = createI18n('en', ENGLISH);

/** The language in use, for the shared functions that want it whole. */
export const words = (): I18n => i18n;

/** Turns to `wish`, else to the language of an earlier visit, else to the browser's first that we have. */
export async function useLanguage(wish?: Language): Promise<void> {
  const address = new URLSearchParams(location.search).get('lang');
  const language = pickLanguage(wish ?? address ?? new RegExp(`(?:^|; )${COOKIE}=(\\w+)`).exec(document.cookie)?.[1], navigator.languages);
  if (wish || address) document.cookie = `${COOKIE}=${language}; path=/; max-age=${YEAR}; samesite=lax`;
  try {
    i18n = createI18n(language, language === 'en' ? ENGLISH : await load(STRINGS[language]), ENGLISH);
  } catch {
    i18n = createI18n('en', ENGLISH);
  }
  applyLanguage(i18n);
}

async function load(file: string | undefined): Promise<Strings> {
  if (!file) throw new Error('no such language');
  const response = await fetch(file);
  if (!response.ok) throw new Error('strings');
  return await response.json() as Strings;
}

export const t = (key: Key, values?: Parameters): string => i18n.t(key, values);

/** Whether there is a text of this name: for codes that come from elsewhere. */
export const has = (key: string): key is Key => i18n.has(key);

/** A text for a code of ours that arrives as a plain string, with something to say where it is newer than this page. */
export const tCode = (stem: string, code: string): string => {
  const key = `${stem}.${code}`;
  return has(key) ? t(key) : code;
};

/** A country's name; those of the demonstration and "stateless" have texts of their own. ICAO writes in passports what others write as QS and QU. */
export function country(code: string): string {
  const key = `country.${({ XXA: 'QS', XXX: 'QU' } as Record<string, string>)[code] ?? code}`;
  return has(key) ? t(key) : i18n.country(code);
}

const seconds = (): number => Math.floor(Date.now() / 1000);
export const ago = (age: number): string => i18n.relative(seconds() - age, seconds());
/** From an RFC 3339 time. */
export const moment = (time: string): string => i18n.dateTime(Date.parse(time) / 1000);
export const day = (time: string): string => i18n.date(Date.parse(time) / 1000);
