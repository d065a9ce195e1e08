import assert from 'node:assert/strict';
import { test } from 'node:test';
import { storm } from './storm.ts';
import { targets } from './targets.ts';

// A short run with a fixed seed; the long one is `node src/web/fuzz.mjs`.
test('attack: no damaged input makes a reader throw anything but a refusal, or is believed', async () => {
  for (const target of await targets()) assert.deepEqual(await storm(target, 1_500, 20_261_122), [], target.name);
});

test('a reader that throws, or believes too much, is found', async () => {
  const judge = (text: string): unknown => {
    if (text.includes('{')) throw new TypeError('broken');
    return text.length > 12 ? 'too long' : undefined;
  };
  const found = await storm({ name: 'sample', seeds: ['abcdefgh'], damage: (good, _, dice) => dice.next(3) ? `${good}{` : `${good}abcdefgh`, judge }, 200, 1);
  assert.ok(found.some(f => f.wrong.startsWith('thrown: TypeError')));
});
