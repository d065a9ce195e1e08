import { hadBegun, judgeEntitlement, type Chain, type Ruling } from '../accreditation/entitlement.ts';
import type { GapReason, ScopeFacts } from '../accreditation/scope.ts';
import { equalBytes, type Bytes } from '../bytes.ts';
import { MAX_TERMS, type ClosingRecord, type KeyRecord, type OrganisationRecord, type StatusEntry, type Trust } from './trust.ts';
import { day, type CheckSheet, type Clock, type Policy, type Reason } from './verdict.ts';

/** Bytes of an entry that a pack holds: enough that nobody can make another credential that fits. */
const ENTRY_PREFIX = 16;

/**
 * The checks that rest on the trust pack; src/Credentials/Verdicts/PackedChecks.cs is the same in C#. When a credential was recorded is not in the pack, so: a key
 * in force needs no place in a log; a key that has ended needs the credential's entry among those recorded before its end; and what the pack cannot know, because
 * it is from yesterday, it does not hold against anybody.
 */
export class Packed {
  /** Whether the pack may still be relied on: within its own end, which stands in for every other age. */
  readonly isFresh: boolean;
  /** When the last list of a closed issuer was signed, where the status rests on it. */
  finalAsOf: number | undefined;
  private readonly age: number;
  private entry: Bytes | undefined;
  private keyEnded: number | undefined;
  /** The pack shows that it was recorded before the key ended. */
  private isListed = false;

  constructor(private readonly sheet: CheckSheet, private readonly trust: Trust, private readonly now: number, private readonly policy: Policy, clock: Clock) {
    this.age = now - trust.headTime;
    this.isFresh = !clock.isBack && this.age >= -policy.skew && Math.max(now, clock.latest) < trust.goodUntil;
    if (this.isFresh) sheet.pass('data_age', `ledger read ${this.age} s ago, by a trust pack`);
    else if (this.age < -policy.skew) sheet.skip('data_age', 'the trust pack is from the future: a clock is wrong', 'stale_data');
    else if (clock.isBack) sheet.skip('data_age', 'the clock of this device shows an earlier time than it has seen', 'stale_data');
    else sheet.skip('data_age', `the trust pack was good until ${day(trust.goodUntil)}`, 'stale_data');
  }

  /** Which log entry to look for, once the key is known. */
  remember(entry: Bytes): void {
    this.entry = entry;
    this.sheet.skip('ledger', 'a trust pack holds no logs');
  }

  /** The time rule, as far as a pack can tell: what a key that has ended signed counts only where the pack lists it. */
  checkKey(key: KeyRecord): void {
    if (key.from > this.now + this.policy.skew) {
      this.sheet.fail('issuer_key', 'key_not_valid_then', `the key is in force only since ${day(key.from)}`);
      this.sheet.skip('recorded_in_time', 'no anchor time');
    } else if (key.endedAt === undefined || key.endedAt > this.now) {
      this.sheet.pass('issuer_key', 'in force when the trust pack was made');
      this.sheet.skip('recorded_in_time', 'a trust pack does not tell when it was recorded; the key is still in force');
    } else {
      this.checkEndedKey(key, key.endedAt);
    }
  }

  /** Whether the issuer was entitled while its key can have signed: at the key's end, else now. What passes is told by `checkReissue`. */
  checkAccreditation(chains: readonly Chain[], facts: ScopeFacts, closing: ClosingRecord | undefined): Ruling {
    const { last } = this;
    const ruling = judgeEntitlement(chains, facts, last, closing?.at, this.isFresh);
    if (ruling.kind === 'entitled') return ruling;
    if (chains.some(chain => hadBegun(chain, facts, last))) {
      this.sheet.skip('accreditation', `accredited before ${day(last)}; a trust pack does not tell when it was recorded`, 'not_anchored');
    } else if (this.isRecent) {
      this.sheet.fail('accreditation', 'issuer_not_entitled', said(ruling));
      return ruling;
    } else {
      // One may have been given since.
      this.sheet.skip('accreditation', 'not accredited when the trust pack was made', 'stale_data');
    }
    return { kind: 'cannot_tell' };
  }

  /**
   * What is left of the ruling where the credential says that it was issued in another's place. The pack says who was depositary from when until when, and not when anything was recorded. Two are accused: who had
   * been depositary at no time before its key ended, where the pack shows that it was recorded by then; and with a key in force who neither is nor was depositary nor is named, by a pack of the last hour.
   */
  checkReissue(ruling: Ruling, { on_behalf_of: place }: ScopeFacts, issuer: Uint8Array, original: OrganisationRecord | undefined, closed: ClosingRecord | undefined): Ruling {
    if (ruling.kind !== 'entitled') return ruling;
    const { chain } = ruling;
    const own = closed?.terms.filter(({ depositary, from }) => from <= this.last && equalBytes(depositary.id, issuer)) ?? [];
    if (place === undefined || own.some(({ until }) => until === undefined || this.last < until)) {
      this.sheet.pass('accreditation', `${chain.map(({ holder }) => holder.name).join(' → ')}, in force on ${day(this.last)}`);
      return ruling;
    }
    const why = this.whyOpen(own.length > 0, issuer, original, closed);
    if (why) {
      this.sheet.skip('accreditation', ...why);
      return { kind: 'cannot_tell' };
    }
    const not: Ruling = { kind: 'not', chain, link: chain.length - 1, gap: { reason: 'on_behalf_of', stated: place, allowed: null }, at: this.last };
    this.sheet.fail('accreditation', 'issuer_not_entitled', said(not));
    return not;
  }

