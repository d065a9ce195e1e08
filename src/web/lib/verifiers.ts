import { isObject, type Json, type JsonObject } from './json.ts';
import { parseJws, verifyJws } from './jws.ts';
import { parsePublicJwk, thumbprintText } from './keys.ts';
import { refuse } from './refusal.ts';

/**
 * Registered verifiers: the signed list and the rule who may ask for what. The same as src/Credentials/Verifiers in C#;
 * tests/vectors/asking binds the two.
 */
export interface VerifierProfile {
  readonly name: string;
  readonly country: string;
  readonly contact: string;
  readonly demonstration: boolean;
  /** A check page that anybody may use. */
  readonly publicPage: boolean;
  /** Thumbprints of the keys that sign its requests and challenges. */
  readonly keys: readonly string[];
  /** Where its service can be reached, for the receipt of a check; undefined where none is registered. */
  readonly url: string | undefined;
  readonly purposes: readonly VerifierPurpose[];
}
export interface VerifierPurpose {
  readonly id: string;
  /** Per language; English is always there. */
  readonly text: Readonly<Record<string, string>>;
  readonly asks: readonly { readonly type: string; readonly claims: readonly string[] }[];
}
export interface VerifierList {
  readonly issuer: string;
  readonly authority: string;
  /** Whom people ask there. */
  readonly contact: string | undefined;
  /** Only rises. */
  readonly version: number;
  /** Unix seconds. */
  readonly issuedAt: number;
  readonly expires: number;
  readonly verifiers: readonly { readonly profile: VerifierProfile; readonly until: number }[];
}

const MAX_LENGTH = 1_000_000;

/** Reads a list and verifies that a pinned key signed it. Refusals `malformed`, `unsupported`, `too_large`, `unknown_key`, `bad_signature`. Whether it is old is the caller's to judge. */
export async function readVerifierList(jwt: string, signers: readonly string[]): Promise<VerifierList> {
  const jws = parseJws(jwt.trim(), MAX_LENGTH);
  if (jws.header['typ'] !== 'verifier-list+jwt') refuse('malformed', 'typ of list');
  const key = parsePublicJwk(jws.header['jwk']);
  if (!signers.includes(await thumbprintText(key))) refuse('unknown_key', 'list of verifiers');
  if (!await verifyJws(jws, key)) refuse('bad_signature', 'list of verifiers');
  return readListPayload(jws.payload);
}

/** The payload of a list whose signature was checked. Refusal `malformed`. */
export function readListPayload(payload: JsonObject): VerifierList {
  const { iss, authority, version, iat, exp, verifiers } = payload;
  if (!filled(iss) || !filled(authority) || !whole(version) || !whole(iat) || !whole(exp) || !Array.isArray(verifiers) || verifiers.length > 10_000) return refuse('malformed', 'list of verifiers');
  return {
    issuer: iss, authority, contact: filled(payload['contact']) ? payload['contact'] : undefined, version, issuedAt: iat, expires: exp,
    verifiers: verifiers.map(entry => isObject(entry) && whole(entry['until']) ? { profile: readProfile(entry['profile']), until: entry['until'] } : refuse('malformed', 'verifier')),
  };
}

function readProfile(json: Json | undefined): VerifierProfile {
  if (!isObject(json)) return refuse('malformed', 'profile');
  const { name, country, contact, demonstration, public_page: publicPage, keys, purposes, url } = json;
  if (!filled(name) || !filled(country) || !filled(contact) || typeof demonstration !== 'boolean' || typeof publicPage !== 'boolean' || !texts(keys) || !Array.isArray(purposes) || !(url === undefined || filled(url))) return refuse('malformed', 'profile');
  return { name, country, contact, demonstration, publicPage, keys, url, purposes: purposes.map(readPurpose) };
}

