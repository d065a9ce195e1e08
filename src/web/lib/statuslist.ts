import { decodeBase64Url } from './base64url.ts';
import { fromUtf8, type Bytes } from './bytes.ts';
import { inflateZlib } from './inflate.ts';
import { isObject } from './json.ts';
import { parseJws, verifyJws } from './jws.ts';
import type { PublicJwk } from './keys.ts';
import { send } from './net.ts';
import type { Outside } from './outside.ts';
import { refuse } from './refusal.ts';

export type StatusName = 'valid' | 'invalid' | 'suspended' | 'unknown';
export interface StatusReading {
  readonly status: StatusName;
  readonly value: number;
  /** Unix seconds; when the list was signed, and until when this reading may be shown as current. */
  readonly issuedAt: number;
  readonly goodUntil: number;
}

const MAX_TOKEN = 3_000_000;
const MAX_LIST = 4_000_000;
const SKEW = 60;
const DAY = 86_400;

/** Fetches the list a credential names and reads its entry. `keys`: the issuer's, of which one must have signed. Refusals `bad_signature`, `status_stale`, `status_range`, `malformed`, network codes. */
export async function readStatus(uri: string, index: number, keys: readonly PublicJwk[], outside: Outside): Promise<StatusReading> {
  const reply = await send(uri, { accept: 'application/statuslist+jwt' }, outside, MAX_TOKEN);
  if (reply.status !== 200) refuse('unreachable', `status list ${reply.status}`);
  return readStatusToken(fromUtf8(reply.body), uri, index, keys, outside.now());
}

/** The same for a token at hand (Token Status List §8.3). `now` in Unix seconds. */
export async function readStatusToken(token: string, uri: string, index: number, keys: readonly PublicJwk[], now: number): Promise<StatusReading> {
  const jws = parseJws(token, MAX_TOKEN);
  const { sub, iat, exp, ttl, status_list: list } = jws.payload;
  if (jws.header['typ'] !== 'statuslist+jwt') refuse('malformed', 'status list typ');
  if (sub !== uri) refuse('malformed', 'status list of another address');
  if (!(await Promise.all(keys.map(key => verifyJws(jws, key)))).includes(true)) refuse('bad_signature', 'status list');
  if (!isTime(iat) || (exp !== undefined && !isTime(exp)) || (ttl !== undefined && !(typeof ttl === 'number' && ttl > 0))) return refuse('malformed', 'status list times');
  if (iat > now + SKEW) refuse('status_stale', 'status list from the future');
  if (exp !== undefined && now >= (exp as number)) refuse('status_stale', 'status list expired');

  if (!isObject(list) || typeof list['lst'] !== 'string') return refuse('malformed', 'status_list');
  const bits = list['bits'];
  if (bits !== 1 && bits !== 2 && bits !== 4 && bits !== 8) return refuse('malformed', 'status list bits');
  const value = statusAt(await inflateZlib(decodeBase64Url(list['lst']), MAX_LIST), bits, index);
  const freshFor = Math.min(typeof ttl === 'number' ? ttl : DAY, DAY);
  return { status: nameOf(value), value, issuedAt: iat, goodUntil: Math.min(now + freshFor, (exp as number | undefined) ?? Infinity) };
}

/** Entry `index` of an array packed with the least significant bits first. Refusal `status_range`. */
export function statusAt(array: Bytes, bits: 1 | 2 | 4 | 8, index: number): number {
  if (!Number.isInteger(index) || index < 0 || index >= (array.length * 8) / bits) refuse('status_range', `${index}`);
  const at = index * bits;
  return (array[Math.floor(at / 8)]! >> (at % 8)) & (2 ** bits - 1);
}

function nameOf(value: number): StatusName {
  return (['valid', 'invalid', 'suspended'] as const)[value] ?? 'unknown';
}

function isTime(value: unknown): value is number {
  return typeof value === 'number' && value >= 0 && value < 1e11;
}
