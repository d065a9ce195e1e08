/** What time it is, by the wallet's own server where it was asked lately: the clocks of cheap phones are minutes off, and what is signed with a wrong time is refused. */
import { useTime } from '../../../web/lib/outside.ts';
import { get, write, type Row } from './db.ts';

export interface Now {
  /** Unix seconds, corrected. */
  readonly time: number;
  /** Nothing says that this is right: never asked, long ago, or the phone's clock was turned since. */
  readonly unsure: boolean;
  /** By how many seconds the phone's own clock is slow. */
  readonly slow: number;
}

interface ClockRow extends Row {
  /** Milliseconds to add to the phone's clock. */
  readonly offset: number;
  /** Unix milliseconds by the phone's clock when the server was asked. */
  readonly at: number;
}

interface Asked { readonly server: number; readonly device: number; readonly running: number }

const ID = 'clock';
const TIMEOUT = 3000;
const TURNED = 5000;
const LASTS = 30 * 24 * 3600_000;

let asked: Asked | undefined;
/** As an earlier start left it. */
let before: ClockRow | undefined;
let asking: Promise<void> | undefined;

/** Takes what was learnt before, and learns the time now, and whenever the wallet comes to the front again: who needs it may have no network then. */
export async function keepClock(): Promise<void> {
  before = await get<ClockRow>('settings', ID);
  useTime({ now: () => timeNow().time, learnt: async () => asking });
  void syncClock();
  document.addEventListener('visibilitychange', () => { if (document.visibilityState === 'visible') void syncClock(); });
}

/** Asks the server for the time, where there is a network. Sends nothing. */
export const syncClock = (): Promise<void> => asking ??= ask().finally(() => { asking = undefined; });

async function ask(): Promise<void> {
  if (navigator.onLine === false) return;
  try {
    const sent = performance.now();
    const response = await fetch('manifest.webmanifest', { method: 'HEAD', cache: 'no-store', credentials: 'omit', redirect: 'error', signal: AbortSignal.timeout(TIMEOUT) });
    const server = Date.parse(response.headers.get('date') ?? '');
    if (!Number.isFinite(server)) return;
    const way = (performance.now() - sent) / 2;
    asked = { server: server + 500 + way, device: Date.now(), running: performance.now() }; // the header's seconds are cut
    await write([{ put: { id: ID, offset: asked.server - asked.device, at: asked.device }, in: 'settings' }]);
  } catch {
    // no network: what was learnt before serves
  }
}

export const timeNow = (): Now => (asked ? since(asked, Date.now(), performance.now()) : remembered(before, Date.now()));

/** The same in Unix milliseconds, for what is compared with dates that others wrote. */
export const now = (): number => timeNow().time * 1000;

/** In the page that asked: how long it has run since tells whether the phone's clock was turned. */
export function since(asked: Asked, device: number, running: number): Now {
  const turned = Math.abs(device - asked.device - (running - asked.running)) > TURNED; // or the phone has slept: then the day's time went on, and this did not
  const time = asked.server + (turned ? device - asked.device : running - asked.running);
  return { time: Math.floor(time / 1000), unsure: turned, slow: Math.round((time - device) / 1000) };
}

/** In a later start: a clock that went back, or was asked a month ago, proves nothing. */
export function remembered(row: Pick<ClockRow, 'offset' | 'at'> | undefined, device: number): Now {
  const offset = row?.offset ?? 0;
  const unsure = row === undefined || device < row.at || device - row.at > LASTS;
  return { time: Math.floor((device + offset) / 1000), unsure, slow: Math.round(offset / 1000) };
}