function readPurpose(json: Json): VerifierPurpose {
  if (!isObject(json)) return refuse('malformed', 'purpose');
  const { id, text, asks } = json;
  if (!filled(id) || !isObject(text) || !filled(text['en']) || !Object.values(text).every(filled) || !Array.isArray(asks)) return refuse('malformed', 'purpose');
  return {
    id, text: text as Record<string, string>,
    asks: asks.map(ask => isObject(ask) && filled(ask['type']) && texts(ask['claims']) ? { type: ask['type'], claims: ask['claims'] } : refuse('malformed', 'purpose')),
  };
}

const filled = (value: Json | undefined): value is string => typeof value === 'string' && value !== '';
const whole = (value: Json | undefined): value is number => Number.isSafeInteger(value) && (value as number) >= 0;
const texts = (value: Json | undefined): value is string[] => Array.isArray(value) && value.length <= 64 && value.every(item => typeof item === 'string');

/** A claim asked for; an empty claim: only the card itself; an empty type: any card. */
export interface AskedFor { readonly type: string; readonly claim: string }

/**
 * What the wallet knows of who asks. `no_list`, `unknown` and `public_page_more` must be refused; `more` is warned of claim by claim.
 */
export type Standing = 'no_list' | 'unknown' | 'registered' | 'more' | 'public_page' | 'public_page_more';
export interface Asking {
  readonly standing: Standing;
  readonly verifier: VerifierProfile | undefined;
  /** The registered purpose the request names, if it is one of its own. */
  readonly purpose: VerifierPurpose | undefined;
  readonly extra: readonly AskedFor[];
  /** The list is old: nobody is called registered by it without a warning. */
  readonly expired: boolean;
}

export const mustRefuse = ({ standing }: Asking): boolean => standing === 'no_list' || standing === 'unknown' || standing === 'public_page_more';

/** Judges a request or challenge by the key that signed it. `now` in Unix seconds. */
export function judgeAsker(list: VerifierList | undefined, now: number, key: string | undefined, purposeId: string | undefined, asked: readonly AskedFor[]): Asking {
  if (!list) return { standing: 'no_list', verifier: undefined, purpose: undefined, extra: asked, expired: false };
  const expired = now >= list.expires;
  // Who was registered first with a key keeps it: a later registration with somebody's key takes nothing over.
  const verifier = list.verifiers.find(({ profile, until }) => key !== undefined && now < until && profile.keys.includes(key))?.profile;
  if (!verifier) return { standing: 'unknown', verifier, purpose: undefined, extra: asked, expired };
  const purpose = verifier.purposes.find(({ id }) => id === purposeId);
  const extra = asked.filter(({ type, claim }) => !purpose?.asks.some(ask => ask.type === type && (claim === '' || ask.claims.includes(claim))));
  const standing = verifier.publicPage ? (extra.length > 0 ? 'public_page_more' : 'public_page') : extra.length > 0 ? 'more' : 'registered';
  return { standing, verifier, purpose, extra, expired };
}

/** What a rule needs to know about a claim of a type definition. */
export interface ClaimFacts { readonly name: string; readonly sensitive?: boolean; readonly derived?: string; readonly derivedFrom?: string }
export interface AskedName { readonly claim: string; readonly optional: boolean }

/**
 * Claims that start off and go only by a deliberate yes: sensitive ones, those beyond the registration, and those that a derived yes or
 * no makes unnecessary where either will do.
 */
export function offByDefault(claims: readonly ClaimFacts[], asked: readonly AskedName[], extra: readonly string[]): ReadonlySet<string> {
  const known = new Map(claims.map(claim => [claim.name, claim]));
  const answered = new Set(asked.map(({ claim }) => known.get(claim)?.derivedFrom));
  return new Set(asked.filter(({ claim, optional }) => known.get(claim)?.sensitive || extra.includes(claim) || (optional && answered.has(claim))).map(({ claim }) => claim));
}

/** Derived answers first, then what is on, then what is off; otherwise as asked. */
export function consentOrder(claims: readonly ClaimFacts[], asked: readonly AskedName[], off: ReadonlySet<string>): string[] {
  const rank = (name: string): number => off.has(name) ? 2 : claims.some(claim => claim.name === name && claim.derived) ? 0 : 1;
  return asked.map(({ claim }) => claim).sort((a, b) => rank(a) - rank(b));
}
