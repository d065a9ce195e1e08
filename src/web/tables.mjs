// Dates, spans of time and countries for languages that Chromium carries no data for (measured: it answers in English), from the data of Node.

/** Languages whose file brings its own tables. */
export const LACKING = ['my', 'ne', 'si'];

// Newer data name the months of the Sinhala lunar year; papers have these.
const MONTHS = { si: 'ජනවාරි|පෙබරවාරි|මාර්තු|අප්‍රේල්|මැයි|ජූනි|ජූලි|අගෝස්තු|සැප්තැම්බර්|ඔක්තෝබර්|නොවැම්බර්|දෙසැම්බර්' };

/** Flat texts: `intl.months` (twelve, by |), `intl.day` and `intl.month` (order of a date), `intl.UNIT.…` (spans), `country.CODE`. Throws where this Node has no data itself. */
export function tablesOf(language) {
  if (Intl.DateTimeFormat.supportedLocalesOf(language).length === 0)
    throw new Error(`This Node.js has no data for the language "${language}" (it was built with a small ICU). Install one with full ICU, as from nodejs.org.`);
  const locale = `${language}-u-nu-latn-ca-gregory`;
  const months = new Intl.DateTimeFormat(locale, { month: 'long', timeZone: 'UTC' });
  const texts = {
    'intl.months': MONTHS[language] ?? Array.from({ length: 12 }, (_, month) => months.format(Date.UTC(2000, month, 1))).join('|'),
    'intl.day': order(locale, { day: 'numeric', month: 'long', year: 'numeric' }),
    'intl.month': order(locale, { month: 'long', year: 'numeric' }),
  };
  const span = new Intl.RelativeTimeFormat(locale, { numeric: 'auto' });
  for (const unit of ['year', 'month', 'day', 'hour', 'minute', 'second']) {
    for (const count of [-1, 0, 1]) texts[`intl.${unit}.${count}`] = span.format(count, unit);
    texts[`intl.${unit}.past`] = span.format(-5, unit).replace('5', '{n}');
    texts[`intl.${unit}.future`] = span.format(5, unit).replace('5', '{n}');
  }
  const regions = new Intl.DisplayNames(locale, { type: 'region', fallback: 'none' });
  for (const first of LETTERS)
    for (const second of LETTERS) {
      const name = regions.of(first + second);
      if (name) texts[`country.${first}${second}`] = name;
    }
  return texts;
}

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ';

const order = (locale, options) =>
  new Intl.DateTimeFormat(locale, { ...options, timeZone: 'UTC' }).formatToParts(0).map(({ type, value }) => (type === 'literal' ? value : `{${type}}`)).join('');
