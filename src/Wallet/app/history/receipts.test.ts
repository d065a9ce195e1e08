import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JsonObject } from '../../../web/lib/json.ts';
import { signJws } from '../../../web/lib/jws.ts';
import { bareJwk, generateKeyPair, signingKey, thumbprintText } from '../../../web/lib/keys.ts';
import type { Outside } from '../../../web/lib/outside.ts';
import { digestOf, signShowing } from '../../../web/lib/receipt/shown.ts';
import type { Event } from '../store/history.ts';
import { lookForReceipts as look, mayAsk } from './receipts.ts';

const NOW = 1_790_000_000_000;
const HOUR = 3600_000;
const FROM = 'https://check.example';
const NOTHING = { verdicts: [], unfit: false };
const [holder, verifier] = [await signingKey(await generateKeyPair()), await signingKey(await generateKeyPair())];
const key = await thumbprintText(verifier.publicJwk);

/** A code that was shown in answer to a question, `hours` ago. */
async function showing(id: string, hours: number): Promise<Event> {
  const line = await signShowing({ asker: '', standing: 'public_page', key, purpose: '', type: 'urn:identity:qualification:1', claims: ['title'], issued: 'issued', shown: id, question: 'IDC:…' }, NOW / 1000, holder);
  return { id, at: NOW - hours * HOUR, way: 'code', outcome: 'shared', asker: '', verified: 'who.public_page', purpose: '', shared: [{ vct: '', issuer: '', claims: [], line }], key, from: FROM };
}

/** In a register that names nobody each key stands for itself. */
const lookForReceipts = (events: readonly Event[], from: Outside, found: (event: Event) => Promise<void>, signal = new AbortController().signal): Promise<void> => look(events, from, found, signal, async () => undefined);

async function receiptOf(shown: string): Promise<string> {
  const claims: JsonObject = { iss: FROM, jti: 'a', iat: NOW / 1000, checked_at: NOW / 1000, type: '', asked: [], shown: [], entry: await digestOf('issued'), presentation: await digestOf(shown), outcome: 'valid', reason: 'valid', binding: 'challenge', data_age: {} };
  return signJws({ typ: 'identity-check-receipt+jwt', jwk: { ...bareJwk(verifier.publicJwk) } }, claims, verifier);
}

/** Where receipts are asked for; `there` are by what was shown. */
function outside(there: Readonly<Record<string, string>>, asked: string[] = []): Outside {
  return {
    fetch: async url => {
      asked.push(url);
      for (const [shown, receipt] of Object.entries(there)) if (url === `${FROM}/receipts/${await digestOf(shown)}`) return new Response(receipt);
      return new Response('', { status: 404 });
    },
    now: () => NOW / 1000, random: length => new Uint8Array(length), development: false,
  };
}

test('a receipt of a scanner that came home after three days can be had: it is asked for 96 hours long', async () => {
  assert.equal(mayAsk(await showing('a', 30), NOTHING, NOW), true);
  assert.equal(mayAsk(await showing('a', 95), NOTHING, NOW), true);
  assert.equal(mayAsk(await showing('a', 96), NOTHING, NOW), false);
});

test('of several showings each that has its receipt now is told, and what has none or is too old holds nothing up', async () => {
  const [asked, found]: [string[], Event[]] = [[], []];
  const events = [await showing('none', 1), await showing('there', 90), await showing('old', 97), { ...await showing('online', 1), way: 'online' as const }];

  await lookForReceipts(events, outside({ there: await receiptOf('there'), old: await receiptOf('old') }, asked), async event => { found.push(event); });

  assert.deepEqual(found.map(({ id, receipts }) => [id, receipts?.length]), [['there', 1]]);
  assert.equal(asked.length, 2);
  await lookForReceipts(found, outside({}, asked), async () => assert.fail('asked again'));
  assert.equal(asked.length, 2);
});

test('Attack_a_receipt_about_another_showing_or_by_another_key_is_not_taken', async () => {
  const fail = async (): Promise<void> => assert.fail('taken');
  await lookForReceipts([await showing('mine', 1)], outside({ mine: await receiptOf('other') }), fail);
  await lookForReceipts([{ ...await showing('mine', 1), key: await thumbprintText(holder.publicJwk) }], outside({ mine: await receiptOf('mine') }), fail);
});

test('nothing more is asked, and nothing kept, once the person has left', async () => {
  const leaving = new AbortController();
  const asked: string[] = [];
  const from = outside({ a: await receiptOf('a') }, asked);
  const gone: Outside = { ...from, fetch: async (url, init) => { leaving.abort(); return from.fetch(url, init); } };

  await lookForReceipts([await showing('a', 1), await showing('b', 1)], gone, async () => assert.fail('kept'), leaving.signal);
  assert.equal(asked.length, 1);
});
