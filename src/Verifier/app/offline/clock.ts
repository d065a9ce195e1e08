/**
 * How far this device's own clock can be believed. Its data run out by it, and codes that are redrawn with the time are judged by it; so it is compared with the
 * service's whenever that is reached, and what it was found to be wrong by is taken off. The latest time that was ever seen is kept: whoever sets the clock back does not make old data young.
 */
import { DEFAULT_POLICY, type Verdict } from '../../../web/lib/verdict/verdict.ts';
import { alone, keep, kept } from './store.ts';

/** Unix seconds. `ahead`: how far this clock went ahead of the service's when they were compared last; null where they never were. */
export interface Seen { readonly latest: number; readonly ahead: number | null }
/**
 * What that says of a time. `time`: the corrected one. `latest`: the latest known, behind which the clock was set where it `isBack`. `isOff`: it differs from the service's, or was never compared.
 * `isDoubtful`: nor does this device know by how much, since it was never compared, or may have been set since it was.
 */
export interface Standing { readonly time: number; readonly latest: number; readonly isBack: boolean; readonly isOff: boolean; readonly isDoubtful: boolean; readonly ahead: number | null }
/** Two clocks of one moment, in milliseconds: the device's, which may be set, and that of this page, which cannot. */
export interface Pace { readonly device: number; readonly running: number }

const NOTHING: Seen = { latest: 0, ahead: null };
/** Milliseconds by which the two may come apart before the device's counts as set. */
const SET = 5000;

/** How the device's clock has gone since `then`. On: it was set, or the device slept, and nobody can tell the two apart; back: it was set. */
export type Gone = 'unknown' | 'steady' | 'on' | 'back';
export function gone(then: Pace | undefined, now: Pace): Gone {
  if (!then) return 'unknown';
  const jump = now.device - then.device - (now.running - then.running);
  return jump < -SET ? 'back' : jump > SET ? 'on' : 'steady';
}

/** After the service said its time: that counts, also where this device once believed a later one. */
export const compared = (service: number, device: number): Seen => ({ latest: service, ahead: device - service });

/** After a look at this device's clock, taken as it was found to go. One that went ahead and does so no longer has been set: what was found counts no more. */
export function movedOn({ latest, ahead }: Seen, device: number): Seen {
  const corrected = device - (ahead ?? 0);
  const wasSet = corrected < latest - DEFAULT_POLICY.skew && device >= latest - DEFAULT_POLICY.skew;
  return wasSet ? { latest: Math.max(latest, device), ahead: null } : { latest: Math.max(latest, corrected), ahead };
}

/** `madeAt`: of the pack at hand; it is later than that, too. `since`: how the clock has gone since it was compared. A clock that was wrong and has been set right is not set back. */
export function standing(seen: Seen, device: number, madeAt: number, since: Gone): Standing {
  const latest = Math.max(seen.latest, madeAt);
  const time = device - (seen.ahead ?? 0);
  const isOff = seen.ahead === null || Math.abs(seen.ahead) > DEFAULT_POLICY.skew;
  return { time, latest, ahead: seen.ahead, isBack: Math.max(device, time) < latest - DEFAULT_POLICY.skew, isOff, isDoubtful: seen.ahead === null || since === 'back' || (isOff && since !== 'steady') };
}

/** The verdict with the doubt about this device's clock, where that is why it is open. */
export function doubted(verdict: Verdict, { isBack, isDoubtful }: Standing): Verdict {
  if (verdict.reason !== 'stale_data') return verdict;
  if (isBack) return { ...verdict, clock: 'back' };
  const isOld = verdict.checks.some(({ name, result }) => name === 'data_age' && result !== 'passed');
  return isDoubtful && verdict.rolling && !isOld ? { ...verdict, clock: 'off' } : verdict;
}

const pace = (): Pace => ({ device: Date.now(), running: performance.now() });
/** When this page compared the two clocks last. */
let comparedHere: Pace | undefined;

/** Keeps what the service's answer says of the time; `date` as in its header. */
export async function compare(date: string | null): Promise<void> {
  const service = Math.floor(Date.parse(date ?? '') / 1000);
  if (!Number.isFinite(service)) return;
  const here = pace();
  await alone('clock', () => keep('clock', compared(service, Math.floor(here.device / 1000))));
  comparedHere = here;
}

/** Looks at the clock, and keeps the time where it is the latest. */
export const look = (device: number, madeAt: number): Promise<Standing> => alone('clock', async () => {
  const before = await kept('clock') ?? NOTHING;
  const after = movedOn(before, device);
  if (after.latest > before.latest || after.ahead !== before.ahead) await keep('clock', after).catch(() => undefined); // no verdict is kept back by a full disk
  return standing(after, device, madeAt, gone(comparedHere, pace()));
});
