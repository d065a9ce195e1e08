import { encodeBase64Url } from '../base64url.ts';
import { sha256, toHex, utf8, type Bytes } from '../bytes.ts';
import { encryptJwe } from '../jwe.ts';
import { isObject, parseJsonObject, type JsonObject } from '../json.ts';
import { signJws } from '../jws.ts';
import { bareJwk, parsePublicJwk, thumbprintText, type PublicJwk, type SigningKey } from '../keys.ts';
import { linkParameters } from '../link.ts';
import { checkUrl, getJson, send, type Reply } from '../net.ts';
import type { Outside } from '../outside.ts';
import { refuse } from '../refusal.ts';
import { commitment, type ContractRecord } from './record.ts';

/** A version with what proves it. */
export interface KeptContract { readonly record: ContractRecord; readonly salt: Bytes; readonly key: SigningKey }

/** Who asks to see contracts. */
export interface Engagement {
  readonly address: string;
  readonly auditor: string;
  readonly purpose: string;
  readonly sites: readonly { readonly code: string; readonly name: string }[];
  /** Unix seconds. */
  readonly until: number;
  readonly key: PublicJwk;
  readonly demonstration: boolean;
}

/** What was shown, and the token that takes it back. */
export interface SharedBundle { readonly id: string; readonly service: string; readonly token: string }

/** The same before it is sent. */
export interface SealedBundle extends SharedBundle { readonly to: string; readonly jwe: string }

/** What the code on a slip is for. */
export interface Workplace { readonly service: string; readonly code: string; readonly site: string; readonly name: string; readonly taken: boolean; readonly demonstration: boolean }

/** Links begin with the wallet's address and one of these. */
export const isCodeLink = (hash: string): boolean => hash.startsWith('#contract?');
export const isEngagementLink = (hash: string): boolean => hash.startsWith('#engagement?');

/** Asks which workplace a scanned code is for. Nothing of the person is sent. */
export async function readCode(link: string, outside: Outside): Promise<Workplace> {
  const parameters = linkParameters(link, 'request_malformed');
  const [service, code] = [parameters.get('at'), parameters.get('code')];
  if (!service || !code || service.endsWith('/')) return refuse('request_malformed', 'code link');
  checkUrl(service, outside);
  const answer = accepted(await send(`${service}/api/vouchers/check`, { accept: 'application/json', json: { code } }, outside));
  const { site, name, taken, demonstration } = answer;
  if (typeof site !== 'string' || typeof name !== 'string' || typeof taken !== 'boolean') return refuse('malformed', 'workplace');
  return { service, code, site, name, taken, demonstration: demonstration === true };
}

/** Records a version: commitment and stage only, signed by the key made for this code. Sent twice it does nothing twice. */
export async function recordContract(service: string, code: string, enrolment: SigningKey, kept: KeptContract, outside: Outside): Promise<void> {
  const record = await signJws({ typ: 'identity-contract-record+jwt', jwk: bareJwk(enrolment.publicJwk) },
    { aud: service, voucher: code, stage: kept.record['stage']!, commitment: toHex(await commitment(kept.record, kept.salt, kept.key.publicJwk)) }, enrolment);
  accepted(await send(`${service}/api/records`, { accept: 'application/json', json: { record } }, outside));
}

/** Reads who asks; the key must be the one that the link names. */
export async function readEngagement(link: string, outside: Outside): Promise<Engagement> {
  const parameters = linkParameters(link, 'request_malformed');
  const [address, wanted] = [parameters.get('at'), parameters.get('key')];
  if (!address || !wanted) return refuse('request_malformed', 'engagement link');
  const json = await getJson(address, 'request_gone', outside);
  const key = parsePublicJwk(json['key']);
  if (await thumbprintText(key) !== wanted) refuse('client_mismatch', 'engagement key');
  const { id, auditor, purpose, until, sites, demonstration } = json;
  const end = typeof until === 'string' ? Date.parse(until) / 1000 : NaN;
  if (id !== address || typeof auditor !== 'string' || typeof purpose !== 'string' || !Number.isInteger(end) || !Array.isArray(sites)) return refuse('request_malformed', 'engagement');
  return {
    address, auditor, purpose, until: end, key, demonstration: demonstration === true,
    sites: sites.map(site => isObject(site) && typeof site['code'] === 'string' && typeof site['name'] === 'string' ? { code: site['code'], name: site['name'] } : refuse('request_malformed', 'site')),
  };
}

/** Makes versions ready to be shown to an engagement: consent by each record's key, encrypted to the engagement. Nothing leaves yet. */
export async function sealContracts(engagement: Engagement, kept: readonly KeptContract[], outside: Outside): Promise<SealedBundle> {
  const [id, token] = [encodeBase64Url(outside.random(16)), encodeBase64Url(outside.random(16))];
  const consent: JsonObject = {
    jti: id, aud: engagement.address, engagement_key: await thumbprintText(engagement.key), purpose: engagement.purpose, iat: outside.now(), exp: engagement.until,
    commitments: await Promise.all(kept.map(async one => toHex(await commitment(one.record, one.salt, one.key.publicJwk)))),
  };
  const records = await Promise.all(kept.map(async one => ({
    record: { ...one.record }, salt: encodeBase64Url(one.salt), key: bareJwk(one.key.publicJwk), consent: await signJws({ typ: 'identity-contract-consent+jwt' }, consent, one.key),
  })));
  const jwe = await encryptJwe(JSON.stringify({ format: 'identity-contract-bundle-1', records }), engagement.key, 'A256GCM', outside.random(12));
  return { id, service: engagement.address.slice(0, engagement.address.indexOf('/api/')), token, to: engagement.address, jwe };
}

/** Shows what was made ready. Sent twice it is one bundle. */
export async function sendSealed({ id, token, to, jwe }: SealedBundle, outside: Outside): Promise<void> {
  accepted(await send(`${to}/bundles`, { accept: 'application/json', json: { id, jwe, withdrawal: encodeBase64Url(await sha256(utf8(token))) } }, outside));
}

/** How often somebody opened what was shown. */
export async function sharedStatus({ id, service, token }: SharedBundle, outside: Outside): Promise<{ state: string; opened: number }> {
  const { state, opened } = accepted(await send(`${service}/api/bundles/${id}/status`, { accept: 'application/json', json: { token } }, outside));
  return typeof state === 'string' && typeof opened === 'number' ? { state, opened } : refuse('malformed', 'status');
}

/** Takes back what was shown. */
export async function withdrawShared({ id, service, token }: SharedBundle, outside: Outside): Promise<void> {
  accepted(await send(`${service}/api/bundles/${id}/withdrawal`, { accept: 'application/json', json: { token } }, outside));
}

/** The proof of a recorded version, once the chain has it. */
export async function contractReceipt(service: string, kept: KeptContract, outside: Outside): Promise<JsonObject | undefined> {
  const entry = toHex(await commitment(kept.record, kept.salt, kept.key.publicJwk));
  const reply = await send(`${service}/log/receipt/${entry}`, { accept: 'application/json' }, outside);
  return reply.status === 200 ? parseJsonObject(reply.body) : undefined;
}

/** The answer's object; a refusal of the service keeps its code in the detail. */
function accepted(reply: Reply): JsonObject {
  if (reply.status === 204) return {};
  const json = parseJsonObject(reply.body);
  if (reply.status === 200) return json;
  return refuse('contract_refused', typeof json['error'] === 'string' ? json['error'] : `${reply.status}`);
}
