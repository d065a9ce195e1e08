import { entitlementJson, judgeEntitlement, type Entitlement } from '../accreditation/entitlement.ts';
import { factsOf, type ScopeFacts } from '../accreditation/scope.ts';
import { equalBytes, fromHex, sha256, toHex, type Bytes } from '../bytes.ts';
import { verifyIssuerPart } from '../compact/credential.ts';
import { isPaper, readPaper, verifyPaper } from '../compact/paper.ts';
import { readProof, type ReadProof } from '../compact/verify.ts';
import type { Json } from '../json.ts';
import { thumbprintText, type PublicJwk } from '../keys.ts';
import { decompressPoint } from '../p256.ts';
import { Refusal } from '../refusal.ts';
import { findType, originalIssuerOf, type TypeDefinition } from '../types.ts';
import { Packed } from './packed.ts';
import type { ClosingRecord, KeyRecord, StatusEntry, Trust } from './trust.ts';
import { CheckSheet, day, DEFAULT_POLICY, moment, momentOrNull, REASONS, SURE, type Binding, type Clock, type Policy, type Reason, type Verdict } from './verdict.ts';

/** What was asked, against which the answer is held. */
export type Expectations =
  /** A picture or pasted text: nobody is asked to prove that they hold it. */
  | { readonly kind: 'file' }
  /** A code shown to our camera without a question before: one that is redrawn with the time, or a paper. */
  | { readonly kind: 'shown' }
  /** An answer to a challenge that we showed and that has not been answered yet, or a code redrawn with the time or a paper, unless the policy refuses it. `asks`: what a caller found who compared the values already. */
  | { readonly kind: 'challenge'; readonly question: { readonly digest: Bytes; readonly type: string; readonly required: readonly number[] }; readonly asks?: AskResult };
export interface AskResult { readonly met: boolean; readonly evidence: string }

/** A verdict and the thumbprint of the key that answered, where one was proven. */
export interface Examined { readonly verdict: Verdict; readonly holderThumbprint: string | undefined }

/**
 * Judges a compact proof or a paper from a trust pack: no network, no clock of its own, no memory. The same checks, reasons, precedence and words as the C# engine
 * (src/Credentials/Verdicts); tests/vectors/verdict binds both. Never throws for what the text holds. `now` in Unix seconds, by a
 * clock of which `clock` says how far it can be believed: a pack never becomes good again.
 */
export async function examine(
  text: string, expectations: Expectations, trust: Trust, types: readonly TypeDefinition[], now: number, policy: Policy = DEFAULT_POLICY, clock: Clock = SURE,
): Promise<Examined> {
  const examination = new Examination(expectations, trust, types, now, policy, clock);
  let form: Form;
  try {
    form = readForm(text);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return examination.unreadable(error);
  }
  return examination.run(form);
}

/** What a proof and a paper have in common; `proof` only of a proof. */
interface Form {
  readonly keyId: Bytes; readonly bytes: Bytes; readonly type: string; readonly notBefore: number | undefined; readonly expires: number | undefined;
  readonly list: number; readonly index: number; readonly claims: ReadProof['claims']; readonly originalIssuer: Bytes | undefined; readonly proof: ReadProof | undefined;
  isSignedBy(key: PublicJwk): Promise<boolean>;
}

function readForm(text: string): Form {
  if (isPaper(text)) {
    const paper = readPaper(text);
    return { ...paper, proof: undefined, isSignedBy: key => verifyPaper(paper, key) };
  }
  const proof = readProof(text);
  return { ...proof.issuer, claims: proof.claims, proof, isSignedBy: key => verifyIssuerPart(proof.issuer, key) };
}

class Examination {
  private readonly sheet = new CheckSheet();
  private readonly packed: Packed;
  private binding: Binding = 'none';
  private rolling: Verdict['rolling'] = null;
  private holderThumbprint: string | undefined;
  private entitlement: Entitlement | null = null;
  private closing: Verdict['closing'] = null;
  private reissued: Verdict['reissued'];

  constructor(
    private readonly expectations: Expectations, private readonly trust: Trust, private readonly types: readonly TypeDefinition[],
    private readonly now: number, private readonly policy: Policy, private readonly clock: Clock,
  ) {
    this.packed = new Packed(this.sheet, trust, now, policy, clock);
  }

