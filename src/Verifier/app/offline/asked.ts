/** What a code shows, and whether its values are those that were asked for. */
import { isPaper, readPaper } from '../../../web/lib/compact/paper.ts';
import { readProof } from '../../../web/lib/compact/verify.ts';
import { Refusal } from '../../../web/lib/refusal.ts';
import { findType, type TypeDefinition } from '../../../web/lib/types.ts';
import type { AskResult } from '../../../web/lib/verdict/examine.ts';
import type { StoredQuestion } from './store.ts';

export interface ShownClaims { readonly claims: ReadonlyMap<number, unknown>; readonly binding: Uint8Array | undefined }

/** Of a proof or a paper, nothing of it judged; undefined for what is neither: the engine says what is wrong with it. */
export function claimsOf(text: string): ShownClaims | undefined {
  try {
    return isPaper(text) ? { claims: readPaper(text).claims, binding: undefined } : readProof(text);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return undefined;
  }
}

/** A question asks for claims; the values they must have are ours to compare. */
export function asksOf(claims: ShownClaims['claims'] | undefined, vct: string, values: StoredQuestion['values'], types: readonly TypeDefinition[]): { asks?: AskResult } {
  const type = findType(types, vct);
  for (const [name, allowed] of claims ? Object.entries(values) : []) {
    const value = claims!.get(type?.claims.find(claim => claim.name === name)?.key ?? -1);
    if (!allowed.some(one => one === value)) return { asks: { met: false, evidence: `${name} has another value than was asked for` } };
  }
  return {};
}
