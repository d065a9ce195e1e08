import type { OrganisationRecord } from '../verdict/trust.ts';
import { moment, momentOrNull } from '../verdict/verdict.ts';
import { GAPS, gapFor, notShown, type GapReason, type Scope, type ScopeFacts, type ScopeGap } from './scope.ts';

/** One accreditation. Times are Unix seconds. */
export interface Link {
  readonly number: number;
  readonly holder: OrganisationRecord;
  /** 1 to issue, 2 to accredit, 3 both. */
  readonly right: number;
  /** Undefined where its text cannot be read: it entitles nobody. */
  readonly scope: Scope | undefined;
  /** SHA-256 of the text, in hex. */
  readonly scopeId: string;
  /** As stated; it counts from the later of this and `grantedAt`, the time of its block. */
  readonly from: number;
  readonly until: number | undefined;
  readonly withdrawnAt: number | undefined;
  readonly grantedAt: number;
}
/** From the root authority to the issuer. */
export type Chain = readonly Link[];

/** Whether somebody was entitled. `link` counts from the root, 0; without a chain nobody ever accredited it. */
export type Ruling =
  | { readonly kind: 'entitled'; readonly chain: Chain; readonly notShown: readonly GapReason[] }
  | { readonly kind: 'not'; readonly chain: Chain; readonly link: number | undefined; readonly gap: ScopeGap; readonly at: number | undefined }
  | { readonly kind: 'cannot_tell' };

/**
 * Judges by the chains of an issuer (one for each accreditation to issue that it holds) whether it was entitled at a time; every link must allow what was issued and be in force.
 * Without a time only what time does not change counts against it, and only where the register is fresh. `closedAt` is the issuer's own closing: what an accreditor granted before
 * it closed stays. The same rule as TimeRule.JudgeEntitlement in C#; tests/vectors/time-rule binds both.
 */
export function judgeEntitlement(chains: readonly Chain[], facts: ScopeFacts, at: number | undefined, closedAt: number | undefined, isFresh: boolean): Ruling {
  const judged = [...chains].sort((a, b) => leafOf(a).number - leafOf(b).number).map(chain => ({ chain, first: firstGap(chain, facts, at, closedAt), hidden: hiddenOf(chain, facts) }));
  const holding = judged.filter(({ first }) => first === undefined).sort((a, b) => a.hidden.length - b.hidden.length)[0];
  if (holding && at !== undefined) return { kind: 'entitled', chain: holding.chain, notShown: holding.hidden };
  if (holding || (at === undefined && !isFresh)) return { kind: 'cannot_tell' };
  if (judged.length === 0) return { kind: 'not', chain: [], link: undefined, gap: { reason: 'never', stated: null, allowed: null }, at };
  const ofType = judged.filter(({ chain }) => chain.every(({ scope }) => !scope || gapFor(scope, facts)?.reason !== 'type'));
  const shown = (ofType.length > 0 ? ofType : judged).reduce((best, next) => (GAPS.indexOf(next.first!.gap.reason) > GAPS.indexOf(best.first!.gap.reason) ? next : best));
  return { kind: 'not', chain: shown.chain, ...shown.first!, at };
}

/** Whether the chain was once in force and only ended by then: who held it may have issued in time. */
export const hadBegun = (chain: Chain, facts: ScopeFacts, at: number): boolean =>
  chain.every((link, i) => link.from <= at && link.grantedAt <= at && limitGap(link, i === chain.length - 1, facts) === undefined);

const leafOf = (chain: Chain): Link => chain[chain.length - 1]!;

const hiddenOf = (chain: Chain, facts: ScopeFacts): GapReason[] => {
  const hidden = new Set(chain.flatMap(({ scope }) => (scope ? notShown(scope, facts) : [])));
  return GAPS.filter(reason => hidden.has(reason));
};

