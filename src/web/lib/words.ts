import { keep } from './keep.ts';
import { applyLanguage, createI18n, pickLanguage, type I18n, type Strings } from './i18n.ts';

/** A page's words: English travels with the page, every other language is one small file, fetched when it is wanted. */
export interface Words {
  /** The language in use. */
  readonly i18n: () => I18n;
  /** Turns to the first of: the wish, the browser's languages, English. Where the file cannot be had it is English. */
  readonly use: (wish: string | null | undefined) => Promise<I18n>;
}

/** `files` maps a language to the address of its texts; `learn` hears of each that is loaded, before it is used. */
export function createWords(english: Strings, files: Readonly<Record<string, string | undefined>>, learn: (language: string, texts: Strings) => void = () => undefined): Words {
  let i18n = createI18n('en', english);
  return {
    i18n: () => i18n,
    use: async wish => {
      const language = pickLanguage(wish, navigator.languages);
      try {
        const texts = language === 'en' ? english : await load(files[language]);
        learn(language, texts);
        i18n = createI18n(language, texts, english);
      } catch {
        i18n = createI18n('en', english);
      }
      applyLanguage(i18n);
      return i18n;
    },
  };
}

async function load(file: string | undefined): Promise<Strings> {
  if (!file) throw new Error('no such language');
  const response = await fetch(file);
  if (!response.ok) throw new Error('strings');
  keep(file);
  return await response.json() as Strings;
}

// ICAO writes in passports what others write as QS and QU.
const SAME: Readonly<Record<string, string>> = { XXA: 'QS', XXX: 'QU' };

/** A country's name. Codes that ISO leaves to users have texts of their own: "stateless", and the countries of the demonstration. */
export function countryName(i18n: I18n, code: string): string {
  const key = `country.${SAME[code] ?? code}`;
  return i18n.has(key) ? i18n.t(key) : i18n.country(code);
}
