import assert from 'node:assert/strict';
import { test } from 'node:test';
import { toNumberText, toQrText } from '../../../web/lib/recovery/code.ts';
import { belongs } from './belongs.ts';

const OWN = 'https://wallet.example';
const OFFER = 'openid-credential-offer://?credential_offer_uri=https%3A%2F%2Fissuer.example%2Foffer';
const REQUEST = 'openid4vp://?client_id=x509_hash%3Ax&request_uri=https%3A%2F%2Fverifier.example%2Frequest';
const CARD = 'IDM:' + 'A'.repeat(43);

test('each field takes its own kind of code', () => {
  assert.equal(belongs(OFFER, 'offer', OWN), undefined);
  assert.equal(belongs(REQUEST, 'question', OWN), undefined);
  assert.equal(belongs(` ${CARD}\n`, 'card', OWN), undefined);
  assert.equal(belongs(toNumberText('123456789'), 'recovery', OWN), undefined);
});

test('a code of another kind is named, so that staff know where it belongs', () => {
  assert.deepEqual(belongs(REQUEST, 'offer', OWN), { kind: 'question' });
  assert.deepEqual(belongs(CARD, 'offer', OWN), { kind: 'card' });
  assert.deepEqual(belongs(OFFER, 'question', OWN), { kind: 'offer' });
  assert.deepEqual(belongs(toNumberText('123456789'), 'card', OWN), { kind: 'recovery' });
  assert.deepEqual(belongs('IDD:ABC', 'question', OWN), { kind: 'paper' });
  assert.deepEqual(belongs(CARD + 'A', 'card', OWN), { kind: 'other' });
  assert.deepEqual(belongs('WIFI:S:somewhere;;', 'card', OWN), { kind: 'other' });
});

test('the sheet itself is never taken, nor a number with something behind it', () => {
  for (const text of [toQrText(new Uint8Array(16)), 'IDN:1234567890', 'IDN:12345678', '123456789']) assert.deepEqual(belongs(text, 'recovery', OWN), { kind: 'other' });
});

test('a web address is never taken for a code', () => {
  assert.deepEqual(belongs('https://pretend.example/#present?client_id=x', 'question', OWN), { kind: 'web', host: 'pretend.example' });
});
