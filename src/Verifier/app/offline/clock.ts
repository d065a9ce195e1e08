/**
 * How far this device's own clock can be believed. Its data run out by it, and codes that are redrawn with the time are judged by it; so it is compared with the
 * service's whenever that is reached, and the latest time that was ever seen is kept: whoever sets the clock back does not make old data young.
 */
import { DEFAULT_POLICY, type Policy, type Verdict } from '../../../web/lib/verdict/verdict.ts';
import { alone, keep, kept } from './store.ts';

/** Unix seconds. `ahead`: how far this clock went ahead of the service's when they were compared last; null where they never were. */
export interface Seen { readonly latest: number; readonly ahead: number | null }
/** What that says of a time: the latest one known, whether the clock was set back behind it, and whether it may differ from other people's. */
export interface Standing { readonly latest: number; readonly isBack: boolean; readonly isOff: boolean; readonly ahead: number | null }

const NOTHING: Seen = { latest: 0, ahead: null };

/** After the service said its time: that counts, also where this device once believed a later one. */
export const compared = (service: number, device: number): Seen => ({ latest: service, ahead: device - service });

/** After a look at this device's clock, taken as it was found to go. One that went ahead and does so no longer has been set: what was found counts no more. */
export function movedOn({ latest, ahead }: Seen, device: number): Seen {
  const corrected = device - (ahead ?? 0);
  const wasSet = corrected < latest - DEFAULT_POLICY.skew && device >= latest - DEFAULT_POLICY.skew;
  return wasSet ? { latest: Math.max(latest, device), ahead: null } : { latest: Math.max(latest, corrected), ahead };
}

/** `madeAt`: of the pack at hand; it is later than that, too. A clock that was wrong and has been set right is not set back. */
export function standing(seen: Seen, device: number, madeAt: number): Standing {
  const latest = Math.max(seen.latest, madeAt);
  return {
    latest, ahead: seen.ahead,
    isBack: Math.max(device, device - (seen.ahead ?? 0)) < latest - DEFAULT_POLICY.skew,
    isOff: seen.ahead === null || Math.abs(seen.ahead) > DEFAULT_POLICY.skew,
  };
}

/** The verdict with the doubt about this device's clock, where that and nothing else may be why it is not valid. */
export function doubted(verdict: Verdict, { isBack, isOff }: Standing, { rollingWindow, requireChallenge }: Policy): Verdict {
  if (verdict.reason === 'stale_data' && isBack) return { ...verdict, clock: 'back' };
  const isMistimed = verdict.reason === 'replayed' && verdict.rolling !== null && !requireChallenge && Math.abs(verdict.rolling.age) > rollingWindow;
  return isMistimed && (isBack || isOff) ? { ...verdict, clock: 'off' } : verdict;
}

/** Keeps what the service's answer says of the time; `date` as in its header. */
export async function compare(date: string | null): Promise<void> {
  const service = Math.floor(Date.parse(date ?? '') / 1000);
  if (!Number.isFinite(service)) return;
  const device = Math.floor(Date.now() / 1000);
  await alone('clock', () => keep('clock', compared(service, device)));
}

/** Looks at the clock, and keeps the time where it is the latest. */
export const look = (device: number, madeAt: number): Promise<Standing> => alone('clock', async () => {
  const before = await kept('clock') ?? NOTHING;
  const after = movedOn(before, device);
  if (after.latest > before.latest || after.ahead !== before.ahead) await keep('clock', after).catch(() => undefined); // no verdict is kept back by a full disk
  return standing(after, device, madeAt);
});