function firstGap(chain: Chain, facts: ScopeFacts, at: number | undefined, closedAt: number | undefined): { link: number; gap: ScopeGap } | undefined {
  for (const [link, granted] of chain.entries()) {
    const gap = (at === undefined ? undefined : dateGap(granted, at)) ?? limitGap(granted, link === chain.length - 1, facts);
    if (gap) return { link, gap };
  }
  return at !== undefined && closedAt !== undefined && closedAt <= at ? { link: chain.length - 1, gap: { reason: 'closed', stated: null, allowed: moment(closedAt) } } : undefined;
}

function dateGap({ from, grantedAt, until = Infinity, withdrawnAt = Infinity }: Link, at: number): ScopeGap | undefined {
  const [begin, end] = [Math.max(from, grantedAt), Math.min(until, withdrawnAt)];
  if (at < begin) return { reason: 'not_yet', stated: null, allowed: moment(begin) };
  return at >= end ? { reason: withdrawnAt <= until ? 'withdrawn' : 'over', stated: null, allowed: moment(end) } : undefined;
}

function limitGap({ right, scope }: Link, isLeaf: boolean, facts: ScopeFacts): ScopeGap | undefined {
  if ((right & (isLeaf ? 1 : 2)) === 0) return { reason: 'no_right', stated: isLeaf ? 'issue' : 'accredit', allowed: rightsOf(right).join(', ') };
  if (!scope) return { reason: 'text', stated: null, allowed: null };
  const place = facts.on_behalf_of;
  // Nobody issues in another's place because nothing was said about it: the issuer's own accreditation names whose.
  return gapFor(scope, facts) ?? (isLeaf && place !== undefined && !scope.on_behalf_of ? { reason: 'on_behalf_of', stated: place, allowed: null } : undefined);
}

const rightsOf = (right: number): ('issue' | 'accredit')[] => (['issue', 'accredit'] as const).filter((_, bit) => right & (1 << bit));

/** A ruling as a verdict writes it. */
export interface Entitlement {
  readonly entitled: boolean;
  /** Root first, issuer last; empty where nobody ever accredited it. */
  readonly chain: readonly {
    readonly number: number; readonly name: string; readonly id: string; readonly country: string; readonly contact: string | null; readonly right: readonly ('issue' | 'accredit')[]; readonly scope: Scope | null; readonly scopeId: string;
    /** RFC 3339 in UTC. */
    readonly from: string; readonly until: string | null; readonly withdrawnAt: string | null; readonly grantedAt: string;
  }[];
  /** Limits that could not be compared. */
  readonly notShown: readonly GapReason[];
  /** Which link does not hold; null where all do. `organisation`: the holder of that link, or the issuer where there is none. */
  readonly failure: { readonly link: number | null; readonly organisation: string; readonly reason: GapReason; readonly stated: string | null; readonly allowed: string | null; readonly at: string | null } | null;
}

/** The ruling on an issuer of this name as JSON; null where it could not be told. */
export function entitlementJson(ruling: Ruling, issuer: string, hex: (bytes: Uint8Array) => string): Entitlement | null {
  if (ruling.kind === 'cannot_tell') return null;
  const chain = ruling.chain.map(({ number, holder, right, scope, scopeId, from, until, withdrawnAt, grantedAt }) => ({
    number, name: holder.name, id: hex(holder.id), country: holder.country, contact: holder.contact ?? null, right: rightsOf(right), scope: scope ?? null, scopeId,
    from: moment(from), until: momentOrNull(until), withdrawnAt: momentOrNull(withdrawnAt), grantedAt: moment(grantedAt),
  }));
  if (ruling.kind === 'entitled') return { entitled: true, chain, notShown: ruling.notShown, failure: null };
  const { link, gap, at } = ruling;
  return { entitled: false, chain, notShown: [], failure: { link: link ?? null, organisation: link === undefined ? issuer : chain[link]!.name, ...gap, at: momentOrNull(at) } };
}
