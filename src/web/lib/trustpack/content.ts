import type { Chain } from '../accreditation/entitlement.ts';
import { parseScope } from '../accreditation/scope.ts';
import { encodeBase64Url } from '../base64url.ts';
import { sha256, toHex, type Bytes } from '../bytes.ts';
import { decodeCbor, type Cbor } from '../cbor.ts';
import { thumbprint, type PublicJwk } from '../keys.ts';
import { isOnCurve } from '../p256.ts';
import { refuse } from '../refusal.ts';
import { closingOf, MAX_TERMS, type ClosingRecord, type KeyRecord, type OrganisationRecord } from '../verdict/trust.ts';
import { array, bytes, flag, MAX_CONTENT, MAX_DEPTH, MAX_LINKS, number, orNull, text, time } from './format.ts';
import { readPrefixes, readStatuses, type Statuses } from './lookup.ts';

export interface PackedKey { readonly record: KeyRecord; /** What it had recorded before it ended; undefined where it has not, or the pack leaves it out. */ readonly entries: Bytes | undefined }
/** `chains`: one for each accreditation to issue that it holds. */
export interface PackedOrganisation { readonly record: OrganisationRecord; readonly keys: readonly PackedKey[]; readonly closing: ClosingRecord | undefined; readonly chains: readonly Chain[] }
export interface PackedList {
  readonly uri: string;
  /** Place of its issuer among the organisations. */
  readonly organisation: number;
  readonly statuses: Statuses;
  /** `iat`, `exp`, `ttl` of the token; Unix seconds. Offline the pack's own end counts, not `exp`; a list of a closed organisation without `exp` is its last. */
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
  const [ledger, rawOrganisations, rawAccreditations, rawLists, rawTimes] = array(decodeCbor(content, { maxBytes: MAX_CONTENT, maxDepth: MAX_DEPTH }), 5);
  const [chainId, contract, logs] = array(ledger, 3);
  const members = array(rawOrganisations).map(entry => array(entry, 8));
  const records = members.map(readRecord);
  if (new Set(records.map(({ id }) => toHex(id))).size !== records.length) refuse('malformed', 'organisation twice');
  const chains = await readChains(array(rawAccreditations), records);
  const organisations = await Promise.all(members.map(async ([, , , , , , keys, closing], place) => {
    const record = records[place]!;
    return { record, keys: await Promise.all(array(keys).map(key => readKey(key, record.id))), closing: orNull(closing, said => readClosing(said, place, records)), chains: chains[place]! };
  }));

  const times = array(rawTimes);
  const lists = array(rawLists).map((list, i) => readList(list, times[i], organisations.length));
  if (times.length !== lists.length || lists.some(({ uri }, i) => i > 0 && lists[i - 1]!.uri >= uri)) refuse('malformed', 'order of lists');
  return { ledger: { chainId: number(chainId), contract: text(contract, 64), logs: array(logs).map(log => text(log)) }, organisations, lists };
}

function readRecord([id, issuer, name, country, contact, demonstration]: Cbor[]): OrganisationRecord {
  return { id: bytes(id, 32), issuer: text(issuer), name: text(name), country: text(country), contact: orNull(contact, value => text(value)), demonstration: flag(demonstration) };
}

function readClosing(closing: Cbor | undefined, place: number, records: readonly OrganisationRecord[]): ClosingRecord {
  const [rawAt, rawTerms, rawNamed] = array(closing, 3);
  const depositaryOf = (value: Cbor | undefined): OrganisationRecord => {
    const depositary = number(value, records.length - 1);
    return depositary === place ? refuse('malformed', 'depositary') : records[depositary]!;
  };
  const at = time(rawAt);
  const terms = array(rawTerms).map(term => {
    const [depositary, from, until] = array(term, 3);
    return { depositary: depositaryOf(depositary), from: time(from), until: orNull(until, time) };
  });
  const named = orNull(rawNamed, depositaryOf);

  let last: number | undefined = at;
  for (const { from, until } of terms) {
    if (last === undefined || from < last || (until !== undefined && until <= from)) refuse('malformed', 'order of terms');
    last = until;
  }
  if (terms.length > MAX_TERMS || (named && last === undefined)) refuse('malformed', 'terms');
  return closingOf(at, terms, named);
}

/** The chains of each organisation, by its place. Accreditations ascend by number, and one stands after that under which it was given. */
async function readChains(accreditations: readonly Cbor[], records: readonly OrganisationRecord[]): Promise<readonly Chain[][]> {
  const members = accreditations.map(accreditation => array(accreditation, 9));
  const scopes = new Map(await Promise.all([...new Set(members.map(([, , , , scope]) => text(scope)))].map(async canonical => [canonical, { scope: parseScope(canonical), scopeId: toHex(await sha256(canonical)) }] as const)));
  const chains: Chain[][] = records.map(() => []);
  const read = new Map<number, Chain>();
  let last = 0;
  for (const [rawNumber, rawParent, rawHolder, rawRight, scope, from, until, withdrawn, granted] of members) {
    const own = number(rawNumber);
    const [holder, right] = [number(rawHolder, records.length - 1), number(rawRight, 3)];
    const above = orNull(rawParent, value => read.get(number(value)) ?? refuse('malformed', 'accreditation above')) ?? [];
    if (own <= last || right === 0 || above.length >= MAX_LINKS) refuse('malformed', 'accreditation');
    last = own;
    const chain: Chain = [...above, { number: own, holder: records[holder]!, right, ...scopes.get(text(scope))!, from: time(from), until: orNull(until, time), withdrawnAt: orNull(withdrawn, time), grantedAt: time(granted) }];
    read.set(own, chain);
    if (right & 1) chains[holder]!.push(chain);
  }
  return chains;
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

function readList(list: Cbor, times: Cbor | undefined, organisations: number): PackedList {
  const [uri, organisation, bits, length, sparse, packed] = array(list, 6);
  const [issuedAt, expires, ttl, age] = array(times, 4);
  return {
    uri: text(uri, 2000), organisation: number(organisation, organisations - 1), statuses: readStatuses(number(bits, 8), number(length), flag(sparse), bytes(packed)),
    issuedAt: time(issuedAt), expires: orNull(expires, time), timeToLive: orNull(ttl, value => number(value, 0xffffffff)), age: number(age, 10_000_000),
  };
}
