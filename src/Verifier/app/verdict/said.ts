/** Which words a verdict gets: by its reason, and by what it rests on where the reason alone would say too much. */
import type { Entitlement } from '../../../web/lib/accreditation/entitlement.ts';
import type { Levels } from '../../../web/lib/accreditation/scope.ts';
import type { CheckName, Verdict } from '../../../web/lib/verdict/verdict.ts';

/** What a verdict's words go by. */
interface Said { readonly reason: string; readonly binding: string; readonly clock?: Verdict['clock'] | undefined; readonly closing?: Verdict['closing']; readonly ledger?: Verdict['ledger'] }

/** A device that doubts its own clock says so before it blames anything else. What nobody proved to be theirs, a copy or a paper, has words of its own in the headline, and looks open rather than solid; so has a paper that ended, since what it says may be in force all the same, and what was in force when its issuer closed. */
export function wordsOf({ reason, binding, clock, closing, ledger }: Said): string {
  if (clock) return `clock_${clock}`;
  if (reason === 'revoked' && binding === 'paper') return 'paper_ended';
  if (reason === 'not_anchored' && ledger?.witnesses && ledger.witnesses.count < ledger.witnesses.required) return 'unwitnessed';
  if (reason !== 'valid') return reason;
  return binding === 'none' ? 'copy' : binding === 'paper' ? 'paper' : closing?.asOf ? 'valid_as_of' : reason;
}

/** The explanation's name. "Recorded on the ledger" is said only where that was looked at. */
export function explanationOf(verdict: Verdict): string {
  const words = wordsOf(verdict);
  return `${words}${verdict.reason === 'valid' && words !== 'valid_as_of' && !passed(verdict, 'ledger') ? '.offline' : ''}.explanation`;
}

/** The claims that were asked for and not shown, as the check of what was asked names them. */
export const missingOf = ({ checks }: Verdict): readonly string[] =>
  /^claims not shown: (.+)$/.exec(checks.find(({ name, result }) => name === 'asks' && result === 'failed')?.evidence ?? '')?.[1]?.split(', ') ?? [];

/** The narrowest limits of a chain that its line tells: levels common to all links, and the codes of the link nearest the issuer that names some. */
export function limitsOf(chain: Entitlement['chain']): { readonly eqf: readonly [number, number] | undefined; readonly nqf: Readonly<Record<string, Levels>>; readonly fields: readonly string[]; readonly occupations: readonly string[] } {
  const ranges = chain.flatMap(({ scope }) => (scope?.eqf ? [scope.eqf] : []));
  const nqf = new Map<string, Levels>();
  for (const [framework, [from, until]] of chain.flatMap(({ scope }) => Object.entries(scope?.nqf ?? {}))) {
    const above = nqf.get(framework) ?? [from, until];
    nqf.set(framework, [Math.max(above[0], from), Math.min(above[1], until)]);
  }
  const last = (of: 'fields' | 'occupations'): readonly string[] => chain.reduce<readonly string[]>((codes, { scope }) => scope?.[of] ?? codes, []);
  return {
    eqf: ranges.length > 0 ? [Math.max(...ranges.map(([from]) => from)), Math.min(...ranges.map(([, until]) => until))] : undefined,
    nqf: Object.fromEntries(nqf), fields: last('fields'), occupations: last('occupations'),
  };
}

/** Whom to ask where the chain does not hold: whoever gave the accreditation that fails, of a root itself; undefined where nobody ever gave one. */
export const accreditorOf = ({ chain, failure }: Entitlement): Entitlement['chain'][number] | undefined => (failure?.link == null ? undefined : chain[Math.max(0, failure.link - 1)]);

/** A check's name. By a trust pack, key and accreditation are judged as they are now: when a credential was recorded is not known. */
export const checkOf = (name: CheckName, verdict: Verdict, here: boolean): string =>
  (here && (name === 'issuer_key' || name === 'accreditation') && !passed(verdict, 'ledger') ? `${name}.offline` : name);

/** Whether the ledger was looked at: only then does "no trace" mean anything. */
export const ledgerWasRead = (verdict: Verdict, here: boolean): boolean => !here && passed(verdict, 'format') && passed(verdict, 'data_age');

const passed = ({ checks }: Verdict, name: CheckName): boolean => checks.some(check => check.name === name && check.result === 'passed');
