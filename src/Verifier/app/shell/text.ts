/** The page's words: English inside the page, other languages one small file each. */
import type english from '../../../web/strings/verifier.en.json';
import type verdict from '../../../web/strings/verdict.en.json';
import type { Language, Parameters } from '../../../web/lib/i18n.ts';
import { countryName, createWords } from '../../../web/lib/words.ts';
import { lendLetters } from '../../../web/lib/glyphs.ts';
import { learnTypes } from '../../../web/lib/types.ts';
import { ENGLISH, LETTERS, STRINGS } from 'verifier:assets';
import { TYPES, type TEMPLATES } from 'verifier:data';

export type Key = keyof typeof english | `verdict.${keyof typeof verdict & string}`;

const COOKIE = 'lang'; // the server's pages read the same cookie
const YEAR = 31_536_000;
const shared = createWords(ENGLISH, STRINGS, (language, texts) => {
  learnTypes(TYPES, language, texts);
  const letters = LETTERS[language];
  if (letters) void lendLetters(letters.sample, letters.file);
});

/** The language in use, for the shared functions that want it whole. */
export const words = shared.i18n;

/** Turns to `wish`, else to the language of an earlier visit, else to the browser's first that we have. */
export async function useLanguage(wish?: Language): Promise<void> {
  const address = new URLSearchParams(location.search).get('lang');
  const chosen = wish ?? address ?? new RegExp(`(?:^|; )${COOKIE}=(\\w+)`).exec(document.cookie)?.[1];
  const { lang } = await shared.use(chosen);
  // A file that could not be fetched once must not change the choice.
  if ((wish || address) && lang === chosen) document.cookie = `${COOKIE}=${lang}; path=/; max-age=${YEAR}; samesite=lax`;
}

export const t = (key: Key, values?: Parameters): string => words().t(key, values);

/** Whether there is a text of this name: for codes that come from elsewhere. */
export const has = (key: string): key is Key => words().has(key);

/** A text for a code of ours that arrives as a plain string, with something to say where it is newer than this page. */
export const tCode = (stem: string, code: string, values?: Parameters): string => {
  const key = `${stem}.${code}`;
  return has(key) ? t(key, values) : code;
};

/** A template's question in the language in use. */
export function questionOf({ name, texts }: (typeof TEMPLATES)[number]): { title: string; description: string } {
  const text = (part: 'title' | 'description'): string => (has(`template.${name}.${part}`) ? words().t(`template.${name}.${part}`) : texts.en[part]);
  return { title: text('title'), description: text('description') };
}

/** A country's name by its code. */
export const country = (code: string): string => countryName(words(), code);

const seconds = (): number => Math.floor(Date.now() / 1000);
export const ago = (age: number): string => words().relative(seconds() - age, seconds());
/** From an RFC 3339 time. */
export const moment = (time: string): string => words().dateTime(Date.parse(time) / 1000);
export const day = (time: string): string => words().date(Date.parse(time) / 1000);
