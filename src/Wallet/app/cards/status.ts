/** What the issuer's status list says of a card. The list is fetched whole, so the issuer does not learn which card is meant. */
import { issuerKeys } from '../../../web/lib/issuerkeys.ts';
import { isObject } from '../../../web/lib/json.ts';
import type { Outside } from '../../../web/lib/outside.ts';
import { parseSdJwt } from '../../../web/lib/sdjwt.ts';
import { readStatus, type StatusName } from '../../../web/lib/statuslist.ts';
import { copies, updateCard, type StatusAnswer, type StatusFacts } from '../store/cards.ts';

const ANSWERS: Readonly<Record<StatusName, StatusAnswer>> = { valid: 'valid', invalid: 'revoked', suspended: 'suspended', unknown: 'unknown' };

/** Never throws: what cannot be read is `unknown`. */
export async function readCardStatus(text: string, outside: Outside): Promise<StatusFacts> {
  const fetchedAt = outside.now() * 1000;
  try {
    const { jwt } = parseSdJwt(text);
    const status = jwt.payload['status'];
    const list = isObject(status) && isObject(status['status_list']) ? status['status_list'] : {};
    const { uri, idx } = list;
    if (typeof uri !== 'string' || typeof idx !== 'number') return { value: 'unknown', signedAt: 0, fetchedAt };
    const keys = await issuerKeys(jwt, String(jwt.payload['iss']), outside);
    const reading = await readStatus(uri, idx, keys, outside);
    return { value: ANSWERS[reading.status], signedAt: reading.issuedAt * 1000, fetchedAt };
  } catch {
    return { value: 'unknown', signedAt: 0, fetchedAt };
  }
}

/** Asks again and keeps the answer; an unreadable list leaves the earlier answer and its age standing. */
export async function refreshStatus(card: string, before: StatusFacts | undefined, outside: Outside): Promise<StatusFacts | undefined> {
  const [copy] = await copies(card);
  if (!copy) return undefined;
  const status = await readCardStatus(copy.content.sdJwt, outside);
  if (status.value === 'unknown' && before) return before;
  await updateCard(card, { status });
  return status;
}
