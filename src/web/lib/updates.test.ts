import assert from 'node:assert/strict';
import { test } from 'node:test';
import { watchForUpdates } from './updates.ts';

/** A tab of an installed page: what its service worker does, and what the person sees and does. */
function tab(controlled: boolean) {
  const workers = new EventTarget() as EventTarget & { controller: object | null; register: () => Promise<unknown> };
  workers.controller = controlled ? {} : null;
  workers.register = () => Promise.resolve({ waiting: null, addEventListener: () => undefined });
  const seen = { loads: 0, use: (): void => undefined };
  const host = { hidden: true, replaceChildren: () => undefined, append: () => undefined };
  const given = { navigator: { serviceWorker: workers }, document: { getElementById: () => host, documentElement: {}, addEventListener: () => undefined }, location: { reload: () => { seen.loads++; } }, MutationObserver: class { observe(): void { /* one language */ } } };
  for (const [name, value] of Object.entries(given)) Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
  watchForUpdates('/sw.js', '/', use => { seen.use = use; return []; });
  return { workers, host, seen };
}

test('a tab that did not agree to a new version goes on as it is, and offers to load it once another tab did', () => {
  const { workers, host, seen } = tab(true);
  workers.dispatchEvent(new Event('controllerchange'));

  assert.equal(seen.loads, 0);
  assert.equal(host.hidden, false);
  seen.use();
  assert.equal(seen.loads, 1);
});

test('the first installation of a page offers nothing; a version that takes its place in another tab is offered', () => {
  const { workers, host, seen } = tab(false);
  workers.dispatchEvent(new Event('controllerchange'));
  assert.deepEqual([host.hidden, seen.loads], [true, 0]);

  workers.dispatchEvent(new Event('controllerchange'));
  assert.deepEqual([host.hidden, seen.loads], [false, 0]);
});
