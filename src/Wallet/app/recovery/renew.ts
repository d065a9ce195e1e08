/** A card of an organisation that has closed, made new by whoever keeps its records. */
import { signingKey } from '../../../web/lib/keys.ts';
import type { Outside } from '../../../web/lib/outside.ts';
import { renewAt, type Closed } from '../../../web/lib/recovery/depositary.ts';
import type { RefusalCode } from '../../../web/lib/refusal.ts';
import { receive } from '../receive/receive.ts';
import { codeOf } from '../shell/problems.ts';
import { copies, type Card } from '../store/cards.ts';
import { dropPending, pending } from '../store/pending.ts';
import { collect } from './move.ts';

/** What trying later can help. */
const LATER: readonly RefusalCode[] = ['offline', 'unreachable', 'server_fault', 'too_many_tries', 'not_ready'];

/**
 * Shows the card to the depositary, by the key of one of its copies, and receives what is offered: nothing where a person there must look first. The old card stays as it is until the new one is stored, and ends in the same write.
 * Declined with the depositary's error; refusals of receiving.
 */
export async function renew(card: string, closed: Closed, outside: Outside): Promise<{ readonly came: readonly Card[]; readonly contact: string | undefined }> {
  for (const [id, one] of await pending(outside.now())) {
    if (!('session' in one) || one.session.replaces !== card) continue;
    // What an earlier try left unfinished comes first: once it was handed out, it is not offered again.
    try {
      return { came: await receive(one.session, one.keys, outside, () => undefined), contact: undefined };
    } catch (error) {
      if (LATER.includes(codeOf(error)!)) throw error;
      await dropPending(id);
    }
  }
  const [copy] = await copies(card); // always the same one: the depositary knows by its key that it is asked again
  const { offers, contact } = await renewAt(closed, copy!.content.sdJwt, await signingKey(copy!.keys), outside);
  return { came: await collect(offers, outside, { issuer: closed.depositary.issuer, card }), contact };
}