  unreadable(refusal: Refusal): Examined {
    const why = reasonOf(refusal);
    this.sheet.fail('format', why === 'compact_version' ? 'unsupported' : 'malformed', why);
    return this.close({}, NOTHING_KNOWN, null);
  }

  async run(form: Form): Promise<Examined> {
    this.sheet.pass('format', `${form.proof ? 'compact proof' : 'paper'}, version ${form.originalIssuer ? 2 : 1}`);
    const named = findType(this.types, form.type);
    const type = named?.vct === form.type ? named : undefined; // its short name is not its identifier
    const place = originalIssuerOf(type);
    if (type && form.originalIssuer && place === undefined) this.sheet.fail('type', 'unsupported', 'the type cannot say in whose place it was issued');
    else if (type) this.sheet.pass('type', form.type);
    else this.sheet.fail('type', 'unsupported', 'the type is not one of ours');
    this.packed.remember(await sha256(form.bytes));

    const claims = { ...Object.fromEntries([...form.claims].map(([key, value]) => [nameOf(type, key), value])), ...(form.originalIssuer && place !== undefined && { [place]: toHex(form.originalIssuer) }) };
    const signers = await this.checkSignature(form);
    const facts = type && (this.sheet.passed('signature') ? factsOf(type, claims, true) : factsOf(type, {}));
    const signer = this.choose(signers, facts);
    const organisation = signer && this.trust.organisation(signer.organisation);
    if (signer) {
      if (organisation) this.sheet.pass('issuer', organisation.issuer);
      else this.issuerUnknown("the key's organisation is not in the register");
      this.packed.checkKey(signer);
    }
    const closing = organisation && this.trust.closing(organisation.id);
    if (organisation && facts) {
      const id = originalOf(facts);
      const [original, closed] = id ? [this.trust.organisation(id), this.trust.closing(id)] : [];
      const ruling = this.packed.checkReissue(this.packed.checkAccreditation(this.trust.chains(organisation.id), facts, closing), facts, organisation.id, original, closed);
      this.entitlement = entitlementJson(ruling, organisation.name, toHex);
      if (facts.on_behalf_of !== undefined && ruling.kind !== 'cannot_tell') {
        this.reissued = { original: facts.on_behalf_of, name: original?.name ?? null, closedAt: momentOrNull(closed?.at), entitled: ruling.kind === 'entitled' };
      }
    } else this.sheet.skip('accreditation', organisation ? 'the type is not known' : 'the issuer is not known');

    if (form.proof) await this.checkBinding(form.proof);
    else this.checkBearer();
    this.checkAsks(form, type);
    let status: StatusEntry | undefined;
    if (organisation) status = this.packed.checkStatus(`${organisation.issuer}/status/${form.list}`, form.index, organisation.id);
    else this.sheet.skip('status', 'it names no status list');
    this.checkDates(form.notBefore, form.expires);

    this.closing = closing ? closingJson(closing, this.packed.finalAsOf) : null;
    const validFrom = momentOrNull(form.notBefore);
    return this.close(claims, {
      type: form.type, typeName: named?.name ?? null, format: form.proof ? 'identity-compact' : 'identity-compact-paper', statedIssuer: null, validFrom, validUntil: momentOrNull(form.expires), issuedAt: validFrom,
      issuer: organisation
        ? { name: organisation.name, country: organisation.country, demonstration: organisation.demonstration, issuer: organisation.issuer, contact: organisation.contact ?? null }
        : null,
    }, status ? this.now - status.readAt : null, type);
  }

  /** The records of the key that signed; a key id has eight bytes, and two keys may share them, so every one that matches is tried. */
  private async checkSignature(form: Form): Promise<readonly KeyRecord[]> {
    const matching = this.trust.findKeys(form.keyId);
    const verified = await Promise.all(matching.map(record => form.isSignedBy(record.key).catch(notAKey)));
    const signers = matching.filter((_, i) => verified[i]);
    if (form.proof && !await claimsHold(form.proof)) this.sheet.fail('signature', 'altered', 'the shown claims are not those the issuer signed');
    else if (signers.length > 0) this.sheet.pass('signature', 'ES256 by the registered key');
    else if (matching.length > 0) this.sheet.fail('signature', 'altered', 'no registered key with its key id made the signature');
    else this.sheet.skip('signature', 'no registered key has its key id');
    if (signers.length > 0) return signers;

    if (matching.length === 0) this.issuerUnknown('no registered key has its key id');
    else this.sheet.skip('issuer', 'the signature does not show who issued it');
    this.sheet.skip('issuer_key', 'the key is not known');
    return [];
  }

