/** What one issuer gives back. */
import { generateKeyPair, signingKey } from '../../../web/lib/keys.ts';
import { loadIssuer } from '../../../web/lib/openid4vci/issuer.ts';
import { loadOffer } from '../../../web/lib/openid4vci/offer.ts';
import { requestToken } from '../../../web/lib/openid4vci/token.ts';
import { browserOutside, type Outside } from '../../../web/lib/outside.ts';
import { recoverAt, type Moved, type Offered } from '../../../web/lib/recovery/service.ts';
import { refuse } from '../../../web/lib/refusal.ts';
import { begin, receive } from '../receive/receive.ts';
import { loadPage } from '../shell/later.ts';
import type { Card } from '../store/cards.ts';
import { besideOthers } from '../store/pending.ts';
import { service, type Recovering } from './store.ts';

/** One issuer: everything is moved here, or with `rest` what has not moved yet, and received like any other offer. What could not be moved now is in the answer. */
export async function move(run: Recovering, issuer: string, rest: boolean): Promise<Moved> {
  const outside = browserOutside();
  const key = await signingKey(run.holder);
  const moved = await recoverAt(issuer, await (await service(run.holder, run.sheet)).attest(run.recovery, issuer), run.sheet, key, rest, outside);
  await collect(moved.offers, outside);
  return moved;
}

/** Receives what was offered, like any other offer. `replacing`: who alone may have made the offers, and the card that ends when they have come. Refusal `issuer_mismatch`. */
export async function collect(offers: readonly Offered[], outside: Outside, replacing?: { readonly issuer: string; readonly card: string }): Promise<readonly Card[]> {
  const came: Card[] = [];
  for (const { offer: link, txCode } of offers) {
    const offer = await loadOffer(link, outside);
    if (replacing && offer.credentialIssuer !== replacing.issuer) refuse('issuer_mismatch');
    const metadata = await loadIssuer(offer.credentialIssuer, outside);
    // Bound to a key of this phone, as with any other offer: what comes back can fetch more copies, too.
    const bound = metadata.dpop ? await generateKeyPair() : undefined;
    const { send, ...token } = await requestToken(metadata, offer, txCode, outside, bound && (await loadPage()).boundSend(await signingKey(bound)));
    const session = besideOthers({ offer, issuer: metadata, token, bound: send && bound, ...(replacing && { replaces: replacing.card }) });
    came.push(...await receive(session, await begin(session), outside, () => undefined));
  }
  return came;
}
