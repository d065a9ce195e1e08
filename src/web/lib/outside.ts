import type { Bytes } from './bytes.ts';

/** What comes from outside the code: the network, the clock, randomness. Tests bring their own. */
export interface Outside {
  fetch(url: string, init: RequestInit): Promise<Response>;
  /** Unix seconds. */
  now(): number;
  random(length: number): Bytes;
  /** True only where the page itself was served from loopback: http to loopback and unsigned requests are then allowed. */
  development: boolean;
}

/** Who knows the time better than the device. */
export interface Timekeeper {
  /** Unix seconds. */
  now(): number;
  /** Ends when nothing more is under way that could tell the time. */
  learnt(): Promise<unknown>;
}

let timekeeper: Timekeeper = { now: () => Math.floor(Date.now() / 1000), learnt: async () => undefined };

/** From now on the time of `browserOutside` is this one's: what a page signs with a wrong time is refused. */
export function useTime(better: Timekeeper): void {
  timekeeper = better;
}

/** The browser's own. What is dated is signed after an answer of the other side, so whoever is asked waits until the time is learnt. */
export function browserOutside(): Outside {
  return {
    fetch: async (url, init) => {
      await timekeeper.learnt();
      return fetch(url, init);
    },
    now: () => timekeeper.now(),
    random: length => crypto.getRandomValues(new Uint8Array(length)),
    development: isLoopbackHost(location.hostname),
  };
}

/** Names and addresses that never leave the machine. `host` as URL.hostname gives it. */
export function isLoopbackHost(host: string): boolean {
  return host === 'localhost' || host.endsWith('.localhost') || host === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(host);
}
