/** How long the lock waits after wrong PINs; all in milliseconds. */
const FREE_TRIES = 5;
const LONGEST = 3_600_000;

/** After five wrong ones each further try must wait, twice as long each time, up to an hour. */
export const waitAfter = (failures: number): number => (failures < FREE_TRIES ? 0 : Math.min(LONGEST, 30_000 * 2 ** (failures - FREE_TRIES)));

/** When the next try may be made. A wait longer than any comes of a clock that was turned: it becomes the longest there is from now, so that it neither shuts the owner out for years nor is passed by turning the clock back. */
export const waitUntil = (notBefore: number, now: number): number => Math.min(notBefore, now + LONGEST);
