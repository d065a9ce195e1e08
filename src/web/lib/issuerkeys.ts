import type { Jws } from './jws.ts';
import type { PublicJwk } from './keys.ts';
import type { Outside } from './outside.ts';
import { refuse } from './refusal.ts';

/** Keys that may have signed `jwt`: the x5c leaf if there is one, else those of /.well-known/jwt-vc-issuer (SD-JWT VC §3.5). */
export async function issuerKeys(_jwt: Jws, _issuer: string, _outside: Outside): Promise<readonly PublicJwk[]> {
  return refuse('unsupported', 'not ready');
}
