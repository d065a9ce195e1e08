/** Texts of contracts, which travel with this part; those of other languages lie in the file of the language. What `button`, `link`, `tn` and `t` name (a `Key` of the shell) stays in wallet.*.json. */
import english from '../../../web/strings/contract.en.json' with { type: 'json' };
import type { Direction } from '../../../web/lib/contract/compare.ts';
import { fieldOf, type ContractRecord } from '../../../web/lib/contract/record.ts';
import { partWords, t, words } from '../shell/text.ts';

type ContractKey = keyof typeof english;
/** A text of contracts in the person's language, else in English. The languages' files have it without a prefix. */
export const tc = partWords<ContractKey>('', english);

export const fieldName = (name: string): string => tc(`field.${name}` as ContractKey);
export const choiceName = (field: string, code: string): string => tc(`value.${field}.${code}` as ContractKey);
export const directionName = (direction: Direction): string => tc(`direction.${direction}`);

/** One value with its units, as a comparison or a record has it. */
export function valueText(field: string, value: string | null): string {
  if (value === null) return '–';
  const kind = fieldOf(field)?.kind;
  if (kind === 'choice') return choiceName(field, value);
  if (kind === 'date') return value.length === 4 ? value : words().date(value);
  if (kind !== 'amount' && field !== 'pay_per_hour') return value;
  const [amount, ...units] = value.split(' ');
  const isPeriod = (unit: string): boolean => `value.wage_period.${unit}` in english;
  const sum = [words().number(Number(amount)), ...units.filter(unit => !isPeriod(unit))].join(' ');
  const period = units.find(isPeriod);
  // Number and currency keep together and run left to right; the words run as the page does.
  return period ? `\u2066${sum}\u2069 ${choiceName('wage_period', period)}` : sum;
}

/** A line that tells versions apart: what it is, from whom, when. */
export function versionName(values: ContractRecord): string {
  const date = values['given_on'];
  return [choiceName('stage', values['stage']!), date && valueText('given_on', date)].filter(Boolean).join(t('list.separator'));
}
