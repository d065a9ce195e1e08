import assert from 'node:assert/strict';
import { test } from 'node:test';
import { browserOutside, useTime } from './outside.ts';

test('nobody is asked before the time is learnt, and what is dated afterwards has that time', async () => {
  const asked: string[] = [];
  Object.assign(globalThis, { location: { hostname: 'localhost' }, fetch: async (url: string) => { asked.push(url); return new Response(); } });
  let learn = (): void => undefined;
  let time = 100;
  const learnt = new Promise<void>(resolve => { learn = resolve; });
  const outside = browserOutside(); // made before: a screen keeps its own
  useTime({ now: () => time, learnt: () => learnt });

  const answer = outside.fetch('https://issuer.example/nonce', {});
  await new Promise(resolve => { setTimeout(resolve); });
  assert.deepEqual(asked, []);
  time = 220;
  learn();
  await answer;

  assert.deepEqual([asked, outside.now()], [['https://issuer.example/nonce'], 220]);
});
