/** What is checked of a paper before it is kept. */
import { readPaper, verifyPaper } from '../../../web/lib/compact/paper.ts';
import { issuerKeys } from '../../../web/lib/issuerkeys.ts';
import { sameJson, type JsonObject } from '../../../web/lib/json.ts';
import type { Outside } from '../../../web/lib/outside.ts';
import { refuse } from '../../../web/lib/refusal.ts';
import { parseSdJwt } from '../../../web/lib/sdjwt.ts';
import { claimByKey, namesTheSamePlace } from '../cards/definitions.ts';

/** The paper must be signed by the issuer of the card beside it and say nothing else. Refusals `wrong_type`, `wrong_issuer`, `bad_signature`, those of its form. */
export async function checkPaper(text: string, vct: string, claims: JsonObject, sdJwt: string, outside: Outside): Promise<void> {
  const paper = readPaper(text);
  if (paper.type !== vct) refuse('wrong_type', 'paper');
  for (const [key, value] of paper.claims) {
    const name = claimByKey(vct, key)?.name;
    if (name === undefined || !sameJson(value, claims[name])) refuse('wrong_issuer', 'the paper says something else');
  }
  if (!namesTheSamePlace(paper.originalIssuer, claims)) refuse('wrong_issuer', 'the paper names another place');
  const { jwt } = parseSdJwt(sdJwt);
  for (const key of await issuerKeys(jwt, String(claims['iss']), outside)) if (await verifyPaper(paper, key)) return;
  refuse('bad_signature', 'paper');
}
