/** Texts of one area in one language: src/web/strings/<area>.<lang>.json, flat key → text with {placeholders}. */
export type Strings = Readonly<Record<string, string>>;
export type Language = 'en' | 'es' | 'fr' | 'ar';
export type Parameters = Readonly<Record<string, string | number>>;

/** Every language by its own name, in the order in which they are offered. */
export const LANGUAGE_NAMES: readonly (readonly [Language, string])[] = [['en', 'English'], ['es', 'Español'], ['fr', 'Français'], ['ar', 'العربية']];

export const LANGUAGES: readonly Language[] = LANGUAGE_NAMES.map(([tag]) => tag);

// Arabic with Latin digits: document numbers and dates are compared digit by digit with papers.
const LOCALES: Readonly<Record<Language, string>> = { en: 'en-GB', es: 'es', fr: 'fr', ar: 'ar-u-nu-latn' };

/** The language to start in: the person's choice, else the first of the browser's that we have, else English. */
export function pickLanguage(chosen: string | null | undefined, preferred: readonly string[]): Language {
  const wanted = [chosen ?? '', ...preferred].map(tag => tag.toLowerCase().split('-')[0]);
  return LANGUAGES.find(language => language === wanted.find(tag => LANGUAGES.includes(tag as Language))) ?? 'en';
}

export interface I18n {
  readonly lang: Language;
  readonly dir: 'ltr' | 'rtl';
  has(key: string): boolean;
  /** The text as a string; values are isolated by Unicode marks, so that a Latin name does not upset an Arabic sentence. */
  t(key: string, values?: Parameters): string;
  /** The text as nodes; each value sits in its own <bdi>. */
  nodes(key: string, values?: Parameters): DocumentFragment;
  /** Picks `key.zero|one|two|few|many|other` by the language's rules for `count`, which is also {count}. */
  plural(key: string, count: number, values?: Parameters): string;
  number(value: number): string;
  /** `2031-06`, `2031-06-14` or Unix seconds as a date in words; anything else is returned as it is. */
  date(value: string | number): string;
  /** With the name of this device's time zone, since the other side may sit in another. */
  dateTime(unixSeconds: number): string;
  /** "3 minutes ago", "in 2 days". */
  relative(unixSeconds: number, nowSeconds: number): string;
  /** Name of a country by ISO 3166 code, else the code. */
  country(code: string): string;
}

/** `strings` are the areas the page uses, merged by the caller; a key missing there falls back to `fallback` (English), then to the key. */
export function createI18n(lang: Language, strings: Strings, fallback: Strings = {}): I18n {
  const locale = LOCALES[lang];
  const text = (key: string): string => strings[key] ?? fallback[key] ?? key;
  const shown = (value: string | number): string => (typeof value === 'number' ? numbers.format(value) : value);
  const numbers = new Intl.NumberFormat(locale);
  const plurals = new Intl.PluralRules(locale);
  const t = (key: string, values: Parameters = {}): string =>
    text(key).replace(/\{(\w+)\}/g, (whole, name: string) => (name in values ? `\u2068${shown(values[name]!)}\u2069` : whole));

  return {
    lang,
    dir: lang === 'ar' ? 'rtl' : 'ltr',
    has: key => key in strings || key in fallback,
    t,
    nodes(key, values = {}) {
      const fragment = document.createDocumentFragment();
      for (const part of text(key).split(/(\{\w+\})/)) {
        const name = /^\{(\w+)\}$/.exec(part)?.[1];
        if (name === undefined || !(name in values)) {
          fragment.append(part);
          continue;
        }
        const isolated = document.createElement('bdi');
        isolated.textContent = shown(values[name]!);
        fragment.append(isolated);
      }
      return fragment;
    },
    plural(key, count, values = {}) {
      const exact = `${key}.${plurals.select(count)}`;
      return t(exact in strings || exact in fallback ? exact : `${key}.other`, { ...values, count });
    },
    number: value => numbers.format(value),
    date: value => formatDate(locale, value),
    dateTime: unixSeconds =>
      new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'short', year: 'numeric', hour: '2-digit', minute: '2-digit', timeZoneName: 'short' }).format(unixSeconds * 1000),
    relative: (unixSeconds, nowSeconds) => formatRelative(locale, unixSeconds - nowSeconds),
    country: code => {
      try {
        return new Intl.DisplayNames(locale, { type: 'region' }).of(code) ?? code;
      } catch {
        return code;
      }
    },
  };
}

/** Sets the page's language and direction. */
export function applyLanguage(i18n: I18n): void {
  document.documentElement.lang = i18n.lang;
  document.documentElement.dir = i18n.dir;
}

function formatDate(locale: string, value: string | number): string {
  if (typeof value === 'number') return new Intl.DateTimeFormat(locale, { dateStyle: 'long' }).format(value * 1000);
  const [, year, month, day] = /^(\d{4})-(\d{2})(?:-(\d{2}))?$/.exec(value) ?? [];
  if (year === undefined) return value;
  const options: Intl.DateTimeFormatOptions = { year: 'numeric', month: 'long', ...(day && { day: 'numeric' }), timeZone: 'UTC' };
  const time = Date.UTC(Number(year), Number(month) - 1, Number(day ?? 1));
  return Number.isNaN(time) ? value : new Intl.DateTimeFormat(locale, options).format(time);
}

function formatRelative(locale: string, seconds: number): string {
  const steps: [Intl.RelativeTimeFormatUnit, number][] = [['year', 31_557_600], ['month', 2_629_800], ['day', 86_400], ['hour', 3600], ['minute', 60]];
  const [unit, length] = steps.find(([, size]) => Math.abs(seconds) >= size) ?? ['second', 1] as const;
  return new Intl.RelativeTimeFormat(locale, { numeric: 'auto' }).format(Math.round(seconds / length), unit);
}
