import { encodeBase64Url } from '../base64url.ts';
import { sha256, utf8 } from '../bytes.ts';
import type { Json, JsonObject } from '../json.ts';
import { signJws } from '../jws.ts';
import type { SigningKey } from '../keys.ts';

/** A disclosure and its digest. */
export async function disclosure(...content: Json[]): Promise<{ text: string; digest: string }> {
  const text = encodeBase64Url(utf8(JSON.stringify(content)));
  return { text, digest: encodeBase64Url(await sha256(text)) };
}

/** An SD-JWT VC whose `hidden` claims are selectively disclosable. `changes` overwrite the payload, `header` the header. */
export async function issueSdJwt(
  issuer: SigningKey, holder: SigningKey | undefined, hidden: Record<string, Json>, changes: JsonObject = {}, header: JsonObject = {},
): Promise<string> {
  const disclosures = await Promise.all(Object.entries(hidden).map(([name, value], i) => disclosure(`salt-${i}`, name, value)));
  const { kty, crv, x, y } = holder?.publicJwk ?? issuer.publicJwk;
  const payload = {
    iss: 'https://college.example/port-selin', iat: 1_789_900_000, vct: 'urn:identity:qualification:1', _sd_alg: 'sha-256',
    _sd: disclosures.map(one => one.digest).sort(), ...(holder && { cnf: { jwk: { kty, crv, x, y } } }), ...changes,
  };
  const jwt = await signJws({ typ: 'dc+sd-jwt', ...header }, payload, issuer);
  return [jwt, ...disclosures.map(one => one.text), ''].join('~');
}
