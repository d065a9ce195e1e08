/** What is known about each type of credential: labels, kinds, what is sensitive. The same files as the issuer's. */
import { TYPES } from 'wallet:types';
import { toHex, type Bytes } from '../../../web/lib/bytes.ts';
import type { Json } from '../../../web/lib/json.ts';
import * as types from '../../../web/lib/types.ts';
import { country, t, words } from '../shell/text.ts';

type Claims = Readonly<Record<string, unknown>>;

export const definition = (vct: string): types.TypeDefinition | undefined => types.findType(TYPES, vct);

/** The type's name in the person's language; the identifier itself where the type is unknown. */
export function typeName(vct: string): string {
  const known = definition(vct);
  return known ? types.typeName(known, words().lang) : vct;
}

export const claimOf = (vct: string, name: string): types.ClaimDefinition | undefined => definition(vct)?.claims.find(claim => claim.name === name);
export const claimByKey = (vct: string, key: number): types.ClaimDefinition | undefined => definition(vct)?.claims.find(claim => claim.key === key);
/** Whether a code or a paper and the claims beside it name the same organisation in whose place it was issued, or neither one. */
export const namesTheSamePlace = (originalIssuer: Bytes | undefined, claims: Claims): boolean => (originalIssuer && toHex(originalIssuer)) === claims['original_issuer'];
export const claimLabel = (vct: string, name: string): string => types.claimLabel(claimOf(vct, name), name, words().lang);

/** A value in words of the person's language. */
export function claimText(vct: string, name: string, value: unknown): string {
  return types.claimText(claimOf(vct, name), value as Json, { ...words(), country }, { yes: t('yes'), no: t('no') });
}

/** Claims in the definition's order, then those it does not know, without the technical ones. */
export function shownClaims(vct: string, claims: Claims): (readonly [name: string, value: unknown])[] {
  const known = definition(vct)?.claims.map(claim => claim.name) ?? [];
  const others = Object.keys(claims).filter(name => !known.includes(name) && !TECHNICAL.has(name));
  return [...known, ...others].filter(name => Object.hasOwn(claims, name)).map(name => [name, claims[name]] as const);
}

const TECHNICAL = new Set(['iss', 'iat', 'nbf', 'exp', 'cnf', 'vct', 'vct#integrity', 'aka_vcts', 'status', 'sub', 'jti', '_sd', '_sd_alg']);

/** What stands on a card under the type's name: a title of its own, else the name of the person. */
export function cardSubtitle(claims: Claims): string {
  const name = ['title', 'job_title', 'full_name', 'holder_name', 'given_name'].find(candidate => typeof claims[candidate] === 'string');
  return name ? String(claims[name]) : '';
}