  /** What the pack cannot know of an issuer that was not depositary at the time; undefined where it knows. */
  private whyOpen(wasBefore: boolean, issuer: Uint8Array, original: OrganisationRecord | undefined, closed: ClosingRecord | undefined): [string, Reason] | undefined {
    if (!original) return ['the organisation in whose place it was issued is not in the trust pack', 'stale_data'];
    if (wasBefore) return [`no longer its depositary on ${day(this.last)}; a trust pack does not tell when it was recorded`, 'not_anchored'];
    if (closed && closed.terms.length >= MAX_TERMS) return ['the trust pack does not hold all who were its depositary', 'not_anchored'];
    if (this.keyEnded !== undefined) {
      // The past does not change: who accepted before the key ended stands in a pack that reaches so far.
      return this.isListed && this.trust.headTime >= this.keyEnded ? undefined : [`not its depositary on ${day(this.last)}; a trust pack does not tell when it was recorded`, 'not_anchored'];
    }
    if (closed?.depositary && equalBytes(closed.depositary.id, issuer)) return ['its depositary had not accepted when the trust pack was made', 'stale_data'];
    return this.isRecent ? undefined : ['not its depositary when the trust pack was made', 'stale_data'];
  }

  /** The time at which accreditations are judged: the last at which the key can have signed. */
  private get last(): number {
    return this.keyEnded === undefined ? this.now : this.keyEnded - 1;
  }

  /** An absence in the pack means something. */
  private get isRecent(): boolean {
    return this.isFresh && this.age <= this.policy.maxLedgerAge;
  }

  /** The credential's entry in the pack; what it found, undefined where the pack holds none. */
  checkStatus(list: string, index: number, organisation: Uint8Array): StatusEntry | undefined {
    if (!this.sheet.passed('signature')) {
      this.sheet.skip('status', "not asked about what is not shown to be the issuer's");
      return undefined;
    }
    const found = this.trust.status(list, index, organisation);
    if (!found) {
      this.sheet.skip('status', 'there is no copy of its status list', 'stale_data');
      return undefined;
    }
    const asOf = `as of ${day(found.issuedAt)}`;
    if (found.issuedAt > this.now + this.policy.skew) this.sheet.skip('status', 'status_future', 'stale_data');
    else if (found.value === 1) this.sheet.fail('status', 'revoked', `revoked, ${asOf}`); // an end stays an end
    else if (found.final) this.lastWord(found, asOf);
    else if (!this.isFresh) this.sheet.skip('status', `the status list is too old, ${asOf}`, 'stale_data');
    else if (found.value === 0) this.sheet.pass('status', `in force, ${asOf}`);
    else this.sheet.fail('status', 'suspended', `suspended, ${asOf}`); // only 0 means in force
    return found;
  }

  /** The last list of a closed organisation counts for ever. */
  private lastWord({ value, issuedAt }: StatusEntry, asOf: string): void {
    this.finalAsOf = issuedAt;
    if (value === 0) this.sheet.pass('status', `in force, ${asOf}, the final list`);
    else this.sheet.fail('status', 'suspended', `suspended, ${asOf}, the final list`);
  }

  private checkEndedKey(key: KeyRecord, end: number): void {
    this.keyEnded = end;
    const listed = this.entry && this.trust.isRecordedBeforeEnd(key, this.entry.subarray(0, ENTRY_PREFIX));
    if (listed) {
      this.isListed = true;
      this.sheet.pass('ledger', 'among what was recorded before the key ended');
      this.sheet.pass('issuer_key', 'in force when it was recorded');
      this.sheet.pass('recorded_in_time', `anchored before the key ended on ${day(end)}`);
      return;
    }
    const missing = listed === undefined ? 'the trust pack does not list what the key recorded before it ended' : 'not among what was recorded before the key ended';
    this.sheet.skip('ledger', missing, this.isFresh ? 'not_anchored' : undefined);
    this.sheet.skip('recorded_in_time', 'no anchor time');
    // The past does not change: what a thief may have signed, and a pack that reaches to the theft does not list, was not recorded before it.
    if (listed === false && key.reason !== 'retired' && this.trust.headTime >= end) this.sheet.fail('issuer_key', 'key_not_valid_then', `not recorded before the key was compromised on ${day(end)}`);
    else this.sheet.skip('issuer_key', `the key was ${key.reason === 'retired' ? 'retired' : 'compromised'} on ${day(end)}`);
  }
}

const BEYOND: Readonly<Partial<Record<GapReason, string>>> = {
  kind: 'kind', level: 'level', field: 'field', occupation: 'occupation', jurisdiction: 'country',
};

/** A failed ruling in one line; never what the credential states. */
function said(ruling: Ruling): string {
  if (ruling.kind !== 'not' || ruling.link === undefined) return 'never accredited';
  const { chain, link, gap: { reason, stated, allowed } } = ruling;
  const words = {
    on_behalf_of: stated === null ? `covers only what is issued in the place of another: allowed ${allowed}` : `does not cover the organisation in whose place it was issued: allowed ${allowed ?? 'none'}`,
    type: 'is not for this type', no_right: `gives no right to ${stated}`, text: 'has a scope that cannot be read',
    not_yet: `was in force only since ${on(allowed)}`, over: `was over on ${on(allowed)}`, withdrawn: `was withdrawn on ${on(allowed)}`, closed: `ended: the organisation was closed on ${on(allowed)}`,
  } as Readonly<Partial<Record<GapReason, string>>>;
  return `accreditation ${chain[link]!.number} of ${chain[link]!.holder.name} ${words[reason] ?? `does not cover the ${BEYOND[reason]}: allowed ${allowed}`}`;
}

const on = (time: string | null): string => (time?.endsWith('Z') ? day(Date.parse(time) / 1000) : '');
