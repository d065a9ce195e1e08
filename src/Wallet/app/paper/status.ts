/** Whether the paper itself still counts: it has a place of its own in the issuer's list, and ends while the card stays in force. The list is fetched whole. */
import { readPaper } from '../../../web/lib/compact/paper.ts';
import { issuerKeys } from '../../../web/lib/issuerkeys.ts';
import type { Outside } from '../../../web/lib/outside.ts';
import { parseSdJwt } from '../../../web/lib/sdjwt.ts';
import { readStatus } from '../../../web/lib/statuslist.ts';
import type { Trouble } from '../cards/face.ts';
import { ANSWERS, isOutdone } from '../cards/status.ts';
import { card as find, copies, updateCard, type PaperFacts, type StatusFacts } from '../store/cards.ts';

/** What the list says of a paper; `sdJwt` is a copy of the card beside it, whose issuer signed both. Never throws: what cannot be read is `unknown`. */
export async function readPaperStatus(text: string, sdJwt: string, outside: Outside): Promise<StatusFacts> {
  const fetchedAt = outside.now() * 1000;
  try {
    const { list, index } = readPaper(text);
    const { jwt } = parseSdJwt(sdJwt);
    const issuer = String(jwt.payload['iss']);
    const reading = await readStatus(`${issuer}/status/${list}`, index, await issuerKeys(jwt, issuer, outside), outside);
    return { value: ANSWERS[reading.status], signedAt: reading.issuedAt * 1000, fetchedAt };
  } catch {
    return { value: 'unknown', signedAt: 0, fetchedAt };
  }
}

/** Asks again and keeps the answer; an unreadable or older list leaves the earlier answer standing. */
export async function refreshPaper(id: string, paper: PaperFacts, outside: Outside): Promise<PaperFacts> {
  const [copy] = await copies(id);
  if (!copy) return paper;
  const status = await readPaperStatus(paper.text, copy.content.sdJwt, outside);
  if (isOutdone(status, paper.status)) return paper;
  const fresh = { ...paper, status };
  if ((await find(id))?.paper?.text === paper.text) await updateCard(id, { paper: fresh }); // not where a newer one came meanwhile
  return fresh;
}

/** Undefined where nothing speaks against printing it. `now` in Unix milliseconds. */
export function paperTrouble(paper: PaperFacts, now: number): Trouble | undefined {
  if (paper.status?.value === 'revoked' || paper.status?.value === 'suspended') return paper.status.value;
  const { expires } = readPaper(paper.text);
  return expires !== undefined && expires * 1000 <= now ? 'expired' : undefined;
}
