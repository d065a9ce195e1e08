import type { Chain } from '../accreditation/entitlement.ts';
import { concat, equalBytes, toHex, type Bytes } from '../bytes.ts';
import { encodeCbor } from '../cbor.ts';
import { inflateZlib } from '../inflate.ts';
import { refuse } from '../refusal.ts';
import type { ClosingRecord, KeyRecord, OrganisationRecord, StatusEntry, Trust } from '../verdict/trust.ts';
import { readContent, type PackContent, type PackedKey, type PackedList, type PackedOrganisation } from './content.ts';
import { bytes as byteString, array, MAX_DELTA, MAX_PACK, open, VERSION } from './format.ts';
import { holdsPrefix, statusOf } from './lookup.ts';
import { readStatement, requireContent, type Pin, type Statement } from './statement.ts';

const PACK = 'identity-trust-pack';
const DELTA = 'identity-trust-delta';

/** A trust pack that may be relied on up to its end: docs/trust-pack.md. The same as src/Credentials/Trust in C#. */
export class TrustPack implements Trust {
  private readonly organisations = new Map<string, PackedOrganisation>();
  private readonly keys = new Map<string, PackedKey[]>();
  private readonly lists = new Map<string, PackedList>();

  constructor(readonly statement: Statement, readonly content: PackContent, /** The bytes of the content, which a delta changes. */ readonly bytes: Bytes) {
    for (const organisation of content.organisations) {
      this.organisations.set(toHex(organisation.record.id), organisation);
      for (const key of organisation.keys) {
        const keyId = toHex(key.record.thumbprint.subarray(0, 8));
        this.keys.set(keyId, [...this.keys.get(keyId) ?? [], key]);
      }
    }
    for (const list of content.lists) this.lists.set(list.uri, list);
  }

  get headTime(): number { return this.statement.madeAt; }

  get goodUntil(): number { return this.statement.goodUntil; }

  findKeys(keyId: Uint8Array): readonly KeyRecord[] {
    return (this.keys.get(toHex(keyId)) ?? []).map(({ record }) => record);
  }

  organisation(id: Uint8Array): OrganisationRecord | undefined {
    return this.organisations.get(toHex(id))?.record;
  }

  chains(organisation: Uint8Array): readonly Chain[] {
    return this.organisations.get(toHex(organisation))?.chains ?? [];
  }

  closing(organisation: Uint8Array): ClosingRecord | undefined {
    return this.organisations.get(toHex(organisation))?.closing;
  }

  status(listUri: string, index: number, organisation: Uint8Array): StatusEntry | undefined {
    const list = this.lists.get(listUri);
    const issuer = list && this.content.organisations[list.organisation]!;
    const value = issuer && equalBytes(issuer.record.id, organisation) ? statusOf(list.statuses, index) : undefined;
    return value === undefined ? undefined : { value, issuedAt: list!.issuedAt, readAt: this.headTime - list!.age * 60, final: issuer!.closing !== undefined && list!.expires === undefined };
  }

  /** By the list of this key of this organisation, and no other: what another key recorded vouches for nothing. */
  isRecordedBeforeEnd(key: KeyRecord, entryPrefix: Uint8Array): boolean | undefined {
    const known = this.keys.get(toHex(key.thumbprint.subarray(0, 8)))?.find(({ record }) => equalBytes(record.thumbprint, key.thumbprint) && equalBytes(record.organisation, key.organisation));
    return known?.entries && holdsPrefix(known.entries, entryPrefix);
  }

  /** The file, to be kept and read again. */
  async encode(): Promise<Bytes> {
    const deflated = new Response(new Blob([this.bytes]).stream().pipeThrough(new CompressionStream('deflate')));
    return encodeCbor([PACK, VERSION, this.statement.signed, new Uint8Array(await deflated.arrayBuffer())]);
  }
}

/** Reads a whole pack. Refusals: those of `readStatement`, and `too_large`. Signature before content: nothing is inflated that a pinned key has not vouched for. */
export async function readTrustPack(file: Uint8Array, pin: Pin): Promise<TrustPack> {
  const [signed, body] = open(file, MAX_PACK, PACK, 4);
  const statement = await readStatement(signed, pin);
  return openPack(statement, await inflateZlib(byteString(body), statement.length));
}

/** Makes the newer pack of the held one. Refusals: those of `readTrustPack`; `pack_other_base` where the delta is for another pack than the held one. */
export async function applyDelta(held: TrustPack, delta: Uint8Array, pin: Pin): Promise<TrustPack> {
  const [from, signed, edits] = open(delta, MAX_DELTA, DELTA, 5);
  const base = byteString(from, 32);
  const statement = await readStatement(signed, { ...pin, heldVersion: Math.max(pin.heldVersion, held.statement.version) });
  if (!equalBytes(base, held.statement.digest)) refuse('pack_other_base');

  const members = array(edits);
  if (members.length % 3 !== 0) refuse('malformed', 'edits');
  const parts: Uint8Array[] = [];
  let [size, end] = [0, 0];
  for (let at = 0; at < members.length; at += 3) {
    const [skipped, copied, inserted] = [members[at], members[at + 1], byteString(members[at + 2])];
    if (typeof skipped !== 'number' || typeof copied !== 'number' || copied < 0) return refuse('malformed', 'edit');
    const start = end + skipped;
    end = start + copied;
    size += copied + inserted.length;
    // Never more than the signed length, whatever the edits say.
    if (start < 0 || end > held.bytes.length || size > statement.length) return refuse('malformed', 'edit');
    parts.push(held.bytes.subarray(start, end), inserted);
  }
  if (size !== statement.length) refuse('malformed', 'edits');
  return openPack(statement, concat(...parts));
}

async function openPack(statement: Statement, content: Bytes): Promise<TrustPack> {
  await requireContent(statement, content);
  return new TrustPack(statement, await readContent(content), content);
}
