import assert from 'node:assert/strict';
import { test } from 'node:test';
import { keepOwnFiles } from './own-files.ts';

const SCOPE = 'https://wallet.example/';

/** Just so much of a browser that a worker can be installed and spoken to: caches in memory, and a network that has some files. */
function browser(online: ReadonlySet<string>, before: Readonly<Record<string, readonly string[]>>): { readonly install: () => Promise<unknown>; readonly say: (data: unknown) => Promise<unknown>; readonly kept: (name: string) => string[]; readonly takenOver: () => boolean } {
  const held = new Map(Object.entries(before).map(([name, files]) => [name, new Set(files.map(file => SCOPE + file))]));
  const listeners = new Map<string, (event: unknown) => void>();
  let takenOver = false;
  const open = (name: string): unknown => {
    const files = held.get(name) ?? held.set(name, new Set()).get(name)!;
    const add = async (request: { readonly url: string }): Promise<void> => {
      if (!online.has(request.url.slice(SCOPE.length))) throw new TypeError('network');
      files.add(request.url);
    };
    return { add, addAll: (all: { readonly url: string }[]) => Promise.all(all.map(add)), keys: async () => [...files].map(url => ({ url })), match: async (url: string) => files.has(url) ? {} : undefined };
  };
  Object.assign(globalThis, {
    skipWaiting: async () => { takenOver = true; },
    registration: { scope: SCOPE }, addEventListener: (name: string, listener: (event: unknown) => void) => listeners.set(name, listener),
    caches: { open: async (name: string) => open(name), keys: async () => [...held.keys()], delete: async (name: string) => held.delete(name) },
    Request: class { readonly url: string; constructor(file: string) { this.url = new URL(file, SCOPE).href; } },
  });
  const fire = async (name: string, more: object = {}): Promise<unknown> => {
    let work: Promise<unknown> | undefined;
    listeners.get(name)!({ ...more, waitUntil: (promise: Promise<unknown>) => { work = promise; } });
    return work;
  };
  return { install: () => fire('install'), say: data => fire('message', { data }), takenOver: () => takenOver, kept: name => [...held.get(name) ?? []].map(url => url.slice(SCOPE.length)).sort() };
}

test('a voice that cannot be had holds back no new version, and one of its own files that cannot be had does', async () => {
  const world = browser(new Set(['app-2.js', 'letters-2.woff2']), { 'w-1': ['app-1.js', 'voice-1.mp3', 'letters-1.woff2'] });
  keepOwnFiles('w', '2', ['app-2.js'], ['voice-2.mp3', 'letters-2.woff2', 'other-2.mp3']);
  await world.install();
  assert.deepEqual(world.kept('w-2'), ['app-2.js', 'letters-2.woff2']);

  keepOwnFiles('w', '3', ['app-3.js'], []);
  await assert.rejects(async () => world.install());
});

test('a version that waits keeps what the page of the version before asks for, by its own name', async () => {
  const world = browser(new Set(['app-2.js', 'voice-2.mp3']), { 'w-1': ['app-1.js'] });
  keepOwnFiles('w', '2', ['app-2.js'], ['voice-2.mp3']);
  await world.install();

  await world.say({ keep: `${SCOPE}voice-1.mp3` });
  await world.say({ keep: 'https://elsewhere.example/voice-1.mp3' });

  assert.deepEqual(world.kept('w-2'), ['app-2.js', 'voice-2.mp3']);
});

test('a new version takes over when the person agrees, and not before', async () => {
  const world = browser(new Set(['app-2.js']), { 'w-1': ['app-1.js'] });
  keepOwnFiles('w', '2', ['app-2.js'], []);

  await world.install();
  await world.say({ keep: `${SCOPE}app-2.js` });
  assert.equal(world.takenOver(), false);

  await world.say('activate');
  assert.equal(world.takenOver(), true);
});
