import { isObject, type Json, type JsonObject } from '../json.ts';
import { checkUrl, getJson, wellKnown } from '../net.ts';
import type { Outside } from '../outside.ts';
import { refuse } from '../refusal.ts';

export interface LocalName { readonly lang: string; readonly name: string }

/** What an issuer says of itself (OpenID4VCI 1.0 §12.2). Names are its own statement. */
export interface IssuerMetadata {
  readonly issuer: string;
  readonly names: readonly LocalName[];
  /** Our own members: ISO 3166 code, and whether the issuer belongs to a demonstration. */
  readonly country: string | undefined;
  readonly demonstration: boolean;
  readonly credentialEndpoint: string;
  readonly nonceEndpoint: string | undefined;
  /** Where to ask again for what was put off. */
  readonly deferredEndpoint: string | undefined;
  readonly tokenEndpoint: string;
  readonly batchSize: number;
  /** Tokens can be bound to a P-256 key (RFC 9449). */
  readonly dpop: boolean;
  readonly configurations: Readonly<Record<string, CredentialConfiguration>>;
}
export interface CredentialConfiguration {
  readonly id: string;
  readonly format: string;
  readonly vct: string | undefined;
  readonly names: readonly LocalName[];
  readonly raw: JsonObject;
}

/** The name in `lang`, else in English, else one of no language, else the first, else undefined. */
export function nameIn(names: readonly LocalName[], lang: string): string | undefined {
  const by = (wanted: string): string | undefined => names.find(entry => entry.lang.split('-')[0] === wanted)?.name;
  return by(lang) ?? by('en') ?? by('') ?? names[0]?.name;
}

/** Fetches metadata of issuer and authorization server (the issuer itself). Refusals `issuer_mismatch`, `malformed`, network codes. */
export async function loadIssuer(credentialIssuer: string, outside: Outside): Promise<IssuerMetadata> {
  const [metadata, server] = await Promise.all([
    getJson(wellKnown(credentialIssuer, 'openid-credential-issuer'), 'unreachable', outside),
    getJson(wellKnown(credentialIssuer, 'oauth-authorization-server'), 'unreachable', outside),
  ]);
  // §12.2.1 and RFC 8414 §3.3: compared as plain text, so that a slash or a capital makes another issuer.
  if (metadata['credential_issuer'] !== credentialIssuer || server['issuer'] !== credentialIssuer) refuse('issuer_mismatch');
  if (metadata['authorization_servers'] !== undefined) refuse('offer_not_supported', 'authorization_servers');
  if (isObject(metadata['credential_response_encryption']) && metadata['credential_response_encryption']['encryption_required'] === true) refuse('offer_not_supported', 'response encryption');

  const endpoint = (value: Json | undefined): string =>
    typeof value === 'string' ? checkUrl(value, outside) && value : refuse('malformed', 'endpoint');
  const batch = metadata['batch_credential_issuance'];
  const batchSize = isObject(batch) && Number.isInteger(batch['batch_size']) ? Number(batch['batch_size']) : 1;
  return {
    issuer: credentialIssuer,
    names: localNames(metadata['display']),
    country: typeof metadata['country'] === 'string' ? metadata['country'] : undefined,
    demonstration: metadata['demonstration'] === true,
    credentialEndpoint: endpoint(metadata['credential_endpoint']),
    nonceEndpoint: metadata['nonce_endpoint'] === undefined ? undefined : endpoint(metadata['nonce_endpoint']),
    deferredEndpoint: metadata['deferred_credential_endpoint'] === undefined ? undefined : endpoint(metadata['deferred_credential_endpoint']),
    tokenEndpoint: endpoint(server['token_endpoint']),
    batchSize: Math.max(1, Math.min(batchSize, 50)),
    dpop: Array.isArray(server['dpop_signing_alg_values_supported']) && server['dpop_signing_alg_values_supported'].includes('ES256'),
    configurations: readConfigurations(metadata['credential_configurations_supported']),
  };
}

function readConfigurations(json: Json | undefined): Record<string, CredentialConfiguration> {
  if (!isObject(json)) return refuse('malformed', 'credential_configurations_supported');
  return Object.fromEntries(Object.entries(json).slice(0, 200).map(([id, raw]) => {
    if (!isObject(raw) || typeof raw['format'] !== 'string') return refuse('malformed', 'credential configuration');
    const described = isObject(raw['credential_metadata']) ? raw['credential_metadata']['display'] : undefined;
    const vct = typeof raw['vct'] === 'string' ? raw['vct'] : undefined;
    return [id, { id, format: raw['format'], vct, names: localNames(described), raw }];
  }));
}

function localNames(json: Json | undefined): LocalName[] {
  if (!Array.isArray(json)) return [];
  return json.slice(0, 50).flatMap(entry =>
    isObject(entry) && typeof entry['name'] === 'string'
      ? [{ lang: typeof entry['locale'] === 'string' ? entry['locale'] : '', name: entry['name'].slice(0, 200) }]
      : []);
}
