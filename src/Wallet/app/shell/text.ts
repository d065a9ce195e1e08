/** The wallet's words. English travels with the page; other languages are one small file each, kept for offline use. */
import english from '../../../web/strings/wallet.en.json' with { type: 'json' };
import { createI18n, type Parameters } from '../../../web/lib/i18n.ts';
import { countryName, createWords } from '../../../web/lib/words.ts';
import { lendLetters } from '../../../web/lib/glyphs.ts';
import { learnTypes } from '../../../web/lib/types.ts';
import { LETTERS, STRINGS } from 'wallet:assets';
import { TYPES } from 'wallet:types';
import { timeNow } from '../store/clock.ts';

export type Key = keyof typeof english;

const shared = createWords(english, STRINGS, (language, texts) => {
  learnTypes(TYPES, language, texts);
  const letters = LETTERS[language];
  if (letters) void lendLetters(letters.sample, letters.file);
});

/** The language in use, for the shared functions that want it whole. */
export const words = shared.i18n;

/** Turns to the person's choice, else the browser's first language that we have. Without network on a first visit it stays English. */
export const useLanguage = async (wish: string | undefined): Promise<void> => void await shared.use(wish);

export const t = (key: Key, values?: Parameters): string => words().t(key, values);

/** Texts of a part that brings its own English: in the person's language, where `prefix` stands before each key, else in English. */
export function partWords<K extends string>(prefix: string, english: Readonly<Record<K, string>>): (key: K, values?: Parameters) => string {
  const fallback = createI18n('en', english);
  return (key, values) => (words().has(prefix + key) ? words().t(prefix + key, values) : fallback.t(key, values));
}

/** Whether there is a text of this name: for codes that come from elsewhere. */
export const has = (key: string): key is Key => words().has(key);

/** A text with a number in it. `stem` is the key without its `.one`, `.other`, … */
export const tn = (stem: string, count: number, values?: Parameters): string => words().plural(stem, count, values);

/** From Unix milliseconds. */
export const day = (at: number): string => words().date(Math.floor(at / 1000));
export const moment = (at: number): string => words().dateTime(Math.floor(at / 1000));
export const ago = (at: number): string => words().relative(Math.floor(at / 1000), timeNow().time);

/** A country's name by its code. */
export const country = (code: string): string => countryName(words(), code);