  /** Anybody may register somebody else's public key as their own; the proof names only the key, so the entitled owner counts, else the first. */
  private choose(signers: readonly KeyRecord[], facts: ScopeFacts | undefined): KeyRecord | undefined {
    const oldestFirst = [...signers].sort((a, b) => a.from - b.from);
    const isEntitled = ({ organisation }: KeyRecord): boolean => facts !== undefined && judgeEntitlement(this.trust.chains(organisation), facts, this.now, undefined, true).kind === 'entitled';
    return oldestFirst.find(isEntitled) ?? oldestFirst[0];
  }

  private issuerUnknown(evidence: string): void {
    // An absence in an old copy says nothing; the age itself is then the reason.
    this.sheet.skip('issuer', evidence, this.packed.isFresh ? 'issuer_unknown' : undefined);
  }

  private async checkBinding(proof: ReadProof): Promise<void> {
    if (this.expectations.kind === 'file') {
      for (const name of ['audience', 'freshness', 'holder'] as const) this.sheet.skip(name, 'nobody was asked to prove that they hold it');
    } else if (!await proof.verifyHolder()) {
      this.sheet.fail('holder', 'holder_not_proven', "the holder's signature does not fit");
    } else if (proof.rolling) {
      const { time, clockUnsure } = proof.rolling;
      const age = this.now - time;
      this.rolling = { age, clockUnsure };
      const evidence = `drawn ${Math.abs(age)} s ${age < 0 ? 'ahead of this clock' : 'ago'}${clockUnsure ? ', clock unsure' : ''}`;
      if (this.policy.requireChallenge) this.replayed(`${evidence}; only an answer to a challenge is taken here`);
      else if (this.clock.isDoubtful) this.undated(evidence);
      else if (Math.abs(age) > this.policy.rollingWindow) this.replayed(evidence);
      else await this.proven(proof, 'rolling', evidence);
    } else if (this.expectations.kind === 'shown') {
      this.replayed('it answers a challenge, and none was shown');
    } else if (!equalBytes(proof.binding!, this.expectations.question.digest)) {
      this.replayed('it answers another challenge');
    } else {
      await this.proven(proof, 'challenge', 'answers this challenge');
    }
  }

  /** A paper names no key: nobody can prove to be its holder, and whoever checks compares the person with what it says. */
  private checkBearer(): void {
    if (this.policy.requireChallenge && this.expectations.kind !== 'file') {
      this.sheet.fail('holder', 'holder_not_proven', 'a paper; only an answer to a challenge is taken here');
      return;
    }
    this.binding = 'paper';
    for (const name of ['audience', 'freshness', 'holder'] as const) this.sheet.skip(name, 'paper: whoever carries it can show it');
  }

  /** Nobody can tell how old it is: no proof that it is theirs, and no replay either. */
  private undated(evidence: string): void {
    this.sheet.skip('audience', 'the clock of this device is in doubt');
    this.sheet.skip('freshness', `${evidence}, by a clock that is in doubt`, 'stale_data');
    this.sheet.pass('holder', "signature of the credential's holder key");
  }

  private replayed(evidence: string): void {
    this.sheet.fail('holder', 'holder_not_proven', evidence);
    this.sheet.fail('freshness', 'replayed', evidence);
  }

  private async proven(proof: ReadProof, binding: Binding, evidence: string): Promise<void> {
    this.binding = binding;
    this.sheet.pass('audience', evidence);
    this.sheet.pass('freshness', evidence);
    this.sheet.pass('holder', "signature of the credential's holder key");
    this.holderThumbprint = await thumbprintText(decompressPoint(proof.issuer.holder));
  }

