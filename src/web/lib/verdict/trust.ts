import type { Chain } from '../accreditation/entitlement.ts';
import type { Bytes } from '../bytes.ts';
import type { PublicJwk } from '../keys.ts';

/**
 * What a scanner without a network knows of register, keys and status lists: one signed pack whose signature, signer and version were checked when it was
 * loaded. Every answer comes at once, from memory. All times are Unix seconds.
 */
export interface Trust {
  /** Up to when whoever made the pack had read the ledger. */
  readonly headTime: number;
  /** From this second on the pack proves nothing any more: cannot tell, never green. At most 72 hours after it was made. */
  readonly goodUntil: number;
  /** Every registered key whose JWK thumbprint starts with these 8 bytes, of whatever organisation, ended or not. */
  findKeys(keyId: Uint8Array): readonly KeyRecord[];
  /** The organisation with this 32-byte id. */
  organisation(id: Uint8Array): OrganisationRecord | undefined;
  /** One chain for each accreditation to issue ever granted to the organisation with this id, ended ones too. */
  chains(organisation: Uint8Array): readonly Chain[];
  /** Since when it is closed, and who answers for what it issued. */
  closing(organisation: Uint8Array): ClosingRecord | undefined;
  /** The entry of the list published at exactly this address by this organisation; undefined where the pack does not hold it or the list has no such entry: another's list says nothing of this one's credentials. */
  status(listUri: string, index: number, organisation: Uint8Array): StatusEntry | undefined;
  /**
   * Whether the pack lists the entry that starts with these 16 bytes under this key, which has ended: anchored while the key was in force, before its end.
   * Undefined where the pack lists nothing for it: a key in force, or one whose entries it leaves out. The list is that of this key of this organisation: another
   * may have registered the same key, with another end.
   */
  isRecordedBeforeEnd(key: KeyRecord, entryPrefix: Uint8Array): boolean | undefined;
}

export interface OrganisationRecord {
  /** 32 bytes: SHA-256 of the canonical profile. */
  readonly id: Bytes;
  /** The issuer identifier, an address; status lists stand under it. */
  readonly issuer: string;
  readonly name: string;
  readonly country: string;
  /** True for fictional organisations. */
  readonly demonstration: boolean;
  readonly contact: string | undefined;
}

export interface KeyRecord {
  /** 32 bytes, RFC 7638. */
  readonly thumbprint: Bytes;
  readonly key: PublicJwk;
  /** Id of the organisation. */
  readonly organisation: Bytes;
  /** In force since: the later of the stated date and the block's time. */
  readonly from: number;
  /** Not in force from then on; for a compromised key the time since when. */
  readonly endedAt: number | undefined;
  /** Set together with the end. */
  readonly reason: 'retired' | 'compromised' | undefined;
}

export interface ClosingRecord {
  readonly at: number;
  /** Who is in charge, or named. */
  readonly depositary: OrganisationRecord | undefined;
  /** Since when the depositary answers for it, by an act of its own; undefined while it has not accepted. */
  readonly acceptedAt: number | undefined;
  /** Every time in which somebody was in charge, in their order; the last one goes on where its depositary is the present one. */
  readonly terms: readonly DepositTerm[];
}

export interface DepositTerm {
  readonly depositary: OrganisationRecord;
  readonly from: number;
  /** When another was named; undefined while nobody was. */
  readonly until: number | undefined;
}

/** The most terms that a closing in a pack has. With as many there may have been others before. */
export const MAX_TERMS = 64;

/** A closing from its terms and from who is named and has not accepted. */
export const closingOf = (at: number, terms: readonly DepositTerm[], named: OrganisationRecord | undefined): ClosingRecord => {
  const present = terms.at(-1)?.until === undefined ? terms.at(-1) : undefined;
  return { at, depositary: present?.depositary ?? named, acceptedAt: present?.from, terms };
};

export interface StatusEntry {
  /** 0 in force, 1 revoked, 2 suspended; every other value is not in force either. */
  readonly value: number;
  /** `iat` of the list. */
  readonly issuedAt: number;
  /** When the list was read into the pack. */
  readonly readAt: number;
  /** The last list of a closed organisation: what it says counts for ever. */
  readonly final: boolean;
}
