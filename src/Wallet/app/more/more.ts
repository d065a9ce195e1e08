/** More copies when few are left: fetched from the issuer without the person, under the key that the first ones came under, each with a key of its own. */
import { sameJson, type JsonObject } from '../../../web/lib/json.ts';
import { generateKeyPair, signingKey } from '../../../web/lib/keys.ts';
import { collectOffer } from '../../../web/lib/openid4vci/collect.ts';
import type { Outside } from '../../../web/lib/outside.ts';
import { refuse } from '../../../web/lib/refusal.ts';
import { check, COPIES } from '../receive/receive.ts';
import { addCopies, cards, unused } from '../store/cards.ts';
import { renewed } from './token.ts';

/** Copies that were never shown, at or below which more are fetched. */
export const FEW = 2;
/** Milliseconds before the same card is tried again. */
const PATIENCE = 600_000;

const tried = new Map<string, number>();

/** Fetches more for every card that has few; whether any came. What fails is tried again later: the copies at hand still serve. */
export async function topUpAll(outside: Outside): Promise<boolean> {
  let any = false;
  for (const { id, status } of await cards()) {
    const now = Date.now();
    if (status?.value === 'revoked' || status?.value === 'suspended' || now - (tried.get(id) ?? 0) < PATIENCE || await unused(id) > FEW) continue;
    tried.set(id, now);
    any = await topUp(id, outside).catch(() => false) || any;
  }
  return any;
}

async function topUp(id: string, outside: Outside): Promise<boolean> {
  const known = await renewed(id, outside);
  if (!known) return false;
  const { card, more, issuer, token } = known;
  const pairs = await Promise.all(Array.from({ length: Math.max(1, Math.min(COPIES, issuer.batchSize)) }, generateKeyPair));
  const keys = await Promise.all(pairs.map(signingKey));
  const offer = { credentialIssuer: card.issuer.iss, configurationIds: more.configurationIds, preAuthorizedCode: undefined, issuerState: undefined, txCode: undefined, reference: undefined };
  const collected = await collectOffer(offer, issuer, token, keys, outside);
  const fresh = await check(collected.find(one => one.vct === card.vct) ?? refuse('wrong_type'), { issuer }, pairs, keys, outside);
  if (!sameJson(lasting(fresh.card.claims), lasting(card.claims))) refuse('wrong_issuer', 'more copies say something else');
  await addCopies(id, fresh.copies);
  return true;
}

/** The claims without the end, which each round has its own. */
const lasting = ({ exp: _, ...claims }: Readonly<Record<string, unknown>>): JsonObject => claims as JsonObject;
