import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodeBase64Url } from '../base64url.ts';
import { utf8, type Bytes } from '../bytes.ts';
import { refuses } from '../testkit/refuses.ts';
import type { RefusalCode } from '../refusal.ts';
import { vector } from '../testkit/vectors.ts';
import { holdsPrefix, readPrefixes, readStatuses, statusOf } from './lookup.ts';
import type { ClosingRecord, OrganisationRecord } from '../verdict/trust.ts';
import { applyDelta, readTrustPack, type TrustPack } from './pack.ts';

// The vectors that bind this code and the C# library to the same bytes: tests/vectors/trustpack.
interface Vector { name: string; bytes: string; base: string | null; held: number; expected: '' | RefusalCode }
const { signer, now, content, vectors } = vector('trustpack/packs.json') as { signer: string; now: number; content: string; vectors: Vector[] };
const pin = { signers: [signer], heldVersion: 0, now };

async function read({ bytes, base, held }: Vector): Promise<TrustPack> {
  const given = decodeBase64Url(bytes);
  const at = { ...pin, heldVersion: held };
  return base === null ? readTrustPack(given, at) : applyDelta(await readTrustPack(decodeBase64Url(base), at), given, at);
}

for (const each of vectors) {
  test(`shared vectors: ${each.name}`, async () => {
    if (each.expected === '') await read(each);
    else await refuses(() => read(each), each.expected);
  });
}

const named = (name: string): Promise<TrustPack> => read(vectors.find(each => each.name === name)!);

test('a pack answers what was packed, by each organisation and key', async () => {
  const pack = await named('a pack');
  const [ministry, college] = pack.content.organisations;
  const [inForce, retired, stolen, leftOut] = college!.keys.map(({ record }) => record);
  assert.deepEqual(pack.bytes, decodeBase64Url(content));
  assert.equal(pack.organisation(college!.record.id)?.name, 'Port Selin Technical College');
  assert.equal(pack.organisation(new Uint8Array(32)), undefined);
  const [chain] = pack.chains(college!.record.id);
  assert.deepEqual(chain!.map(({ holder }) => holder.name), [ministry!.record.name, college!.record.name]);
  assert.deepEqual(pack.chains(ministry!.record.id), []); // who may accredit may not issue for that
  assert.deepEqual(pack.findKeys(retired!.thumbprint.subarray(0, 8)), [retired]);
  assert.deepEqual([inForce!.reason, retired!.reason, stolen!.reason], [undefined, 'retired', 'compromised']);
  const uri = 'https://college.example/port-selin/status/3';
  const { id } = college!.record;
  assert.deepEqual([pack.status(uri, 5, id)?.value, pack.status(uri, 6, id)?.value, pack.status(uri, 64, id), pack.status(`${uri}0`, 5, id)], [1, 0, undefined, undefined]);
  assert.equal(pack.status(uri, 6, ministry!.record.id), undefined); // another's list says nothing of this one's credentials
  assert.equal(pack.status(uri, 5, id)!.readAt, pack.headTime - 120);
  assert.equal(pack.goodUntil, pack.headTime + 72 * 3600);

  const [entry] = [college!.keys[1]!.entries!.slice(0, 16)];
  assert.deepEqual([inForce, retired, stolen, leftOut].map(key => pack.isRecordedBeforeEnd(key!, entry)), [undefined, true, false, undefined]);
});

test('of a closed organisation a pack tells who is depositary, who was when, and who is named', async () => {
  const of = async (name: string): Promise<[ClosingRecord, readonly OrganisationRecord[]]> => {
    const pack = await named(name);
    const records = pack.content.organisations.map(({ record }) => record);
    return [pack.closing(records[2]!.id)!, records];
  };
  const [pending, [ministry, college]] = await of('a pack that names a second depositary who has not accepted yet');
  assert.deepEqual([pending.depositary, pending.acceptedAt], [ministry, undefined]);
  assert.deepEqual(pending.terms.map(({ depositary, until }) => [depositary, until! > pending.at]), [[college, true]]);

  const [again, [, same]] = await of('a pack with three times of two depositaries');
  assert.deepEqual([again.depositary, again.acceptedAt], [same, again.terms[2]!.from]);
  assert.deepEqual(again.terms.map(({ depositary, until }) => [depositary.name, until === undefined]), [['Port Selin Technical College', false], ['Talmara Ministry of Education وزارة', false], ['Port Selin Technical College', true]]);
  const [many] = await of('a pack of a register with more times of depositaries, which holds the newest');
  assert.equal(many.terms.length, 64);
  assert.equal(many.terms[0]!.from, many.at + 1);
});

test('Attack_an_entry_of_another_key_or_of_another_organisations_same_key_vouches_for_nothing', async () => {
  const pack = await named('a pack');
  const [, retired, stolen] = pack.content.organisations[1]!.keys;
  const entry = retired!.entries!.slice(0, 16);
  assert.equal(pack.isRecordedBeforeEnd(retired!.record, entry), true);
  assert.equal(pack.isRecordedBeforeEnd(stolen!.record, entry), false);
  assert.equal(pack.isRecordedBeforeEnd({ ...retired!.record, organisation: new Uint8Array(32) }, entry), undefined);
});

test('Attack_a_prefix_of_another_length_than_is_kept_matches_nothing', () => {
  const sorted = Uint8Array.from({ length: 48 }, (_, i) => (i >> 4) + 1) as Bytes;
  assert.equal(holdsPrefix(readPrefixes(sorted), sorted.subarray(16, 32)), true);
  for (const other of [0, 1, 8, 15, 17]) assert.equal(holdsPrefix(sorted, sorted.subarray(0, other)), false);
});

test('a delta gives a pack that is kept and read again', async () => {
  const newer = await named('a delta');
  const again = await readTrustPack(await newer.encode(), { ...pin, heldVersion: 8 });
  assert.deepEqual(again.bytes, newer.bytes);
  assert.equal(again.statement.version, 8);
});

test('a pack past its end is read, and says so', async () => {
  const pack = await readTrustPack(decodeBase64Url(vectors[0]!.bytes), { ...pin, now: now + 100 * 3600 });
  assert.ok(pack.goodUntil < now + 100 * 3600);
});

test('Attack_a_list_claims_entries_it_does_not_have', async () => {
  const sparse = (bits: number, length: number, ...packed: number[]) => readStatuses(bits, length, true, Uint8Array.from(packed));
  const list = sparse(2, 1000, 1, 0xad, 0x01);
  assert.deepEqual([0, 1, 44, 45, 999].map(index => statusOf(list, index)), [1, 0, 1, 0, 0]);
  for (const index of [-1, 1000, 0.5, NaN]) assert.equal(statusOf(list, index), undefined);
  await refuses(() => sparse(2, 40, 1, 0xad, 0x01), 'malformed'); // past the end
  await refuses(() => sparse(2, 1000, 4), 'malformed'); // an entry of 0
  await refuses(() => sparse(2, 1000, 0x81, 0x00), 'malformed'); // a group too many
  await refuses(() => sparse(2, 1000, 0x81), 'malformed'); // cut short
  await refuses(() => sparse(2, 1000, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01), 'malformed');
  await refuses(() => sparse(3, 1000), 'malformed');
  await refuses(() => sparse(2, 1 << 23), 'malformed');
  await refuses(() => readStatuses(2, 1000, false, utf8('short')), 'malformed');
});
