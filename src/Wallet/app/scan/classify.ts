/** What a scanned, pasted or opened text is, and which screen deals with it. Nothing is fetched here. */
import { isChallenge } from '../../../web/lib/compact/challenge.ts';
import { isPaper } from '../../../web/lib/compact/paper.ts';
import { isProof } from '../../../web/lib/compact/verify.ts';
import { isCodeLink, isEngagementLink } from '../../../web/lib/contract/share.ts';
import { isForeign } from '../../../web/lib/foreign.ts';
import { isOfferLink } from '../../../web/lib/openid4vci/offer.ts';
import { isRequestLink } from '../../../web/lib/openid4vp/request.ts';

export type Found =
  | { readonly kind: keyof typeof SCREENS; readonly text: string }
  /** Another wallet's answer: for a checker, not for a wallet. */
  | { readonly kind: 'proof' }
  /** A web address: never opened, since look-alike pages are how people are robbed. */
  | { readonly kind: 'web'; readonly host: string }
  /** A printed paper's code: for a checker, too. */
  | { readonly kind: 'paper' }
  /** A code of another system. */
  | { readonly kind: 'foreign' }
  | { readonly kind: 'other' };

/** The screen that deals with each kind. */
export const SCREENS = { offer: '#/receive', request: '#/present', challenge: '#/answer', workplace: '#/contracts/workplace', engagement: '#/contracts/show' } as const;

/** What a link to this wallet is, by what stands behind its `#`. */
export function kindOfLink(hash: string): Exclude<keyof typeof SCREENS, 'challenge'> | undefined {
  if (hash.startsWith('#offer?')) return 'offer';
  if (hash.startsWith('#present?')) return 'request';
  if (isCodeLink(hash)) return 'workplace';
  return isEngagementLink(hash) ? 'engagement' : undefined;
}

/** Web addresses count only when they are links of this very wallet. */
export function classify(scanned: string, ownOrigin: string): Found {
  const text = scanned.trim();
  if (isChallenge(text)) return { kind: 'challenge', text };
  if (isProof(text)) return { kind: 'proof' };
  if (isPaper(text)) return { kind: 'paper' };
  const url = addressOf(text);
  if (url?.protocol === 'https:' || url?.protocol === 'http:') {
    if (url.origin !== ownOrigin || url.pathname !== '/') return { kind: 'web', host: url.host };
    const kind = kindOfLink(url.hash);
    return kind ? { kind, text } : { kind: 'web', host: url.host };
  }
  if (isOfferLink(text)) return { kind: 'offer', text };
  if (isRequestLink(text)) return { kind: 'request', text };
  return { kind: isForeign(text) ? 'foreign' : 'other' };
}

function addressOf(text: string): URL | undefined {
  try {
    return new URL(text);
  } catch {
    return undefined;
  }
}
