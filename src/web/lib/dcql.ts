import { isObject, sameJson, type Json, type JsonObject } from './json.ts';
import { refuse } from './refusal.ts';
import type { ClaimPath } from './sdjwt.ts';

/** A DCQL query (OpenID4VP 1.0 §6) as far as a wallet of SD-JWT VCs needs it. */
export interface DcqlQuery { readonly credentials: readonly CredentialQuery[]; readonly sets: readonly CredentialSet[] }
export interface CredentialQuery {
  readonly id: string;
  readonly format: string;
  readonly multiple: boolean;
  /** Undefined: any type. */
  readonly types: readonly string[] | undefined;
  readonly claims: readonly ClaimQuery[];
  /** Ids of claims, best first; undefined: every claim is required. */
  readonly claimSets: readonly (readonly string[])[] | undefined;
  /** Asked for an authority of a kind we cannot check: nothing matches. */
  readonly otherAuthority: boolean;
}
export interface ClaimQuery { readonly id: string; readonly path: readonly (string | number | null)[]; readonly values: readonly Json[] | undefined }
export interface CredentialSet { readonly options: readonly (readonly string[])[]; readonly required: boolean }

/** What the wallet holds, processed (claims as a verifier would see them with everything disclosed). */
export interface HeldCredential { readonly id: string; readonly format: 'dc+sd-jwt'; readonly vct: string; readonly claims: JsonObject }

/** One claim of the question, as it stands in a credential. */
export interface AskedClaim {
  readonly id: string;
  /** Concrete: no null; one query path may name several. */
  readonly paths: readonly ClaimPath[];
  /** Refusable because an alternative without it is acceptable to the verifier (claim_sets). */
  readonly optional: boolean;
}
export interface Candidate { readonly credential: HeldCredential; readonly asked: readonly AskedClaim[] }
export interface QueryMatch { readonly query: CredentialQuery; readonly candidates: readonly Candidate[] }
export interface DcqlMatch {
  readonly queries: readonly QueryMatch[];
  /** Alternatives of which the person picks one each; a set without `required` may be left out. Only options that can be answered. */
  readonly choices: readonly { readonly required: boolean; readonly options: readonly (readonly string[])[] }[];
  /** True when everything required can be answered; otherwise nothing at all is sent. */
  readonly satisfiable: boolean;
}

const MAX = 50;
const IDENTIFIER = /^[A-Za-z0-9_-]{1,100}$/;

/** Refusal `request_malformed`. Unknown members are ignored, as the specification asks. */
export function parseDcql(json: Json | undefined): DcqlQuery {
  if (!isObject(json)) return bad('dcql_query');
  const credentials = list(json['credentials'], 'credentials').map(parseCredential);
  requireUnique(credentials.map(query => query.id));
  const ids = new Set(credentials.map(query => query.id));
  const sets = json['credential_sets'] === undefined ? [] : list(json['credential_sets'], 'credential_sets').map(set => parseSet(set, ids));
  return { credentials, sets };
}

/** Finds, per query, the credentials that answer it and which claims each would show. */
export function matchDcql(query: DcqlQuery, held: readonly HeldCredential[]): DcqlMatch {
  const queries = query.credentials.map(one => ({ query: one, candidates: held.flatMap(credential => candidate(one, credential) ?? []) }));
  const answerable = new Set(queries.filter(match => match.candidates.length > 0).map(match => match.query.id));
  const sets = query.sets.length ? query.sets : query.credentials.map(one => ({ required: true, options: [[one.id]] }));
  const choices = sets.map(set => ({ required: set.required, options: set.options.filter(option => option.every(id => answerable.has(id))) }));
  return { queries, choices, satisfiable: choices.every(choice => !choice.required || choice.options.length > 0) };
}

/** The paths to show when the person refuses the claims named in `refused`; undefined when the verifier would not accept that. */
export function pathsToShow(query: CredentialQuery, chosen: Candidate, refused: readonly string[]): readonly ClaimPath[] | undefined {
  const present = new Map(chosen.asked.map(claim => [claim.id, claim]));
  const accepted = acceptedSets(query).find(set => set.every(id => present.has(id) && !refused.includes(id)));
  return accepted?.flatMap(id => present.get(id)!.paths);
}

/** What of a question that it does not answer a credential has: each claim of the least that would do, and whether it is there. Undefined for another form or type. */
export function comesClose(query: CredentialQuery, credential: HeldCredential): readonly boolean[] | undefined {
  return isOfKind(query, credential) ? leastClaims(query).map(claim => resolve(claim, credential.claims).length > 0) : undefined;
}

/** The claims of the last set: the verifier puts the set it likes best first, so the last asks for least. */
export function leastClaims(query: CredentialQuery): readonly ClaimQuery[] {
  const least = acceptedSets(query).at(-1)!;
  return query.claims.filter(claim => least.includes(claim.id));
}

