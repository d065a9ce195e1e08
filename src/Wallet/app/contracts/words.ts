/** Values of contracts in words. */
import { fieldOf, type ContractRecord } from '../../../web/lib/contract/record.ts';
import { t, has, words, type Key } from '../shell/text.ts';

export const fieldName = (name: string): string => t(`field.${name}` as Key);
export const choiceName = (field: string, code: string): string => t(`value.${field}.${code}` as Key);

/** One value with its units, as a comparison or a record has it. */
export function valueText(field: string, value: string | null): string {
  if (value === null) return '–';
  const kind = fieldOf(field)?.kind;
  if (kind === 'choice') return choiceName(field, value);
  if (kind === 'date') return value.length === 4 ? value : words().date(value);
  if (kind !== 'amount' && field !== 'pay_per_hour') return value;
  const [amount, ...units] = value.split(' ');
  const isPeriod = (unit: string): boolean => has(`value.wage_period.${unit}`);
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
