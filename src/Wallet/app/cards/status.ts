/** What the issuer's status list says of a card. The list is fetched whole, so the issuer does not learn which card is meant. */
import { issuerKeys } from '../../../web/lib/issuerkeys.ts';
import { isObject } from '../../../web/lib/json.ts';
import type { Outside } from '../../../web/lib/outside.ts';
import { parseSdJwt } from '../../../web/lib/sdjwt.ts';
import { readStatus, type StatusName } from '../../../web/lib/statuslist.ts';
import { copies, updateCard, type StatusAnswer, type StatusFacts } from '../store/cards.ts';

/** The list's words in those of the wallet. */
export const ANSWERS: Readonly<Record<StatusName, StatusAnswer>> = { valid: 'valid', invalid: 'revoked', suspended: 'suspended', unknown: 'unknown' };

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

const GRAVITY: Readonly<Record<StatusAnswer, number>> = { unknown: 0, valid: 0, suspended: 1, revoked: 2 };

/**
 * What is known once the issuer itself has told its holder why. It is newer than the list, so it may make a card worse; better than its signed list
 * says nobody's word makes it. It counts as newer than the list that was read before, so that the same list cannot undo it.
 */
export function worsened(before: StatusFacts | undefined, told: StatusAnswer, now: number): StatusFacts | undefined {
  if (GRAVITY[told] <= GRAVITY[before?.value ?? 'unknown']) return undefined;
  return { value: told, signedAt: Math.max(now, (before?.signedAt ?? 0) + 1), fetchedAt: now };
}

/** Whether a list that was just read leaves the earlier answer standing: it cannot be read, or says better than a newer answer. */
export const isOutdone = (fresh: StatusFacts, before: StatusFacts | undefined): boolean =>
  before !== undefined && (fresh.value === 'unknown' || (fresh.signedAt < before.signedAt && GRAVITY[fresh.value] < GRAVITY[before.value]));

/** Asks again and keeps the answer; an unreadable or older list leaves the earlier answer and its age standing. */
export async function refreshStatus(card: string, before: StatusFacts | undefined, outside: Outside): Promise<StatusFacts | undefined> {
  const [copy] = await copies(card);
  if (!copy) return undefined;
  const status = await readCardStatus(copy.content.sdJwt, outside);
  if (isOutdone(status, before)) return before;
  await updateCard(card, { status });
  return status;
}
