import { encodeBase64Url } from '../base64url.ts';
import { toHex, type Bytes } from '../bytes.ts';
import { decodeCbor, type Cbor } from '../cbor.ts';
import { thumbprint, type PublicJwk } from '../keys.ts';
import { isOnCurve } from '../p256.ts';
import { refuse } from '../refusal.ts';
import type { AccreditationRecord, KeyRecord, OrganisationRecord } from '../verdict/trust.ts';
import { array, bytes, flag, MAX_CONTENT, MAX_DEPTH, number, orNull, text, time } from './format.ts';
import { readPrefixes, readStatuses, type Statuses } from './lookup.ts';

export interface PackedKey { readonly record: KeyRecord; /** What it had recorded before it ended; undefined where it has not, or the pack leaves it out. */ readonly entries: Bytes | undefined }
export interface PackedOrganisation { readonly record: OrganisationRecord; readonly keys: readonly PackedKey[]; readonly accreditations: readonly AccreditationRecord[] }
export interface PackedList {
  readonly uri: string;
  /** Place of its issuer among the organisations. */
  readonly organisation: number;
  readonly statuses: Statuses;
  /** `iat`, `exp`, `ttl` of the token; Unix seconds. Offline the pack's own end counts, not `exp`. */
  readonly issuedAt: number;
  readonly expires: number | undefined;
  readonly timeToLive: number | undefined;
  /** How long before the pack was made it was last fetched, whole minutes. */
  readonly age: number;
}
export interface PackContent {
  readonly ledger: { readonly chainId: number; readonly contract: string; readonly logs: readonly string[] };
  readonly organisations: readonly PackedOrganisation[];
  readonly lists: readonly PackedList[];
}

/** Reads the content of a pack, whose digest was checked. Refusals `malformed`, `too_large`. */
export async function readContent(content: Bytes): Promise<PackContent> {
  const [ledger, rawOrganisations, rawLists, rawTimes] = array(decodeCbor(content, { maxBytes: MAX_CONTENT, maxDepth: MAX_DEPTH }), 4);
  const [chainId, contract, logs] = array(ledger, 3);
  const members = array(rawOrganisations).map(entry => array(entry, 8));
  const names = members.map(([, , name]) => text(name));
  const organisations = await Promise.all(members.map(entry => readOrganisation(entry, names)));
  if (new Set(organisations.map(({ record }) => toHex(record.id))).size !== organisations.length) refuse('malformed', 'organisation twice');

  const times = array(rawTimes);
  const lists = array(rawLists).map((list, i) => readList(list, times[i], organisations.length));
  if (times.length !== lists.length || lists.some(({ uri }, i) => i > 0 && lists[i - 1]!.uri >= uri)) refuse('malformed', 'order of lists');
  return { ledger: { chainId: number(chainId), contract: text(contract, 64), logs: array(logs).map(log => text(log)) }, organisations, lists };
}

async function readOrganisation([rawId, issuer, name, country, contact, demonstration, keys, accreditations]: Cbor[], names: readonly string[]): Promise<PackedOrganisation> {
  const id = bytes(rawId, 32);
  return {
    record: { id, issuer: text(issuer), name: text(name), country: text(country), contact: orNull(contact, value => text(value)), demonstration: flag(demonstration) },
    keys: await Promise.all(array(keys).map(key => readKey(key, id))),
    accreditations: array(accreditations).map(granted => readAccreditation(granted, names)),
  };
}

async function readKey(key: Cbor, organisation: Bytes): Promise<PackedKey> {
  const [rawPoint, from, end, reason, rawEntries] = array(key, 5);
  const point = bytes(rawPoint, 64);
  if (!isOnCurve(point.subarray(0, 32), point.subarray(32))) refuse('malformed', 'key off the curve');
  const jwk: PublicJwk = { kty: 'EC', crv: 'P-256', x: encodeBase64Url(point.subarray(0, 32)), y: encodeBase64Url(point.subarray(32)) };
  const endedAt = orNull(end, time);
  const entries = orNull(rawEntries, value => readPrefixes(bytes(value)));
  if (reason !== null && reason !== 1 && reason !== 2) refuse('malformed', 'end of a key');
  if ((endedAt === undefined) !== (reason === null) || (endedAt === undefined && entries !== undefined)) refuse('malformed', 'end of a key');
  return { record: { thumbprint: await thumbprint(jwk), key: jwk, organisation, from: time(from), endedAt, reason: reason === null ? undefined : reason === 1 ? 'retired' : 'compromised' }, entries };
}

function readAccreditation(granted: Cbor, names: readonly string[]): AccreditationRecord {
  const [type, from, until, withdrawnAt, grantedAt, accreditor] = array(granted, 6);
  return {
    type: text(type), from: time(from), until: orNull(until, time), withdrawnAt: orNull(withdrawnAt, time), grantedAtBlockTime: time(grantedAt),
    accreditorName: names[number(accreditor)] ?? refuse('malformed', 'accreditor'),
  };
}

function readList(list: Cbor, times: Cbor | undefined, organisations: number): PackedList {
  const [uri, organisation, bits, length, sparse, packed] = array(list, 6);
  const [issuedAt, expires, ttl, age] = array(times, 4);
  return {
    uri: text(uri, 2000), organisation: number(organisation, organisations - 1), statuses: readStatuses(number(bits, 8), number(length), flag(sparse), bytes(packed)),
    issuedAt: time(issuedAt), expires: orNull(expires, time), timeToLive: orNull(ttl, value => number(value, 0xffffffff)), age: number(age, 10_000_000),
  };
}
