/** Screens by the part of the address after `#`, which no server ever sees. */
import { leave, show, type View } from './frame.ts';

/** Draws a screen. `signal` ends when the person leaves it: cameras, timers and wake locks stop then. */
export type Screen = (parameters: readonly string[], signal: AbortSignal) => Promise<View | undefined>;

type Route = { readonly path: RegExp; readonly screen: Screen };
type Options = {
  readonly routes: readonly Route[];
  readonly start: () => string;
  /** Takes an address of a link made by an issuer or verifier out of the address bar; gives the route to show. */
  readonly incoming: (fragment: string) => string | undefined;
  /** A screen that must come first (the lock), or undefined. */
  readonly gate: () => Screen | undefined;
  readonly failed: (error: unknown) => View;
};

let options: Options;
let leaving = new AbortController();
let turn = 0;

export function startRouter(settings: Options): void {
  options = settings;
  addEventListener('hashchange', () => { leave(); void draw(); });
  void draw();
}

export function go(path: string): void {
  leave();
  if (location.hash === path) void draw();
  else location.hash = path;
}

/** Draws the current screen anew: language changed, locked, unlocked. */
export const redraw = (): Promise<void> => draw();

async function draw(): Promise<void> {
  leaving.abort();
  leaving = new AbortController();
  const { signal } = leaving;
  const mine = ++turn;
  const route = options.incoming(location.hash);
  // The one-time code of an offer must not stay in the address bar or the history.
  if (route !== undefined) history.replaceState(null, '', location.pathname + route);
  try {
    const gate = options.gate();
    const view = gate ? await gate([], signal) : await draws(location.hash || options.start(), signal);
    if (view && mine === turn) show(view);
  } catch (error) {
    if (mine === turn) show(options.failed(error));
  }
}

function draws(hash: string, signal: AbortSignal): Promise<View | undefined> {
  for (const { path, screen } of options.routes) {
    const match = path.exec(hash);
    if (match) return screen(match.slice(1).map(decodeURIComponent), signal);
  }
  history.replaceState(null, '', options.start());
  return draws(options.start(), signal);
}
