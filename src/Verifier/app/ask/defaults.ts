/** What stands on a registered question before anybody changes it. */
import type { ClaimDefinition } from '../../../web/lib/types.ts';

export type Wish = '' | 'required' | 'optional';

/** More would make more combinations than an answer may have. */
export const OPTIONAL_AT_MOST = 4;

/**
 * Needed is what every credential of the type has; the rest may be refused, so that a plain one can answer too. A type without a claim that
 * all have would ask for nothing: there the allowed claims are needed. What is sensitive is asked only by a deliberate choice.
 */
export function wishes(allowed: readonly string[], claims: readonly ClaimDefinition[]): ReadonlyMap<string, Wish> {
  const known = new Map(claims.map(claim => [claim.name, claim]));
  const asked = allowed.filter(name => !known.get(name)?.sensitive);
  const everybodys = asked.filter(name => known.get(name)?.mandatory);
  const needed = everybodys.length > 0 ? everybodys : asked;
  const refusable = asked.filter(name => !needed.includes(name)).slice(0, OPTIONAL_AT_MOST);
  return new Map(allowed.map(name => [name, needed.includes(name) ? 'required' : refusable.includes(name) ? 'optional' : '']));
}
