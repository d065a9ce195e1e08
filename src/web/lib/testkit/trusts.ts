import { equalBytes, fromHex, toHex, type Bytes } from '../bytes.ts';
import type { PublicJwk } from '../keys.ts';
import type { Trust } from '../verdict/trust.ts';

/** What is known of issuers, as tests/vectors/verdict writes it. */
export interface Plain {
  headTime: number; goodUntil: number;
  organisations: { id: string; issuer: string; name: string; country: string; demonstration: boolean; contact: string | null }[];
  keys: { thumbprint: string; key: PublicJwk; organisation: string; from: number; endedAt: number | null; reason: 'retired' | 'compromised' | null }[];
  accreditations: { organisation: string; type: string; from: number; until: number | null; withdrawnAt: number | null; grantedAtBlockTime: number; accreditorName: string }[];
  statuses: { list: string; index: number; value: number; issuedAt: number; readAt: number }[];
  entries: { key: string; prefix: string }[];
}

const same = (hex: string, bytes: Uint8Array): boolean => hex === toHex(bytes);
export const trustOf = (plain: Plain): Trust => ({
  headTime: plain.headTime, goodUntil: plain.goodUntil,
  findKeys: keyId => plain.keys.filter(({ thumbprint }) => equalBytes(fromHex(thumbprint).subarray(0, 8), keyId))
    .map(key => ({ ...key, thumbprint: fromHex(key.thumbprint), organisation: fromHex(key.organisation), endedAt: key.endedAt ?? undefined, reason: key.reason ?? undefined })),
  organisation: id => plain.organisations.filter(organisation => same(organisation.id, id)).map(found => ({ ...found, id: id as Bytes, contact: found.contact ?? undefined }))[0],
  accreditations: organisation => plain.accreditations.filter(grant => same(grant.organisation, organisation))
    .map(grant => ({ ...grant, until: grant.until ?? undefined, withdrawnAt: grant.withdrawnAt ?? undefined })),
  status: (list, index) => plain.statuses.find(entry => entry.list === list && entry.index === index),
  isRecordedBeforeEnd: ({ thumbprint }, prefix) => plain.entries.some(entry => same(entry.key, thumbprint) && same(entry.prefix, prefix)),
});