  private checkAsks({ type, claims }: Form, definition: TypeDefinition | undefined): void {
    if (this.expectations.kind !== 'challenge') {
      this.sheet.skip('asks', 'nothing was asked');
      return;
    }
    const { question, asks } = this.expectations;
    const missing = [...new Set(question.required)].filter(key => !claims.has(key));
    const own = type !== question.type ? { met: false, evidence: 'another type than was asked for' }
      : missing.length > 0 ? { met: false, evidence: `claims not shown: ${missing.map(key => nameOf(definition, key)).join(', ')}` }
        : { met: true, evidence: 'shows what was asked' };
    const results = asks ? [own, asks] : [own];
    const failed = results.find(({ met }) => !met);
    if (failed) this.sheet.fail('asks', 'asks_not_met', failed.evidence);
    else this.sheet.pass('asks', results.at(-1)!.evidence);
  }

  private checkDates(notBefore: number | undefined, expires: number | undefined): void {
    if (expires !== undefined && this.now - this.policy.skew >= expires) this.sheet.fail('validity', 'expired', `valid until ${day(expires)}`);
    else if (notBefore !== undefined && this.now + this.policy.skew < notBefore) this.sheet.fail('validity', 'not_yet_valid', `valid from ${day(notBefore)}`);
    else this.sheet.pass('validity', expires === undefined ? 'no last day' : `valid until ${day(expires)}`);
  }

  private close(disclosed: Record<string, Json>, credential: Verdict['credential'], statusAge: number | null, type?: TypeDefinition): Examined {
    const reason: Reason = this.sheet.leading();
    const [outcome, tone] = REASONS[reason];
    const claims = this.sheet.passed('signature') ? disclosed : {};
    const compare = type?.claims.filter(({ name, compare: wanted }) => wanted && Object.hasOwn(claims, name)).map(({ name }) => name) ?? [];
    const dataAge = { ledger: this.now - this.trust.headTime, status: statusAge };
    return {
      verdict: { outcome, reason, tone, binding: this.binding, checks: this.sheet.list(), dataAge, rolling: this.rolling, claims, credential, compare, ledger: null, entitlement: this.entitlement, closing: this.closing, ...(this.reissued && { reissued: this.reissued }) },
      holderThumbprint: this.holderThumbprint,
    };
  }
}

/** The id of the organisation in whose place it says it was issued; undefined where it names none. */
const originalOf = ({ on_behalf_of: id }: ScopeFacts): Bytes | undefined => (id !== undefined && /^[0-9a-f]{64}$/.test(id) ? fromHex(id) : undefined);

/** A claim's name by its key; the key itself where the type does not know it. */
const nameOf = (type: TypeDefinition | undefined, key: number): string => type?.claims.find(claim => claim.key === key)?.name ?? `#${key}`;

/** `asOf` only where the status rests on the last list. */
function closingJson({ at, depositary, acceptedAt }: ClosingRecord, asOf: number | undefined): Verdict['closing'] {
  return {
    at: moment(at), depositary: depositary ? { name: depositary.name, contact: depositary.contact ?? null } : null, acceptedAt: momentOrNull(acceptedAt),
    asOf: momentOrNull(asOf), final: asOf !== undefined,
  };
}

const NOTHING_KNOWN: Verdict['credential'] = { type: null, typeName: null, format: null, issuer: null, statedIssuer: null, validFrom: null, validUntil: null, issuedAt: null };

async function claimsHold(proof: ReadProof): Promise<boolean> {
  try {
    await proof.requireRoot();
    return true;
  } catch (error) {
    if (error instanceof Refusal) return false;
    throw error;
  }
}

/** A registered key that is no point of the curve signed nothing. */
function notAKey(error: unknown): false {
  if (error instanceof Refusal) return false;
  throw error;
}

/** The machine words of the C# reader for what cannot be read. */
function reasonOf({ code, message }: Refusal): string {
  const detail = message.slice(code.length + 2);
  if (detail === 'not a proof' || detail === 'not a paper') return 'prefix';
  if (detail.startsWith('version')) return 'compact_version';
  if (detail.startsWith('base45') || detail === 'proof' || detail === 'paper') return 'base45';
  if (/^COSE (algorithm|header|protected)/.test(detail)) return 'cose_header';
  if (detail.startsWith('COSE')) return 'cose_malformed';
  if (detail === 'issuer part' || (code === 'too_large' && detail === 'CBOR')) return 'cbor_too_large';
  return /CBOR|UTF-8/.test(detail) ? 'cbor_malformed' : 'compact_malformed';
}
