import { decodeBase64Url } from '../base64url.ts';
import { equalBytes } from '../bytes.ts';
import { decodeCompactCredential, verifyIssuerPart } from '../compact/credential.ts';
import { issuerKeys } from '../issuerkeys.ts';
import { isObject } from '../json.ts';
import { verifyJws } from '../jws.ts';
import { parsePublicJwk, sameKey, type PublicJwk, type SigningKey } from '../keys.ts';
import type { Outside } from '../outside.ts';
import { compressPoint } from '../p256.ts';
import { Refusal, refuse } from '../refusal.ts';
import { parseSdJwt, processSdJwt } from '../sdjwt.ts';
import { readStatus } from '../statuslist.ts';
import { requestCredentials, type PutOff } from './credential.ts';
import type { IssuerMetadata } from './issuer.ts';
import type { Offer } from './offer.ts';
import type { AccessToken } from './token.ts';

export const SD_JWT = 'dc+sd-jwt';
export const COMPACT = 'identity-compact';
export const PAPER = 'identity-compact-paper';

/** One copy of a credential, checked: bound to keys[key], of the type asked, signed by the issuer asked. */
export interface CollectedCopy {
  /** Index into the keys that were passed. */
  readonly key: number;
  readonly sdJwt: string;
  /** The compact issued form, base64url, when the offer holds it. */
  readonly compact: string | undefined;
}
/** All copies of one offered type. */
export interface CollectedCredential {
  readonly configurationId: string; readonly vct: string; readonly copies: readonly CollectedCopy[];
  /** What can be printed, `IDD:…`, where the issuer gives it. Nothing in it has been looked at. */
  readonly paper?: string;
}

/**
 * Collects what is offered, both formats of a type with the same keys, and its paper, which is bound to none. A lost answer is asked for again with the same token and keys.
 * Every copy is checked before it is returned: whoever answers cannot make the wallet keep another type, another person's copy, or one that has ended.
 * Refusals `not_ready` (`putOff` says what to ask for again), `session_ended`, `proof_refused`, `issuance_denied`, `wrong_holder_key`, `wrong_type`, `wrong_issuer`, `bad_signature`, `not_valid_now`, network codes.
 */
export async function collectOffer(
  offer: Offer, issuer: IssuerMetadata, token: AccessToken, keys: readonly SigningKey[], outside: Outside, putOff: PutOff = new Map(),
): Promise<CollectedCredential[]> {
  const offered = offer.configurationIds.map(id => issuer.configurations[id] ?? refuse('offer_not_supported', id));
  const main = offered.filter(configuration => configuration.format === SD_JWT);
  if (main.length === 0) refuse('offer_not_supported', 'format');
  const collected: CollectedCredential[] = [];
  for (const configuration of main) {
    const vct = configuration.vct ?? refuse('malformed', 'vct');
    const texts = await requestCredentials(issuer, token, configuration.id, keys, putOff, outside);
    const copies = await Promise.all(texts.map(text => checkSdJwt(text, vct, issuer.issuer, keys, outside)));
    if (new Set(copies.map(copy => copy.key)).size !== copies.length) refuse('wrong_holder_key', 'two copies for one key');

    const twin = offered.find(other => other.format === COMPACT && other.vct === vct);
    const compact = new Map<number, string>();
    if (twin) {
      const used = copies.map(copy => keys[copy.key]!);
      for (const text of await requestCredentials(issuer, token, twin.id, used, putOff, outside)) {
        const copy = await checkCompact(text, vct, copies, keys);
        if (compact.has(copy)) refuse('wrong_holder_key', 'two compact copies for one key');
        compact.set(copy, text);
      }
    }
    const printed = offered.find(other => other.format === PAPER && other.vct === vct);
    // Not every credential fits a paper: without one it is whole, too.
    const paper = printed && (await requestCredentials(issuer, token, printed.id, [], putOff, outside).catch((error: unknown) => {
      if (error instanceof Refusal && error.code === 'issuance_denied') return [];
      throw error;
    }))[0];
    collected.push({ configurationId: configuration.id, vct, copies: copies.map(({ key, sdJwt }) => ({ key, sdJwt, compact: compact.get(key) })), ...(paper !== undefined && { paper }) });
  }
  return collected;
}

interface CheckedCopy { readonly key: number; readonly sdJwt: string; readonly signer: PublicJwk }

async function checkSdJwt(text: string, vct: string, issuer: string, keys: readonly SigningKey[], outside: Outside): Promise<CheckedCopy> {
  const sdJwt = parseSdJwt(text);
  if (sdJwt.keyBinding) refuse('malformed', 'key binding in an issued credential');
  const { header, payload } = sdJwt.jwt;
  if (header['typ'] !== SD_JWT) refuse('malformed', 'typ');
  if (payload['vct'] !== vct) refuse('wrong_type');
  if (payload['iss'] !== issuer) refuse('wrong_issuer');
  const bound = isObject(payload['cnf']) ? parsePublicJwk(payload['cnf']['jwk']) : refuse('wrong_holder_key', 'no cnf');
  const key = keys.findIndex(one => sameKey(one.publicJwk, bound));
  if (key < 0) refuse('wrong_holder_key');
  await processSdJwt(sdJwt);

  const signers = await issuerKeys(sdJwt.jwt, issuer, outside);
  const verified = await Promise.all(signers.map(one => verifyJws(sdJwt.jwt, one)));
  const signer = signers[verified.indexOf(true)] ?? refuse('bad_signature', 'credential');
  const { exp } = payload;
  if (exp !== undefined && (typeof exp !== 'number' || exp <= outside.now())) refuse('not_valid_now', 'expired');
  await refuseEnded(payload['status'], signers, outside);
  return { key, sdJwt: text, signer };
}

// A list that cannot be read now is no reason to lose a credential that can be had only once.
async function refuseEnded(status: unknown, signers: readonly PublicJwk[], outside: Outside): Promise<void> {
  const entry = isObject(status) ? status['status_list'] : undefined;
  if (!isObject(entry) || typeof entry['uri'] !== 'string' || typeof entry['idx'] !== 'number') return;
  const reading = await readStatus(entry['uri'], entry['idx'], signers, outside).catch(() => undefined);
  if (reading && reading.status !== 'valid') refuse('not_valid_now', reading.status);
}

async function checkCompact(text: string, vct: string, copies: readonly CheckedCopy[], keys: readonly SigningKey[]): Promise<number> {
  const { issuer } = await decodeCompactCredential(decodeBase64Url(text));
  if (issuer.type !== vct) refuse('wrong_type', 'compact');
  const copy = copies.find(one => equalBytes(compressPoint(keys[one.key]!.publicJwk), issuer.holder)) ?? refuse('wrong_holder_key', 'compact');
  if (!await verifyIssuerPart(issuer, copy.signer)) refuse('bad_signature', 'compact');
  return copy.key;
}
