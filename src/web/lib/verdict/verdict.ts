import type { Entitlement } from '../accreditation/entitlement.ts';
import type { Json } from '../json.ts';

/** The verdict as every part of this product writes it: the API, the command line, this library. */
export interface Verdict {
  readonly outcome: Outcome;
  readonly reason: Reason;
  readonly tone: Tone;
  readonly binding: Binding;
  readonly checks: readonly { readonly name: CheckName; readonly result: CheckResult; readonly evidence: string }[];
  /** Whole seconds; null where there were no data. */
  readonly dataAge: { readonly ledger: number | null; readonly status: number | null };
  /** When a code that is redrawn with the time was drawn, where one was shown to a camera: seconds since, below zero where the phone's clock is ahead. */
  readonly rolling: { readonly age: number; readonly clockUnsure: boolean } | null;
  /** Disclosed claims by name; empty unless the issuer's signature held. */
  readonly claims: Readonly<Record<string, Json>>;
  /** Where a device judged whose own clock is in doubt, and that may be why: set back behind a time it has seen, or other than the service's. */
  readonly clock?: 'back' | 'off';
  readonly credential: {
    readonly type: string | null;
    readonly typeName: string | null;
    readonly format: string | null;
    readonly issuer: { readonly name: string; readonly country: string; readonly demonstration: boolean; readonly issuer: string; readonly contact: string | null } | null;
    readonly statedIssuer: string | null;
    /** RFC 3339 in UTC. */
    readonly validFrom: string | null;
    readonly validUntil: string | null;
    readonly issuedAt: string | null;
  };
  /** Names of disclosed claims to compare with the person or their document. */
  readonly compare: readonly string[];
  /** A trust pack holds no logs, so that nothing judged from one has a place to tell. */
  readonly ledger: {
    readonly entry: string; readonly log: string; readonly index: number; readonly size: number; readonly root: string; readonly rootMatchesContract: boolean;
    readonly trusted: boolean; readonly anchoredAt: string | null; readonly block: number | null; readonly transaction: string | null;
    readonly contract: string | null; readonly chainId: number | null;
    /** Who besides the log confirms a tree that holds it; absent where the service asks for nobody. */
    readonly witnesses?: { readonly count: number; readonly required: number };
  } | null;
  /** Who entitled the issuer, from the root authority down, or which link does not hold; null where issuer or type are not known, and where it cannot be told. */
  readonly entitlement: Entitlement | null;
  /** Where an archive judged: as of when, and whether validators prove it. */
  readonly archive?: { readonly asOf: string; readonly proven: boolean };
  /** Of an issuer that is closed, RFC 3339 in UTC. `asOf`: when its last list was signed, where the status rests on it (`final`). */
  readonly closing: { readonly at: string; readonly depositary: { readonly name: string; readonly contact: string | null } | null; readonly acceptedAt: string | null; readonly asOf: string | null; readonly final: boolean } | null;
  /** The credential says that it was issued in the place of a closed organisation of this id; absent where it says nothing of it. `entitled`: by its depositary, accredited to. */
  readonly reissued?: { readonly original: string; readonly name: string | null; readonly closedAt: string | null; readonly entitled: boolean };
}

export type Outcome = 'valid' | 'not_valid' | 'cannot_tell';
export type Tone = 'green' | 'amber' | 'red' | 'grey';
export type CheckResult = 'passed' | 'failed' | 'not_checked';
export type Binding = 'challenge' | 'online_key_binding' | 'none' | 'rolling' | 'paper';
export type CheckName = typeof CHECKS[number];
export type Reason = keyof typeof REASONS;

/** Everything that is looked at, in the order it is shown. */
export const CHECKS = [
  'format', 'type', 'signature', 'issuer', 'issuer_key', 'accreditation', 'audience', 'freshness', 'holder', 'asks', 'status', 'validity', 'ledger', 'recorded_in_time', 'data_age',
] as const;

