import assert from 'node:assert/strict';
import { test } from 'node:test';
import { classify } from './classify.ts';

const OWN = 'https://wallet.example';
const kind = (text: string): string => classify(text, OWN).kind;

test('offers, questions and challenges are told apart', () => {
  assert.equal(kind('openid-credential-offer://?credential_offer_uri=https%3A%2F%2Fcollege.example%2Foffers%2F1'), 'offer');
  assert.equal(kind('openid4vp://?client_id=x509_hash%3Aabc&request_uri=https%3A%2F%2Fyard.example%2F1'), 'request');
  assert.equal(kind('IDC:ABC'), 'challenge');
  assert.equal(kind(`${OWN}/#offer?credential_offer_uri=https%3A%2F%2Fcollege.example`), 'offer');
  assert.equal(kind(`${OWN}#present?client_id=a&request_uri=b`), 'request');
  assert.equal(kind('  openid4vp://?client_id=a  '), 'request');
});

test('the answer of another wallet, a paper and a code of another system are not questions', () => {
  assert.equal(kind('IDP:ABC'), 'proof');
  assert.equal(kind('IDD:ABC'), 'paper');
  for (const text of ['mdoc:owBjMS4w', 'HC1:6BFOXN', 'did:example:1', 'tel:123']) assert.equal(kind(text), 'foreign', text);
});


test('attack: a look-alike page with an offer behind the hash is refused', () => {
  for (const text of [
    'https://wallet.example.evil.example/#offer?credential_offer_uri=x',
    'https://wallet.example@evil.example/#offer?credential_offer_uri=x',
    'https://wallet.example:444/#offer?credential_offer_uri=x',
    'http://wallet.example/#present?client_id=x',
    'https://wallet.example/other/#offer?credential_offer_uri=x',
    'https://evil.example/?openid4vp://#present?client_id=x',
  ]) assert.equal(kind(text), 'web', text);
});

test('attack: a web page in a code is never followed, and its host is named', () => {
  assert.deepEqual(classify('https://evil.example/pay', OWN), { kind: 'web', host: 'evil.example' });
  assert.equal(kind(`${OWN}/`), 'web');
});

test('attack: other schemes lead nowhere', () => {
  for (const text of ['javascript:alert(1)', 'data:text/html,x', 'file:///etc/passwd', '', 'hello']) assert.equal(kind(text), 'other', text);
});
