import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sort } from './sort.ts';

test('a credential wrapped by a mail program is put together again', () => {
  assert.deepEqual(sort('\uFEFFeyJh.eyJi.c2ln~ZGlz\r\n Y2xv~\n'), { kind: 'credential', text: 'eyJh.eyJi.c2ln~ZGlzY2xv~' });
});

test('a proof keeps the blanks of its alphabet and loses line breaks', () => {
  assert.deepEqual(sort(' IDP:AB C\nD% '), { kind: 'proof', text: 'IDP:AB CD%' });
});

test('the code of a paper is something to check, too', () => {
  assert.deepEqual(sort('IDD:AB C\nD% '), { kind: 'proof', text: 'IDD:AB CD%' });
});

test('codes that are not for a checker are told apart', () => {
  assert.equal(sort('').kind, 'empty');
  assert.equal(sort('IDC:AB').kind, 'challenge');
  assert.equal(sort('openid-credential-offer://?credential_offer_uri=https%3A%2F%2Fx').kind, 'offer');
  assert.equal(sort('http://localhost:5002/#offer?credential_offer=x').kind, 'offer');
  assert.equal(sort('OPENID4VP://?client_id=x').kind, 'request');
  assert.equal(sort('https://example.org/verify?x=ey').kind, 'web');
  assert.equal(sort('http://example.org/').kind, 'web');
  assert.equal(sort('haip-vp://?client_id=x').kind, 'request');
  for (const text of ['mdoc:owBjMS4w', 'HC1:6BFOXN', 'shc:/5676', 'did:example:1', 'WIFI:S:x;;', 'tel:123']) assert.equal(sort(text).kind, 'foreign', text);
  assert.equal(sort('{"some":"file"}').kind, 'other');
  assert.equal(sort('<html>').kind, 'other');
});
