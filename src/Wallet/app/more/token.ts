/** Back at the issuer without an offer: under the key that a card's first copies came under. One at a time, also across tabs, since each use replaces the refresh token. */
import { signingKey } from '../../../web/lib/keys.ts';
import { boundSend } from '../../../web/lib/openid4vci/dpop.ts';
import { loadIssuer, type IssuerMetadata } from '../../../web/lib/openid4vci/issuer.ts';
import { renewToken } from '../../../web/lib/openid4vci/page.ts';
import type { AccessToken } from '../../../web/lib/openid4vci/token.ts';
import type { Outside } from '../../../web/lib/outside.ts';
import { keepMore, moreOf, type Card, type MoreFacts } from '../store/cards.ts';
import { spaceName } from '../store/db.ts';

export interface Renewed { readonly card: Card; readonly more: MoreFacts; readonly issuer: IssuerMetadata; readonly token: AccessToken }

/** A fresh access token; undefined where the issuer lets nobody fetch more of this card. Refusals `session_ended`, network codes. */
export function renewed(id: string, outside: Outside): Promise<Renewed | undefined> {
  const renew = async (): Promise<Renewed | undefined> => {
    const known = await moreOf(id);
    if (!known) return undefined;
    const { card, more, key } = known;
    const issuer = await loadIssuer(card.issuer.iss, outside);
    const bound = await signingKey(key);
    const token = await renewToken(issuer, more.refresh, more.client, bound, outside);
    // Written down before it is used: the one before has served.
    await keepMore(id, { ...more, refresh: token.refresh ?? more.refresh });
    return { card, more, issuer, token: { ...token, send: boundSend(bound) } };
  };
  return navigator.locks ? navigator.locks.request(`${spaceName()} more ${id}`, renew) as Promise<Renewed | undefined> : renew();
}
