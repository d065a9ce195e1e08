import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { MemoryDatabases } from '../../../web/lib/testkit/indexeddb.ts';
import { vector } from '../../../web/lib/testkit/vectors.ts';
import { keep, kept, type StoredQuestion } from './store.ts';

new MemoryDatabases().install();
Object.assign(globalThis, { BroadcastChannel: class { } }); // no other tab
const { ask, LIFE } = await import('./offline.ts');

const TEXTS = (vector('compact/challenge.json') as { vectors: { text: string; expected: string }[] }).vectors
  .filter(({ expected }) => expected === 'accept').map(({ text }) => text);
const [DIPLOMA, WELDER] = [TEXTS.slice(0, 2), TEXTS.slice(2, 3)];
const stocked = (template: string, texts: readonly string[]): StoredQuestion => ({ template, type: '', required: [], values: {}, texts });
const left = async (): Promise<Record<string, number>> => Object.fromEntries((await kept('questions'))!.list.map(({ template, texts }) => [template, texts.length]));

let now = 0;
Object.defineProperty(performance, 'now', { value: () => now });
Date.now = () => now;
beforeEach(async () => {
  now += LIFE; // what was shown counts no more
  await keep('questions', { language: 'en', at: 0, list: [stocked('diploma', DIPLOMA), stocked('welder', WELDER)] });
});

test('a screen that is drawn again before its question came uses up one question, not two', async () => {
  const [first, second] = await Promise.all([ask('diploma'), ask('diploma')]);

  assert.equal(first!.text, DIPLOMA[0]);
  assert.equal(second, first);
  assert.deepEqual(await left(), { diploma: 1, welder: 1 });
});

test('another question is another one, and after an answer so is the same', async () => {
  const first = await ask('diploma');
  assert.equal((await ask('welder'))!.text, WELDER[0]);
  first!.answered = true;
  assert.equal((await ask('diploma'))!.text, DIPLOMA[1]);
  assert.deepEqual(await left(), { diploma: 0, welder: 0 });
});

test('where none is left there is still what it asks for', async () => {
  await keep('questions', { language: 'en', at: 0, list: [stocked('diploma', [])] });

  const asked = await ask('diploma');

  assert.equal(asked!.text, undefined);
  assert.equal(asked!.question.type, '');
  assert.equal(await ask('welder'), undefined);
});
