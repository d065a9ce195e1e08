/** How long a code stands, by the clock alone: timers stand still while the phone is locked or another app is in front. */

/** Seconds until the code is drawn anew, and how often that happens before the person has to say that it goes on. */
export const EVERY = 20;
export const ROUNDS = 9;

/** Unix milliseconds. */
export interface Round { readonly startedAt: number; readonly drawnAt: number; readonly drawn: number }

/** Seconds for which the code still stands, or what is to be done now. A clock that was set back says nothing of the code's age: it is drawn anew. */
export function due({ startedAt, drawnAt, drawn }: Round, now: number): number | 'renew' | 'over' {
  const passed = Math.floor((now - drawnAt) / 1000);
  if (now - startedAt >= ROUNDS * EVERY * 1000) return 'over';
  if (passed >= 0 && passed < EVERY) return EVERY - passed;
  return drawn < ROUNDS ? 'renew' : 'over';
}
