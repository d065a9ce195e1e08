/** Which words a verdict gets: by its reason, and by what it rests on where the reason alone would say too much. */
import type { CheckName, Verdict } from '../../../web/lib/verdict/verdict.ts';

/** A device that doubts its own clock says so before it blames anything else. What nobody proved to be theirs, a copy or a paper, has words of its own in the headline, and looks open rather than solid; so has a paper that ended, since what it says may be in force all the same. */
export const wordsOf = ({ reason, binding, clock }: { readonly reason: string; readonly binding: string; readonly clock?: Verdict['clock'] | undefined }): string =>
  (clock ? `clock_${clock}` : reason === 'revoked' && binding === 'paper' ? 'paper_ended' : reason !== 'valid' ? reason : binding === 'none' ? 'copy' : binding === 'paper' ? 'paper' : reason);

/** The explanation's name. "Recorded on the ledger" is said only where that was looked at. */
export const explanationOf = (verdict: Verdict): string => `${wordsOf(verdict)}${verdict.reason === 'valid' && !passed(verdict, 'ledger') ? '.offline' : ''}.explanation`;

/** A check's name. By a trust pack, key and accreditation are judged as they are now: when a credential was recorded is not known. */
export const checkOf = (name: CheckName, verdict: Verdict, here: boolean): string =>
  (here && (name === 'issuer_key' || name === 'accreditation') && !passed(verdict, 'ledger') ? `${name}.offline` : name);

/** Whether the ledger was looked at: only then does "no trace" mean anything. */
export const ledgerWasRead = (verdict: Verdict, here: boolean): boolean => !here && passed(verdict, 'format') && passed(verdict, 'data_age');

const passed = ({ checks }: Verdict, name: CheckName): boolean => checks.some(check => check.name === name && check.result === 'passed');
