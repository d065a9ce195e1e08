/** What the wallet holds, in the form the question is matched against. */
import type { HeldCredential } from '../../../web/lib/dcql.ts';
import { parseSdJwt, processSdJwt } from '../../../web/lib/sdjwt.ts';
import { goodFirst } from '../cards/face.ts';
import { cards, copies, type Card } from '../store/cards.ts';
import { now } from '../store/clock.ts';

export interface Held {
  readonly card: Card;
  readonly credential: HeldCredential;
  /** Names of claims that every copy shows in clear. */
  readonly clear: readonly string[];
}

const TECHNICAL = ['iss', 'iat', 'nbf', 'exp', 'cnf', 'vct', 'status', 'sub', 'jti', '_sd', '_sd_alg'];

/** Cards that may be shown, those without trouble first. */
export async function heldCards(): Promise<Held[]> {
  const all = await Promise.all((await cards()).map(async (card): Promise<Held | undefined> => {
    const [copy] = await copies(card.id);
    if (!copy) return undefined;
    const sdJwt = parseSdJwt(copy.content.sdJwt);
    const { claims } = await processSdJwt(sdJwt);
    return {
      card,
      credential: { id: card.id, format: 'dc+sd-jwt', vct: card.vct, claims },
      clear: Object.keys(sdJwt.jwt.payload).filter(name => !TECHNICAL.includes(name)),
    };
  }));
  return goodFirst(all.filter(entry => entry !== undefined), now());
}
