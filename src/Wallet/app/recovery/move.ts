/** What one issuer gives back. */
import { generateKeyPair, signingKey } from '../../../web/lib/keys.ts';
import { loadIssuer } from '../../../web/lib/openid4vci/issuer.ts';
import { loadOffer } from '../../../web/lib/openid4vci/offer.ts';
import { requestToken } from '../../../web/lib/openid4vci/token.ts';
import { browserOutside } from '../../../web/lib/outside.ts';
import { recoverAt, type Moved } from '../../../web/lib/recovery/service.ts';
import { begin, receive } from '../receive/receive.ts';
import { loadPage } from '../shell/later.ts';
import { besideOthers } from '../store/pending.ts';
import { service, type Recovering } from './store.ts';

/** One issuer: everything is moved here, or with `rest` what has not moved yet, and received like any other offer. What could not be moved now is in the answer. */
export async function move(run: Recovering, issuer: string, rest: boolean): Promise<Moved> {
  const outside = browserOutside();
  const key = await signingKey(run.holder);
  const moved = await recoverAt(issuer, await (await service(run.holder, run.sheet)).attest(run.recovery, issuer), run.sheet, key, rest, outside);
  for (const { offer: link, txCode } of moved.offers) {
    const offer = await loadOffer(link, outside);
    const metadata = await loadIssuer(offer.credentialIssuer, outside);
    // Bound to a key of this phone, as with any other offer: what comes back can fetch more copies, too.
    const bound = metadata.dpop ? await generateKeyPair() : undefined;
    const { send, ...token } = await requestToken(metadata, offer, txCode, outside, bound && (await loadPage()).boundSend(await signingKey(bound)));
    const session = besideOthers({ offer, issuer: metadata, token, bound: send && bound });
    await receive(session, await begin(session), outside, () => undefined);
  }
  return moved;
}
