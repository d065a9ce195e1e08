import { FIELDS, fieldOf, type ContractField, type ContractRecord } from './record.ts';

export type Direction = 'worse' | 'better' | 'changed' | 'missing' | 'added';
export interface Difference { readonly field: string; readonly earlier: string | null; readonly later: string | null; readonly direction: Direction; readonly material: boolean }
export interface Comparison { readonly earlier: ContractRecord; readonly later: ContractRecord; readonly differences: readonly Difference[]; readonly suspected: boolean }

const STAGES = fieldOf('stage')!.values!;

/** Two versions of one contract, field by field, by the same rules as ContractComparison.cs. */
export function compareContracts(one: ContractRecord, other: ContractRecord): Comparison {
  const [earlier, later] = precedes(other, one) ? [other, one] : [one, other];
  const differences: Difference[] = [];
  for (const field of FIELDS) {
    if (field.rule === 'none') continue;
    const difference = compare(field, earlier, later);
    if (difference) differences.push(difference);
    const pay = field.name === 'days_per_week' ? perHour(earlier, later) : undefined;
    if (pay) differences.push(pay);
  }
  const suspected = stage(earlier) < stage(later) && differences.some(d => d.material && d.direction === 'worse');
  return { earlier, later, differences, suspected };
}

/** A value with the fields that say what it means; null where it is absent. */
export function shown(record: ContractRecord, field: ContractField): string | null {
  const value = record[field.name];
  if (value === undefined) return null;
  return [value, ...(field.with ?? []).map(name => record[name]).filter(unit => unit !== undefined)].join(' ');
}

const stage = (record: ContractRecord): number => STAGES.indexOf(record['stage']!);

function precedes(a: ContractRecord, b: ContractRecord): boolean {
  return stage(a) !== stage(b) ? stage(a) < stage(b) : (a['given_on'] ?? '') < (b['given_on'] ?? '');
}

function compare(field: ContractField, earlier: ContractRecord, later: ContractRecord): Difference | undefined {
  const [a, b] = [shown(earlier, field), shown(later, field)];
  if (a === b) return undefined;
  let direction: Direction | undefined;
  if (a === null) direction = field.absent === undefined ? 'added' : amounts(field.rule, field.absent, later[field.name]!);
  else if (b === null) direction = field.absent === undefined ? 'missing' : amounts(field.rule, earlier[field.name]!, field.absent);
  else direction = values(field, earlier, later);
  return direction && { field: field.name, earlier: a, later: b, direction, material: field.material ?? false };
}

function values(field: ContractField, earlier: ContractRecord, later: ContractRecord): Direction | undefined {
  const [a, b] = [earlier[field.name]!, later[field.name]!];
  const same = (field.with ?? []).every(name => earlier[name] === later[name]);
  const index = (value: string): number => field.values!.indexOf(value);
  switch (field.rule) {
    case 'order': return worse(index(b) - index(a));
    case 'first_best': return (index(a) === 0) === (index(b) === 0) ? 'changed' : index(a) === 0 ? 'worse' : 'better';
    case 'later_worse': return a.startsWith(b) || b.startsWith(a) ? 'changed' : worse(a < b ? 1 : -1);
    case 'wage': return same ? amounts('lower_worse', a, b) : 'changed';
    case 'lower_worse': case 'higher_worse':
      return same || milli(a) === 0n || milli(b) === 0n ? amounts(field.rule, a, b) ?? (same ? undefined : 'changed') : 'changed';
    default: return 'changed';
  }
}

function amounts(rule: string, a: string, b: string): Direction | undefined {
  const order = milli(b) - milli(a);
  return worse(rule === 'higher_worse' ? order : -order);
}

const worse = (order: number | bigint): 'worse' | 'better' | undefined => (order > 0 ? 'worse' : order < 0 ? 'better' : undefined);

function perHour(earlier: ContractRecord, later: ContractRecord): Difference | undefined {
  const currency = earlier['wage_currency'];
  if (currency === undefined || currency !== later['wage_currency']) return undefined;
  const [a, b] = [rate(earlier), rate(later)];
  if (!a || !b) return undefined;
  const [left, right] = [b.pay * a.hours, a.pay * b.hours];
  if (left === right) return undefined;
  return { field: 'pay_per_hour', earlier: `${text(a)} ${currency}`, later: `${text(b)} ${currency}`, direction: left < right ? 'worse' : 'better', material: true };
}

// Pay in thousandths over hours, as whole numbers: 52/12 weeks make a month.
function rate(record: ContractRecord): { pay: bigint; hours: bigint } | undefined {
  if (record['wage'] === undefined) return undefined;
  const [pay, hours, days] = [milli(record['wage']), milli(record['hours_per_day'] ?? '0'), milli(record['days_per_week'] ?? '0')];
  const found = {
    hour: { pay, hours: 1n }, day: { pay: pay * 1000n, hours }, week: { pay: pay * 1_000_000n, hours: hours * days }, month: { pay: pay * 12_000_000n, hours: hours * days * 52n },
  }[record['wage_period'] ?? ''];
  return found && found.hours !== 0n ? found : undefined;
}

// Two decimals, rounded down.
function text({ pay, hours }: { pay: bigint; hours: bigint }): string {
  const cents = pay / (hours * 10n);
  return `${cents / 100n}.${String(cents % 100n).padStart(2, '0')}`;
}

function milli(amount: string): bigint {
  const [whole, part = ''] = amount.split('.');
  return BigInt(whole!) * 1000n + BigInt(part.padEnd(3, '0'));
}
