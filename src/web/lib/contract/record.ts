import { latinDigits } from '../digits.ts';
import fields from '../../../Credentials/Contracts/fields.json' with { type: 'json' };
import { concat, sha256, utf8, type Bytes } from '../bytes.ts';
import { isObject, type Json } from '../json.ts';
import { thumbprint, type PublicJwk } from '../keys.ts';
import { refuse } from '../refusal.ts';

/** One field of a contract record; what each member means is said in src/Credentials/Contracts/ContractField.cs. */
export interface ContractField {
  readonly name: string;
  readonly kind: 'fixed' | 'choice' | 'date' | 'amount' | 'currency' | 'site' | 'text';
  readonly rule: string;
  readonly values?: readonly string[];
  readonly with?: readonly string[];
  readonly absent?: string;
  readonly material?: boolean;
  readonly mandatory?: boolean;
}

/** A version of a contract: a flat object of strings, no name, no number of a document. */
export type ContractRecord = Readonly<Record<string, string>>;

export const FIELDS = fields as readonly ContractField[];
export const CONTRACT_FORMAT = 'identity-contract-1';
export const SALT_SIZE = 32;

const byName = /* @__PURE__ */ new Map(/* @__PURE__ */ FIELDS.map(field => [field.name, field])); // pure: who takes nothing else of this file goes without the fields
export const fieldOf = (name: string): ContractField | undefined => byName.get(name);

/** Reads a record; refusal `malformed` with `CODE:member`, the codes of the C# library. */
export function readRecord(json: Json | undefined): ContractRecord {
  if (!isObject(json)) return refuse('malformed', 'missing:format');
  const record: Record<string, string> = {};
  for (const [name, value] of Object.entries(json)) {
    const field = byName.get(name);
    if (!field) return refuse('malformed', 'unknown_member:a member');
    if (typeof value !== 'string') return refuse('malformed', `not_text:${name}`);
    const fault = faultOf(field, value);
    if (fault) refuse('malformed', `${fault}:${name}`);
    record[name] = value;
  }
  for (const field of FIELDS) if ((field.mandatory || field.kind === 'fixed') && !(field.name in record)) refuse('malformed', `missing:${field.name}`);
  return record;
}

/** Makes a record from a form's values: texts are trimmed, empty ones left out, the format added. */
export function makeRecord(values: Readonly<Record<string, string>>): ContractRecord {
  const record: Record<string, string> = { format: CONTRACT_FORMAT };
  for (const [name, value] of Object.entries(values)) {
    const text = value.replace(/\s+/g, ' ').trim().normalize('NFC');
    if (text) record[name] = text;
  }
  return readRecord(record);
}

/** What is wrong with a value, or undefined. */
export function faultOf(field: ContractField, value: string): 'wrong_value' | 'number_in_text' | undefined {
  const ok = (good: boolean): 'wrong_value' | undefined => good ? undefined : 'wrong_value';
  switch (field.kind) {
    case 'fixed': return ok(value === CONTRACT_FORMAT);
    case 'choice': return ok(field.values!.includes(value));
    case 'date': return ok(/^\d{4}(-\d{2}(-\d{2})?)?$/.test(value) && isDay(value));
    case 'amount': return ok(/^(0|[1-9]\d{0,8})(\.\d{0,2}[1-9])?$/.test(value));
    case 'currency': return ok(/^[A-Z]{3}$/.test(value));
    case 'site': return ok(/^[A-Z0-9](-?[A-Z0-9]){1,19}$/.test(value));
    case 'text':
      if (value.length === 0 || value.length > 120 || value.startsWith(' ') || value.endsWith(' ')) return 'wrong_value';
      if (/[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029\ufffd]/u.test(value)) return 'wrong_value';
      return (value.match(/\p{Nd}/gu)?.length ?? 0) >= 6 ? 'number_in_text' : undefined;
  }
}

/** JSON with the names in ordinal order and no white space (RFC 8785 for a flat object of strings). */
export function canonical(record: ContractRecord): string {
  return JSON.stringify(Object.fromEntries(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1))));
}

const DOMAIN = concat(utf8('identity/contract/1'), Uint8Array.of(0));

/** What is anchored: SHA-256 of domain, salt, thumbprint of the record's own key, canonical form. */
export async function commitment(record: ContractRecord, salt: Bytes, key: PublicJwk): Promise<Bytes> {
  if (salt.length !== SALT_SIZE) throw new Error('salt');
  return sha256(concat(DOMAIN, salt, await thumbprint(key), utf8(canonical(record))));
}

function isDay(value: string): boolean {
  const full = value.length === 4 ? `${value}-01-01` : value.length === 7 ? `${value}-01` : value;
  const time = new Date(`${full}T00:00:00Z`);
  return !Number.isNaN(time.getTime()) && time.toISOString().startsWith(full) && time.getUTCFullYear() >= 1900;
}

/**
 * An amount as people write it, in any script's digits: `1 200`, `1,200`, `١٢٠٠`, `12,5`. One separator with one or two digits behind it is a decimal;
 * before exactly three digits it parts thousands. Undefined for anything else.
 */
export function parseAmount(text: string): string | undefined {
  const digits = latinDigits(text.trim()).replace(/[٫]/g, '.').replace(/[\s\u00a0\u202f'’٬]/g, '');
  const parts = digits.split(/[.,]/);
  if (!parts.every(part => /^\d*$/.test(part)) || digits === '' || parts[0] === '') return undefined;
  const last = parts.at(-1)!;
  const decimal = parts.length === 2 && last.length > 0 && last.length < 3 ? last : '';
  if (parts.length > 1 && !decimal && !parts.slice(1).every(part => part.length === 3)) return undefined;
  const whole = (decimal ? parts[0]! : parts.join('')).replace(/^0+(?=\d)/, '');
  const fraction = decimal.replace(/0+$/, '');
  const amount = fraction ? `${whole}.${fraction}` : whole;
  return faultOf({ name: '', kind: 'amount', rule: '' }, amount) ? undefined : amount;
}