/** In the order of precedence: the first objection leads. Each with the outcome and the colour it stands for. */
export const REASONS = {
  malformed: ['cannot_tell', 'grey'],
  unsupported: ['cannot_tell', 'grey'],
  altered: ['not_valid', 'red'],
  issuer_unknown: ['cannot_tell', 'grey'],
  key_not_valid_then: ['not_valid', 'red'],
  issuer_not_entitled: ['not_valid', 'red'],
  wrong_audience: ['not_valid', 'amber'],
  replayed: ['not_valid', 'amber'],
  holder_not_proven: ['not_valid', 'amber'],
  asks_not_met: ['not_valid', 'amber'],
  revoked: ['not_valid', 'red'],
  suspended: ['not_valid', 'amber'],
  expired: ['not_valid', 'amber'],
  not_yet_valid: ['not_valid', 'amber'],
  anchored_too_late: ['not_valid', 'red'],
  not_anchored: ['cannot_tell', 'grey'],
  stale_data: ['cannot_tell', 'grey'],
  valid: ['valid', 'green'],
} as const satisfies Record<string, readonly [Outcome, Tone]>;

/** The list of checks while it is being filled in. Every check stands on it from the start, as not checked. */
export class CheckSheet {
  private readonly entries = new Map<CheckName, { result: CheckResult; evidence: string; reason?: Reason | undefined }>(
    CHECKS.map(name => [name, { result: 'not_checked', evidence: 'not reached' }]));

  /** Looked at and right. */
  pass(name: CheckName, evidence: string): void {
    this.entries.set(name, { result: 'passed', evidence });
  }

  /** Looked at and wrong. */
  fail(name: CheckName, reason: Reason, evidence: string): void {
    this.entries.set(name, { result: 'failed', evidence, reason });
  }

  /** Could not be looked at; with a reason where that keeps us from telling. */
  skip(name: CheckName, evidence: string, reason?: Reason): void {
    this.entries.set(name, { result: 'not_checked', evidence, reason });
  }

  passed(name: CheckName): boolean {
    return this.entries.get(name)?.result === 'passed';
  }

  /** The first objection by precedence, or valid. */
  leading(): Reason {
    const objections = new Set([...this.entries.values()].map(({ reason }) => reason));
    return (Object.keys(REASONS) as Reason[]).find(reason => objections.has(reason)) ?? 'valid';
  }

  list(): Verdict['checks'] {
    return [...this.entries].map(([name, { result, evidence }]) => ({ name, result, evidence }));
  }
}

/** What a device knows of its own clock: the latest time it has seen, in Unix seconds, whether the clock shows an earlier one, and whether it may be wrong by more than clocks may differ. */
export interface Clock { readonly latest: number; readonly isBack: boolean; readonly isDoubtful: boolean }
export const SURE: Clock = { latest: 0, isBack: false, isDoubtful: false };

/** How strict a verifier is, in seconds. */
export interface Policy {
  /** Clocks may differ by this much. */
  readonly skew: number;
  /** A pack whose maker read the ledger longer ago than this may lack what was granted since. */
  readonly maxLedgerAge: number;
  /** How far the time of a rolling proof may lie from ours, before or after. */
  readonly rollingWindow: number;
  /** Takes only what answers our own challenge: a rolling proof, which could have been made for anybody, is refused, and so is a paper. */
  readonly requireChallenge: boolean;
}
export const DEFAULT_POLICY: Policy = { skew: 60, maxLedgerAge: 3600, rollingWindow: 120, requireChallenge: false };

/** A time as evidence has it: `2026-11-20 10:17 UTC`. */
export const day = (seconds: number): string => `${new Date(seconds * 1000).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
/** A time as a verdict has it, RFC 3339 in UTC. */
export const moment = (seconds: number): string => `${new Date(seconds * 1000).toISOString().slice(0, 19)}Z`;
export const momentOrNull = (seconds: number | undefined): string | null => (seconds === undefined ? null : moment(seconds));
