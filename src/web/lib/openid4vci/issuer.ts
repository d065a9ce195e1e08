import type { JsonObject } from '../json.ts';
import type { Outside } from '../outside.ts';
import { refuse } from '../refusal.ts';

/** What an issuer says of itself (OpenID4VCI 1.0 §12.2). Names are its own statement. */
export interface IssuerMetadata {
  readonly issuer: string;
  readonly names: readonly { readonly lang: string; readonly name: string }[];
  readonly credentialEndpoint: string;
  readonly nonceEndpoint: string | undefined;
  readonly tokenEndpoint: string;
  readonly batchSize: number;
  readonly configurations: Readonly<Record<string, CredentialConfiguration>>;
}
export interface CredentialConfiguration {
  readonly id: string;
  readonly format: string;
  readonly vct: string | undefined;
  readonly names: readonly { readonly lang: string; readonly name: string }[];
  readonly raw: JsonObject;
}

/** The name in `lang`, else in English, else the first, else undefined. */
export function nameIn(names: readonly { lang: string; name: string }[], lang: string): string | undefined {
  const by = (wanted: string): string | undefined => names.find(entry => entry.lang.split('-')[0] === wanted)?.name;
  return by(lang) ?? by('en') ?? names[0]?.name;
}

/** Fetches metadata of issuer and authorization server (the issuer itself). Refusals `issuer_mismatch`, `malformed`, network codes. */
export async function loadIssuer(_credentialIssuer: string, _outside: Outside): Promise<IssuerMetadata> {
  return refuse('unsupported', 'not ready');
}
