/** What one issuer gives back. */
import { generateKeyPair, signingKey } from '../../../web/lib/keys.ts';
import { loadIssuer } from '../../../web/lib/openid4vci/issuer.ts';
import { loadOffer } from '../../../web/lib/openid4vci/offer.ts';
import { requestToken } from '../../../web/lib/openid4vci/token.ts';
import { browserOutside, type Outside } from '../../../web/lib/outside.ts';
import { depositOf, type Closed } from '../../../web/lib/recovery/depositary.ts';
import { recoverAt, type Moved, type Offered } from '../../../web/lib/recovery/service.ts';
import { refuse } from '../../../web/lib/refusal.ts';
import { begin, receive } from '../receive/receive.ts';
import { loadPage } from '../shell/later.ts';
import type { Card } from '../store/cards.ts';
import { besideOthers } from '../store/pending.ts';
import { closedIssuer, lookUp } from './closings.ts';
import { service, type Recovering } from './store.ts';

/** Milliseconds within which one pack serves all issuers that do not answer. */
const PATIENCE = 600_000;

/**
 * One issuer: everything is moved here, or with `rest` what has not moved yet, and received like any other offer. What could not be moved now is in the answer. Of one that has closed, and of one that gives nothing and has closed by
 * a newer pack, its depositary is asked; the fault is the issuer's where there is none.
 */
export async function move(run: Recovering, issuer: string, rest: boolean): Promise<Moved> {
  const known = await closedIssuer(issuer);
  if (known) return moveAt(run, issuer, rest, known);
  try {
    return await moveAt(run, issuer, rest);
  } catch (error) {
    const closed = await lookUp(issuer, PATIENCE, browserOutside());
    if (!closed) throw error;
    return moveAt(run, issuer, rest, closed);
  }
}

async function moveAt(run: Recovering, issuer: string, rest: boolean, closed?: Closed): Promise<Moved> {
  const outside = browserOutside();
  const key = await signingKey(run.holder);
  const attestation = await (await service(run.holder, run.sheet)).attest(run.recovery, issuer);
  const moved = await recoverAt(issuer, attestation, run.sheet, key, rest, outside, closed && { server: closed.depositary.issuer, path: `${depositOf(closed)}recovery` });
  await collect(moved.offers, outside);
  return { ...moved, contact: moved.contact ?? (closed && (closed.depositary.contact ?? closed.depositary.name)) };
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
