/** How long the lock waits after wrong PINs; all in milliseconds. */
const FREE_TRIES = 5;
const LONGEST = 3_600_000;

/** After five wrong ones each further try must wait, twice as long each time, up to an hour. */
export const waitAfter = (failures: number): number => (failures < FREE_TRIES ? 0 : Math.min(LONGEST, 30_000 * 2 ** (failures - FREE_TRIES)));

/** What is left of a wait. One longer than any comes of a clock that was turned: whoever did that must not shut the owner out for years. */
export const waitLeft = (notBefore: number, now: number): number => (notBefore > now && notBefore - now <= LONGEST ? notBefore - now : 0);
