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

/** The browser's own. */
export function browserOutside(): Outside {
  return {
    fetch: (url, init) => fetch(url, init),
    now: () => Math.floor(Date.now() / 1000),
    random: length => crypto.getRandomValues(new Uint8Array(length)),
    development: isLoopbackHost(location.hostname),
  };
}

/** Names and addresses that never leave the machine. `host` as URL.hostname gives it. */
export function isLoopbackHost(host: string): boolean {
  return host === 'localhost' || host.endsWith('.localhost') || host === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(host);
}
