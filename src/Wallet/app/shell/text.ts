/** The wallet's words. English travels with the page; other languages are one small file each, kept for offline use. */
import english from '../../../web/strings/wallet.en.json' with { type: 'json' };
import { createI18n, applyLanguage, pickLanguage, type I18n, type Parameters, type Strings } from '../../../web/lib/i18n.ts';
import { STRINGS } from 'wallet:assets';

export type Key = keyof typeof english;

let i18n: I18n = createI18n('en', english);

/** The language in use, for the shared functions that want it whole. */
export const words = (): I18n => i18n;

/** Turns to the person's choice, else the browser's first language that we have. Without network on a first visit it stays English. */
export async function useLanguage(wish: string | undefined): Promise<void> {
  const language = pickLanguage(wish, navigator.languages);
  try {
    i18n = createI18n(language, language === 'en' ? english : await load(STRINGS[language]), english);
  } catch {
    i18n = createI18n('en', english);
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

/** A text with a number in it. `stem` is the key without its `.one`, `.other`, … */
export const tn = (stem: string, count: number, values?: Parameters): string => i18n.plural(stem, count, values);

/** From Unix milliseconds. */
export const day = (at: number): string => i18n.date(Math.floor(at / 1000));
export const moment = (at: number): string => i18n.dateTime(Math.floor(at / 1000));
export const ago = (at: number): string => i18n.relative(Math.floor(at / 1000), Math.floor(Date.now() / 1000));
