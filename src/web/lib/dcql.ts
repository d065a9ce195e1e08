import type { Json, JsonObject } from './json.ts';
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

/** Refusal `request_malformed`. Unknown members are ignored, as the specification asks. */
export function parseDcql(_json: Json | undefined): DcqlQuery {
  return refuse('unsupported', 'not ready');
}

/** Finds, per query, the credentials that answer it and which claims each would show. */
export function matchDcql(_query: DcqlQuery, _held: readonly HeldCredential[]): DcqlMatch {
  return refuse('unsupported', 'not ready');
}

/** The paths to show when the person refuses the claims named in `refused`; undefined when the verifier would not accept that. */
export function pathsToShow(_query: CredentialQuery, _candidate: Candidate, _refused: readonly string[]): readonly ClaimPath[] | undefined {
  return refuse('unsupported', 'not ready');
}
