/** Texts of one area in one language: src/web/strings/<area>.<lang>.json, flat key → text with {placeholders}. */
export type Strings = Readonly<Record<string, string>>;
export type Language = 'en' | 'es' | 'fr' | 'fil' | 'id' | 'sw' | 'ar' | 'ur' | 'hi' | 'ne' | 'bn' | 'si' | 'ta' | 'my' | 'am';
export type Parameters = Readonly<Record<string, string | number>>;

/** Every language by its own name, in the order in which they are offered. */
export const LANGUAGE_NAMES: readonly (readonly [Language, string])[] = [
  ['en', 'English'], ['es', 'Español'], ['fr', 'Français'], ['fil', 'Filipino'], ['id', 'Bahasa Indonesia'], ['sw', 'Kiswahili'], ['ar', 'العربية'], ['ur', 'اردو'],
  ['hi', 'हिन्दी'], ['ne', 'नेपाली'], ['bn', 'বাংলা'], ['si', 'සිංහල'], ['ta', 'தமிழ்'], ['my', 'မြန်မာ'], ['am', 'አማርኛ'],
];

export const LANGUAGES: readonly Language[] = LANGUAGE_NAMES.map(([tag]) => tag);

/** Languages whose texts have been read and approved by somebody who speaks them; pages say so of the others. */
export const REVIEWED: readonly Language[] = ['en'];

const RIGHT_TO_LEFT: readonly Language[] = ['ar', 'ur'];

// Latin digits in every script: document numbers and dates are compared digit by digit with papers.
const localeOf = (lang: Language): string => (lang === 'en' ? 'en-GB' : `${lang}-u-nu-latn`);

// What older systems call two of the languages.
const ALIASES: Readonly<Record<string, Language>> = { tl: 'fil', in: 'id' };

/** The language to start in: the person's choice, else the first of the browser's that we have, else English. */
export function pickLanguage(chosen: string | null | undefined, preferred: readonly string[]): Language {
  const wanted = [chosen ?? '', ...preferred].map(tag => tag.toLowerCase().split('-')[0]!).map(tag => ALIASES[tag] ?? tag);
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
  // Browsers have no data for some languages and would speak English in the middle of a sentence; the files of these bring their own.
  const tables = strings['intl.months'] === undefined ? undefined : strings;
  const locale = tables ? 'en-GB' : localeOf(lang);
  const text = (key: string): string => strings[key] ?? fallback[key] ?? key;
  const shown = (value: string | number): string => (typeof value === 'number' ? numbers.format(value) : value);
  const numbers = new Intl.NumberFormat(locale);
  const plurals = new Intl.PluralRules(locale);
  const t = (key: string, values: Parameters = {}): string =>
    text(key).replace(/\{(\w+)\}/g, (whole, name: string) => (name in values ? `\u2068${shown(values[name]!)}\u2069` : whole));

  return {
    lang,
    dir: RIGHT_TO_LEFT.includes(lang) ? 'rtl' : 'ltr',
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
    date: value => formatDate(locale, value, tables),
    dateTime: unixSeconds => format(locale, { ...SHORT_DAY, hour: '2-digit', minute: '2-digit', timeZoneName: 'short' }, unixSeconds * 1000, tables),
    relative: (unixSeconds, nowSeconds) => formatRelative(locale, unixSeconds - nowSeconds, tables),
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

const LONG_DAY: Intl.DateTimeFormatOptions = { day: 'numeric', month: 'long', year: 'numeric' };
const SHORT_DAY: Intl.DateTimeFormatOptions = { day: 'numeric', month: 'short', year: 'numeric' };

// With tables the browser's English parts are put into the language's order, and its own month.
function format(locale: string, options: Intl.DateTimeFormatOptions, time: number, tables: Strings | undefined): string {
  const formatter = new Intl.DateTimeFormat(locale, options);
  if (!tables) return formatter.format(time);
  const parts = Object.fromEntries(formatter.formatToParts(time).map(({ type, value }) => [type, value]));
  const month = new Date(time).toLocaleDateString('en', { month: 'numeric', timeZone: options.timeZone });
  const named = { ...parts, month: tables['intl.months']!.split('|')[Number(month) - 1]! };
  const day = tables[options.day ? 'intl.day' : 'intl.month']!.replace(/\{(\w+)\}/g, (_, part: keyof typeof named) => named[part]!);
  return options.hour ? `${day} ${parts['hour']}:${parts['minute']} ${parts['timeZoneName']}` : day;
}

function formatDate(locale: string, value: string | number, tables: Strings | undefined): string {
  if (typeof value === 'number') return format(locale, LONG_DAY, value * 1000, tables);
  const [, year, month, day] = /^(\d{4})-(\d{2})(?:-(\d{2}))?$/.exec(value) ?? [];
  if (year === undefined) return value;
  const options: Intl.DateTimeFormatOptions = { year: 'numeric', month: 'long', ...(day && { day: 'numeric' }), timeZone: 'UTC' };
  const time = Date.UTC(Number(year), Number(month) - 1, Number(day ?? 1));
  return Number.isNaN(time) ? value : format(locale, options, time, tables);
}

function formatRelative(locale: string, seconds: number, tables: Strings | undefined): string {
  const steps: [Intl.RelativeTimeFormatUnit, number][] = [['year', 31_557_600], ['month', 2_629_800], ['day', 86_400], ['hour', 3600], ['minute', 60]];
  const [unit, length] = steps.find(([, size]) => Math.abs(seconds) >= size) ?? ['second', 1] as const;
  const count = Math.round(seconds / length);
  if (!tables) return new Intl.RelativeTimeFormat(locale, { numeric: 'auto' }).format(count, unit);
  return tables[`intl.${unit}.${count}`] ?? tables[`intl.${unit}.${count < 0 ? 'past' : 'future'}`]!.replace('{n}', `${Math.abs(count)}`);
}
