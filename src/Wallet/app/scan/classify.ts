/** What a scanned, pasted or opened text is. Nothing is fetched here. */
import { isChallenge } from '../../../web/lib/compact/challenge.ts';
import { isProof } from '../../../web/lib/compact/verify.ts';
import { isCodeLink, isEngagementLink } from '../../../web/lib/contract/share.ts';
import { isOfferLink } from '../../../web/lib/openid4vci/offer.ts';
import { isRequestLink } from '../../../web/lib/openid4vp/request.ts';

export type Found =
  | { readonly kind: 'offer' | 'request' | 'challenge' | 'workplace' | 'engagement'; readonly text: string }
  /** Another wallet's answer: for a checker, not for a wallet. */
  | { readonly kind: 'proof' }
  /** A web address: never opened, since look-alike pages are how people are robbed. */
  | { readonly kind: 'web'; readonly host: string }
  | { readonly kind: 'other' };

/** Web addresses count only when they are links of this very wallet. */
export function classify(scanned: string, ownOrigin: string): Found {
  const text = scanned.trim();
  if (isChallenge(text)) return { kind: 'challenge', text };
  if (isProof(text)) return { kind: 'proof' };
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol === 'https:' || url?.protocol === 'http:') {
    if (url.origin !== ownOrigin || url.pathname !== '/') return { kind: 'web', host: url.host };
    if (url.hash.startsWith('#offer?')) return { kind: 'offer', text };
    if (url.hash.startsWith('#present?')) return { kind: 'request', text };
    if (isCodeLink(url.hash)) return { kind: 'workplace', text };
    if (isEngagementLink(url.hash)) return { kind: 'engagement', text };
    return { kind: 'web', host: url.host };
  }
  if (isOfferLink(text)) return { kind: 'offer', text };
  if (isRequestLink(text)) return { kind: 'request', text };
  return { kind: 'other' };
}
