import type { Chain, Link } from '../accreditation/entitlement.ts';
import { parseScope } from '../accreditation/scope.ts';
import { equalBytes, fromHex, sha256, toHex } from '../bytes.ts';
import type { PublicJwk } from '../keys.ts';
import { closingOf, type OrganisationRecord, type Trust } from '../verdict/trust.ts';

/** What is known of issuers, as tests/vectors/verdict writes it. */
export interface Plain {
  headTime: number; goodUntil: number;
  organisations: { id: string; issuer: string; name: string; country: string; demonstration: boolean; contact: string | null }[];
  keys: { thumbprint: string; key: PublicJwk; organisation: string; from: number; endedAt: number | null; reason: 'retired' | 'compromised' | null }[];
  accreditations: { number: number; parent: number | null; holder: string; right: number; scope: string; from: number; until: number | null; withdrawnAt: number | null; grantedAt: number }[];
  closings: { organisation: string; at: number; terms: { depositary: string; from: number; until: number | null }[]; named: string | null }[];
  statuses: { list: string; index: number; value: number; issuedAt: number; readAt: number; final: boolean }[];
  entries: { key: string; prefix: string }[];
}

const same = (hex: string, bytes: Uint8Array): boolean => hex === toHex(bytes);
export async function trustOf(plain: Plain): Promise<Trust> {
  const scopeIds = new Map(await Promise.all(plain.accreditations.map(async ({ scope }) => [scope, toHex(await sha256(scope))] as const)));
  const organisation = (id: string): OrganisationRecord | undefined => plain.organisations.filter(one => one.id === id).map(found => ({ ...found, id: fromHex(id), contact: found.contact ?? undefined }))[0];
  const chainOf = (number: number): Chain => {
    const { parent, holder, scope, until, withdrawnAt, ...rest } = plain.accreditations.find(one => one.number === number)!;
    const link: Link = { ...rest, holder: organisation(holder)!, scope: parseScope(scope), scopeId: scopeIds.get(scope)!, until: until ?? undefined, withdrawnAt: withdrawnAt ?? undefined };
    return [...parent === null ? [] : chainOf(parent), link];
  };
  return {
    headTime: plain.headTime, goodUntil: plain.goodUntil,
    findKeys: keyId => plain.keys.filter(({ thumbprint }) => equalBytes(fromHex(thumbprint).subarray(0, 8), keyId))
      .map(key => ({ ...key, thumbprint: fromHex(key.thumbprint), organisation: fromHex(key.organisation), endedAt: key.endedAt ?? undefined, reason: key.reason ?? undefined })),
    organisation: id => organisation(toHex(id)),
    chains: id => plain.accreditations.filter(({ holder, right }) => same(holder, id) && right & 1).map(({ number }) => chainOf(number)),
    closing: id => plain.closings.filter(({ organisation: closed }) => same(closed, id))
      .map(({ at, terms, named }) => closingOf(at, terms.map(({ depositary, from, until }) => ({ depositary: organisation(depositary)!, from, until: until ?? undefined })), named === null ? undefined : organisation(named)))[0],
    status: (list, index) => plain.statuses.find(entry => entry.list === list && entry.index === index),
    isRecordedBeforeEnd: ({ thumbprint }, prefix) => plain.entries.some(entry => same(entry.key, thumbprint) && same(entry.prefix, prefix)),
  };
}
