import type { I18n } from './i18n.ts';
import type { Json } from './json.ts';

/** What a holder shows with one tap: who I am, what I can do, I may work. */
export const SETS = ['who', 'can', 'work'] as const;
export type SetName = (typeof SETS)[number];

/** A credential type as src/Credentials/Types/<name>.json has it; only what pages need is named. */
export interface TypeDefinition {
  vct: string;
  name: string;
  display: Record<string, { name: string; description?: string }>;
  color?: string;
  /** Names of claims. */
  sets?: Partial<Record<SetName, string[]>>;
  claims: ClaimDefinition[];
  /** Which claim states what an accreditation may limit. */
  scope?: Record<string, 'kind' | 'eqf' | 'field' | 'occupation' | 'jurisdiction' | 'on_behalf_of' | 'nqf_framework' | 'nqf_level'>;
}

export interface ClaimDefinition {
  name: string;
  key: number;
  kind: 'text' | 'date' | 'partial-date' | 'year' | 'integer' | 'boolean' | 'country' | 'countries' | 'enum' | 'uri' | 'texts';
  mandatory?: boolean;
  sd?: 'always' | 'never';
  qr?: number;
  values?: Record<string, Record<string, string>>;
  compare?: boolean;
  sensitive?: boolean;
  /** How the issuer works it out; such an answer says less than what it comes from. */
  derived?: string;
  /** The claim that a derived one makes unnecessary to show. */
  derivedFrom?: string;
  display: Record<string, string>;
  hint?: Record<string, string>;
}

/** Gives the types their names in one more language: texts `type.NAME`, `type.NAME.CLAIM` and `type.NAME.CLAIM=VALUE` of the language's file. */
export function learnTypes(types: readonly TypeDefinition[], lang: string, strings: Readonly<Record<string, string>>): void {
  const put = (into: Record<string, string>, key: string): void => { if (strings[key] !== undefined) into[lang] = strings[key]; };
  for (const type of types) {
    const name = strings[`type.${type.name}`];
    if (name !== undefined) type.display[lang] = { name };
    for (const claim of type.claims) {
      put(claim.display, `type.${type.name}.${claim.name}`);
      for (const [value, names] of Object.entries(claim.values ?? {})) put(names, `type.${type.name}.${claim.name}=${value}`);
    }
  }
}

/** The claim that says in whose place a credential was issued; undefined where the type cannot. */
export const originalIssuerOf = (type: TypeDefinition | undefined): string | undefined => type?.claims.find(({ derived }) => derived === 'original-issuer')?.name;

/** By `vct` or by name. */
export function findType(types: readonly TypeDefinition[], vctOrName: string): TypeDefinition | undefined {
  return types.find(type => type.vct === vctOrName || type.name === vctOrName);
}

export function typeName(type: TypeDefinition, lang: string): string {
  return (type.display[lang] ?? type.display['en'])?.name ?? type.name;
}

/** A label for a claim; unknown claims are shown by their own name. */
export function claimLabel(claim: ClaimDefinition | undefined, name: string, lang: string): string {
  return claim?.display[lang] ?? claim?.display['en'] ?? name;
}

/** A claim's value in words. `yes` and `no` come from the page's strings. */
export function claimText(claim: ClaimDefinition | undefined, value: Json, i18n: I18n, words: { yes: string; no: string }): string {
  if (Array.isArray(value)) return value.map(item => claimText(claim, item, i18n, words)).join(i18n.dir === 'rtl' ? '، ' : ', ');
  if (typeof value === 'boolean') return value ? words.yes : words.no;
  switch (claim?.kind) {
    case 'date':
    case 'partial-date': return i18n.date(String(value));
    case 'country':
    case 'countries': return i18n.country(String(value));
    case 'enum': {
      const names = claim.values?.[String(value)];
      return names?.[i18n.lang] ?? names?.['en'] ?? String(value);
    }
    case 'integer': return typeof value === 'number' ? i18n.number(value) : String(value);
    default: return typeof value === 'object' ? JSON.stringify(value) : String(value);
  }
}
