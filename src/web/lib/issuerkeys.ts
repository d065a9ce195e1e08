import { isObject } from './json.ts';
import type { Jws } from './jws.ts';
import { parsePublicJwk, type PublicJwk } from './keys.ts';
import { getJson, wellKnown } from './net.ts';
import type { Outside } from './outside.ts';
import { refuse } from './refusal.ts';
import { readX5cLeaf } from './x509.ts';

/**
 * Keys that may have signed `jwt`: the x5c leaf if there is one, else those of /.well-known/jwt-vc-issuer (SD-JWT VC §3.5).
 * Whether that key belongs to the organisation is the ledger's to say; here it only ties together what one issuer sends.
 */
export async function issuerKeys(jwt: Jws, issuer: string, outside: Outside): Promise<readonly PublicJwk[]> {
  if ('x5c' in jwt.header) return [(await readX5cLeaf(jwt.header['x5c'])).key];
  return publishedKeys(issuer, jwt.header['kid'], outside);
}

/** The keys an issuer publishes; with a `kid` those of that name. Refusals `issuer_mismatch`, `unknown_key`, `malformed`, network codes. */
export async function publishedKeys(issuer: string, kid: unknown, outside: Outside): Promise<readonly PublicJwk[]> {
  const metadata = await getJson(wellKnown(issuer, 'jwt-vc-issuer'), 'unreachable', outside);
  if (metadata['issuer'] !== issuer) refuse('issuer_mismatch', 'jwt-vc-issuer');
  const jwks = metadata['jwks'];
  if (!isObject(jwks) || !Array.isArray(jwks['keys'])) return refuse('malformed', 'jwks');
  const usable = jwks['keys'].slice(0, 20).flatMap(json => {
    try {
      return [parsePublicJwk(json)];
    } catch {
      return []; // a key of a kind we do not know is not an error
    }
  });
  const named = usable.filter(key => kid === undefined || key.kid === undefined || key.kid === kid);
  return named.length ? named : refuse('unknown_key', issuer);
}
