import { decodeBase64Url, encodeBase64Url } from './base64url.ts';
import { sha256 } from './bytes.ts';
import { isObject, parseJson, type Json, type JsonObject } from './json.ts';
import { parseJws, signJws, type Jws } from './jws.ts';
import type { SigningKey } from './keys.ts';
import { refuse } from './refusal.ts';

/** Where a claim stands: names, and indices of arrays as they are in the processed payload. */
export type ClaimPath = readonly (string | number)[];

/** `<jwt>~<disclosure>~…~[<kb-jwt>]` (RFC 9901 §4). */
export interface SdJwt {
  readonly jwt: Jws;
  /** As they stand in the text, base64url. */
  readonly disclosures: readonly string[];
  readonly keyBinding: Jws | undefined;
  readonly text: string;
}

/** A disclosure that the signed payload refers to. `parents` are those that must be shown with it. */
export interface FoundDisclosure { readonly text: string; readonly path: ClaimPath; readonly parents: readonly string[] }

export interface ProcessedSdJwt { readonly claims: JsonObject; readonly disclosures: readonly FoundDisclosure[] }

const MAX_DISCLOSURES = 200;

/** Takes the text apart. Refusals `malformed`, `too_large`, `unsupported`. */
export function parseSdJwt(text: string): SdJwt {
  if (text.length > 200_000) refuse('too_large', 'SD-JWT');
  const parts = text.split('~');
  if (parts.length < 2) refuse('malformed', 'no tilde in SD-JWT');
  const disclosures = parts.slice(1, -1);
  if (disclosures.length > MAX_DISCLOSURES) refuse('too_large', 'disclosures');
  if (disclosures.includes('')) refuse('malformed', 'empty disclosure');
  const last = parts.at(-1)!;
  return { jwt: parseJws(parts[0]!), disclosures, keyBinding: last === '' ? undefined : parseJws(last), text };
}

/** RFC 9901 §7.1: puts the disclosed claims back, refusing everything the section tells to refuse (`malformed`, `unsupported`). */
export async function processSdJwt(sdJwt: SdJwt): Promise<ProcessedSdJwt> {
  const algorithm = sdJwt.jwt.payload['_sd_alg'];
  if (algorithm !== undefined && algorithm !== 'sha-256') refuse('unsupported', '_sd_alg');
  const byDigest = new Map<string, string>();
  for (const text of sdJwt.disclosures) {
    const digest = encodeBase64Url(await sha256(text));
    if (byDigest.has(digest)) refuse('malformed', 'disclosure twice');
    byDigest.set(digest, text);
  }

  const seen = new Set<string>();
  const found: FoundDisclosure[] = [];
  const take = (digest: Json, arity: 2 | 3): { text: string; content: Json[] } | undefined => {
    if (typeof digest !== 'string') return refuse('malformed', 'digest');
    if (seen.has(digest)) refuse('malformed', 'digest twice');
    seen.add(digest);
    const text = byDigest.get(digest);
    if (text === undefined) return undefined;
    const content = parseJson(decodeBase64Url(text));
    if (!Array.isArray(content) || content.length !== arity || typeof content[0] !== 'string') return refuse('malformed', 'disclosure');
    return { text, content };
  };

  const walk = (value: Json, path: ClaimPath, parents: readonly string[]): Json => {
    if (path.length > 32) refuse('malformed', 'nested too deeply');
    if (Array.isArray(value)) return walkArray(value, path, parents);
    return isObject(value) ? walkObject(value, path, parents) : value;
  };
  const walkArray = (items: Json[], path: ClaimPath, parents: readonly string[]): Json[] => {
    const result: Json[] = [];
    for (const item of items) {
      const at = [...path, result.length];
      if (!isObject(item) || !('...' in item)) {
        result.push(walk(item, at, parents));
        continue;
      }
      if (Object.keys(item).length !== 1) refuse('malformed', 'array placeholder');
      const hit = take(item['...']!, 2);
      if (!hit) continue;
      found.push({ text: hit.text, path: at, parents });
      result.push(walk(hit.content[1]!, at, [...parents, hit.text]));
    }
    return result;
  };
  const walkObject = (members: JsonObject, path: ClaimPath, parents: readonly string[]): JsonObject => {
    const result: JsonObject = {};
    for (const [name, value] of Object.entries(members)) {
      if (name === '...' || (name === '_sd_alg' && path.length > 0)) refuse('malformed', `claim ${name}`);
      if (name !== '_sd' && name !== '_sd_alg') result[name] = walk(value, [...path, name], parents);
    }
    const digests = members['_sd'] ?? [];
    if (!Array.isArray(digests)) return refuse('malformed', '_sd');
    for (const digest of digests) {
      const hit = take(digest, 3);
      if (!hit) continue;
      const name = hit.content[1];
      if (typeof name !== 'string' || name === '_sd' || name === '...' || name === '__proto__') return refuse('malformed', 'claim name');
      if (Object.hasOwn(result, name)) refuse('malformed', `claim ${name} twice`);
      if (path.length === 0 && NEVER_DISCLOSED.includes(name)) refuse('malformed', `claim ${name} may not be disclosed`);
      const at = [...path, name];
      found.push({ text: hit.text, path: at, parents });
      result[name] = walk(hit.content[2]!, at, [...parents, hit.text]);
    }
    return result;
  };

  const claims = walkObject(sdJwt.jwt.payload, [], []);
  if (found.length !== byDigest.size) refuse('malformed', 'disclosure without digest');
  return { claims, disclosures: found };
}

// SD-JWT VC §2.2.2.3; iss, nbf, … must stay readable by a verifier who sees nothing disclosed.
const NEVER_DISCLOSED = ['iss', 'nbf', 'exp', 'cnf', 'vct', 'vct#integrity', 'aka_vcts', 'status'];

/** The SD-JWT with only those disclosures whose path is asked for, lies on the way to it, or lies within it. No key binding yet. */
export function selectDisclosures(sdJwt: SdJwt, processed: ProcessedSdJwt, paths: readonly ClaimPath[]): string {
  const chosen = new Set<string>();
  for (const disclosure of processed.disclosures) {
    if (!paths.some(path => startsWith(disclosure.path, path) || startsWith(path, disclosure.path))) continue;
    disclosure.parents.forEach(parent => chosen.add(parent));
    chosen.add(disclosure.text);
  }
  return [sdJwt.jwt.compact, ...sdJwt.disclosures.filter(text => chosen.has(text)), ''].join('~');
}

/** Shows `paths` to `audience`, bound to `nonce` by the holder's key (RFC 9901 §4.3). */
export async function presentSdJwt(
  text: string, paths: readonly ClaimPath[], binding: { audience: string; nonce: string; issuedAt: number }, holder: SigningKey,
): Promise<string> {
  const sdJwt = parseSdJwt(text);
  const unbound = selectDisclosures(sdJwt, await processSdJwt(sdJwt), paths);
  const payload = { iat: binding.issuedAt, aud: binding.audience, nonce: binding.nonce, sd_hash: encodeBase64Url(await sha256(unbound)) };
  return unbound + await signJws({ typ: 'kb+jwt' }, payload, holder);
}

function startsWith(path: ClaimPath, prefix: ClaimPath): boolean {
  return prefix.length <= path.length && prefix.every((part, i) => part === path[i]);
}