const isOfKind = (query: CredentialQuery, credential: HeldCredential): boolean =>
  query.format === credential.format && !query.otherAuthority && (query.types?.includes(credential.vct) ?? true);

function candidate(query: CredentialQuery, credential: HeldCredential): Candidate | undefined {
  if (!isOfKind(query, credential)) return undefined;
  const found = new Map(query.claims.flatMap(claim => {
    const paths = resolve(claim, credential.claims);
    return paths.length ? [[claim.id, paths] as const] : [];
  }));
  const sets = acceptedSets(query).filter(set => set.every(id => found.has(id)));
  if (sets.length === 0) return undefined;
  const asked = query.claims.filter(claim => sets.some(set => set.includes(claim.id)))
    .map(claim => ({ id: claim.id, paths: found.get(claim.id)!, optional: !sets.every(set => set.includes(claim.id)) }));
  return { credential, asked };
}

function acceptedSets(query: CredentialQuery): readonly (readonly string[])[] {
  return query.claimSets ?? [query.claims.map(claim => claim.id)];
}

// OpenID4VP 1.0 §7.1: a string takes a member, an index an item, null every item; §6.4.1: values restrict what is found.
function resolve(claim: ClaimQuery, claims: JsonObject): ClaimPath[] {
  let found: { path: ClaimPath; value: Json }[] = [{ path: [], value: claims }];
  for (const step of claim.path) {
    found = found.flatMap(({ path, value }) => {
      if (typeof step === 'string') return isObject(value) && Object.hasOwn(value, step) ? [{ path: [...path, step], value: value[step]! }] : [];
      if (!Array.isArray(value)) return [];
      const indices = step === null ? [...value.keys()] : step < value.length ? [step] : [];
      return indices.map(index => ({ path: [...path, index], value: value[index]! }));
    });
  }
  const wanted = claim.values;
  return found.filter(({ value }) => !wanted || wanted.some(one => sameJson(one, value))).map(({ path }) => path);
}

function parseCredential(json: Json): CredentialQuery {
  if (!isObject(json)) return bad('credential query');
  const { id, format, meta, multiple } = json;
  if (typeof id !== 'string' || !IDENTIFIER.test(id) || typeof format !== 'string') return bad('id or format');
  if (multiple !== undefined && typeof multiple !== 'boolean') return bad('multiple');
  const claims = json['claims'] === undefined ? [] : list(json['claims'], 'claims').map(parseClaim);
  requireUnique(claims.map(claim => claim.id));
  const claimSets = json['claim_sets'] === undefined ? undefined : list(json['claim_sets'], 'claim_sets').map(set => {
    const ids = list(set, 'claim set');
    if (!ids.every(one => claims.some(claim => claim.id === one))) bad('claim set names an unknown claim');
    return ids as string[];
  });
  const types = isObject(meta) && meta['vct_values'] !== undefined ? list(meta['vct_values'], 'vct_values') : undefined;
  if (types && !types.every(type => typeof type === 'string')) return bad('vct_values');
  return { id, format, multiple: multiple === true, types: types as string[] | undefined, claims, claimSets, otherAuthority: json['trusted_authorities'] !== undefined };
}

function parseClaim(json: Json, position: number): ClaimQuery {
  if (!isObject(json)) return bad('claim');
  const path = list(json['path'], 'path');
  if (!path.every(step => typeof step === 'string' || step === null || (Number.isInteger(step) && (step as number) >= 0))) return bad('path');
  const values = json['values'] === undefined ? undefined : list(json['values'], 'values');
  if (values?.some(value => value === null || typeof value === 'object')) return bad('values');
  const id = json['id'];
  if (id !== undefined && (typeof id !== 'string' || !IDENTIFIER.test(id))) return bad('claim id');
  // A claim without id cannot be named by a set; the colon keeps our own name apart from theirs.
  return { id: id ?? `claim:${position}`, path: path as ClaimQuery['path'], values };
}

function parseSet(json: Json, ids: ReadonlySet<string>): CredentialSet {
  if (!isObject(json)) return bad('credential set');
  const options = list(json['options'], 'options').map(option => {
    const names = list(option, 'option');
    if (!names.every(name => typeof name === 'string' && ids.has(name))) bad('option names an unknown credential');
    return names as string[];
  });
  const required = json['required'] ?? true;
  return typeof required === 'boolean' ? { options, required } : bad('required');
}

function list(json: Json | undefined, what: string): Json[] {
  return Array.isArray(json) && json.length > 0 && json.length <= MAX ? json : bad(what);
}

function requireUnique(ids: readonly string[]): void {
  if (new Set(ids).size !== ids.length) bad('id twice');
}

function bad(what: string): never {
  return refuse('request_malformed', what);
}
