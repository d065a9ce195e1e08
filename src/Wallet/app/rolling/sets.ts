/** What a card can show in a code, and what its type prepares for one tap. */
import { decodeBase64Url } from '../../../web/lib/base64url.ts';
import { decodeCompactCredential, type CompactCredential } from '../../../web/lib/compact/credential.ts';
import { SETS, type SetName } from '../../../web/lib/types.ts';
import { definition } from '../cards/definitions.ts';
import { copies, type Card, type Copy } from '../store/cards.ts';

export interface Prepared { readonly name: SetName; /** Claim keys, in the order of the code. */ readonly keys: readonly number[] }

/** The compact credential of any copy: all copies of a card say the same. Undefined where the issuer gave none. */
export async function inCode(card: Card): Promise<CompactCredential | undefined> {
  const copy = (await copies(card.id)).find(hasCode);
  return copy && decodeCompactCredential(decodeBase64Url(copy.content.compact!));
}

export const hasCode = (copy: Copy): boolean => copy.content.compact !== undefined;

/** The prepared sets of a card of which it holds at least one claim. */
export function preparedSets(card: Card, credential: CompactCredential): Prepared[] {
  const type = definition(card.vct);
  return SETS.flatMap(name => {
    const names = type?.sets?.[name] ?? [];
    const keys = credential.leaves.map(leaf => leaf.key).filter(key => names.includes(type!.claims.find(claim => claim.key === key)?.name ?? ''));
    return keys.length > 0 ? [{ name, keys }] : [];
  });
}

/** `#/show/CARD/1-3-5`: claim keys as an address has them; undefined for what no card can have. */
export function keysOf(text: string): number[] | undefined {
  const keys = text.split('-').map(Number);
  return keys.every(Number.isSafeInteger) && new Set(keys).size === keys.length ? keys : undefined;
}
