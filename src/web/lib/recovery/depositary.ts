/** The depositary of a closed organisation, as a holder's phone speaks to it: docs/recovery.md, section 8. */
import { encodeBase64Url } from '../base64url.ts';
import { sha256, toHex, utf8 } from '../bytes.ts';
import type { SigningKey } from '../keys.ts';
import type { Outside } from '../outside.ts';
import type { TrustPack } from '../trustpack/pack.ts';
import { Declined, offersIn, say, textIn, type Offered } from './service.ts';

/** A closed organisation whose records another one has taken over. */
export interface Closed {
  /** Its issuer identifier, and its id on the ledger: 64 hexadecimal digits. */
  readonly issuer: string;
  readonly id: string;
  readonly name: string;
  readonly depositary: { readonly issuer: string; readonly name: string; readonly contact?: string };
}

/** The closed organisations of a pack whose depositary had accepted at `now` (Unix seconds). Of two with one issuer identifier the first counts. */
export function closedIn(pack: TrustPack, now: number): readonly Closed[] {
  const seen = new Set<string>();
  return pack.content.organisations.flatMap(({ record: { id, issuer, name } }) => {
    if (seen.has(issuer)) return [];
    seen.add(issuer);
    const { depositary, acceptedAt } = pack.closing(id) ?? {};
    if (!depositary || acceptedAt === undefined || acceptedAt > now) return [];
    return [{ issuer, id: toHex(id), name, depositary: { issuer: depositary.issuer, name: depositary.name, ...(depositary.contact !== undefined && { contact: depositary.contact }) } }];
  });
}

/** Below the depositary's address: everything about what this organisation left. */
export const depositOf = ({ id }: Closed): string => `deposits/${id}/`;

/**
 * Asks the depositary for a new credential in the place of `credential`: an SD-JWT VC of the closed organisation with all disclosures, whose copy `key` holds. No offers: a person there must look first. Asking again
 * with the same copy is harmless until what was offered has been collected: the offer is made anew. Declined with the depositary's error; network codes.
 */
export async function renewAt(closed: Closed, credential: string, key: SigningKey, outside: Outside): Promise<{ readonly offers: readonly Offered[]; readonly contact: string | undefined }> {
  const credential_hash = encodeBase64Url(await sha256(utf8(credential)));
  const ask = (): ReturnType<typeof say> => say(closed.depositary.issuer, `${depositOf(closed)}renewal`, 'identity-renewal-request+jwt', { credential_hash }, { credential }, key, outside);
  let { status, answer } = await ask();
  if (answer['error'] === 'invalid_nonce') ({ status, answer } = await ask());
  const offers = offersIn(answer);
  if (status !== 200 || (offers.length === 0 && answer['waiting'] !== 1)) throw new Declined(textIn(answer, 'error') ?? 'unknown', answer['error'] === 'refused' ? textIn(answer, 'error_description') : undefined);
  return { offers, contact: textIn(answer, 'contact') };
}
