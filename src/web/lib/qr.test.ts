import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodeQR } from 'qr/decode.js';
import { encodeQr, qrPath } from './qr.ts';
import { refuses } from './testkit/refuses.ts';

test('a code that is drawn is read again by the scanner\'s decoder', () => {
  const text = 'IDP:' + 'A1B2C3 $%*+-./:'.repeat(40);
  const code = encodeQr(text, 'L');
  const scale = 4;
  const side = (code.size + 8) * scale;
  const data = new Uint8ClampedArray(side * side * 4).fill(255);
  code.rows.forEach((row, y) => row.forEach((dark, x) => {
    if (dark) for (let i = 0; i < scale * scale; i++) data.fill(0, ((((y + 4) * scale + Math.floor(i / scale)) * side) + (x + 4) * scale + (i % scale)) * 4, ((((y + 4) * scale + Math.floor(i / scale)) * side) + (x + 4) * scale + (i % scale)) * 4 + 3);
  }));
  assert.equal(decodeQR({ width: side, height: side, data }), text);
});

test('620 bytes in Base45 fit version 17, 830 version 20, as planned', () => {
  assert.equal(encodeQr('IDP:' + 'A'.repeat(930)).version, 17);
  assert.equal(encodeQr('IDP:' + 'A'.repeat(1245)).version, 20);
});

test('what does not fit the largest version asked is refused', () => refuses(() => encodeQr('A'.repeat(2000), 'L', 20), 'too_large'));

test('the path covers exactly the dark modules', () => {
  const code = encodeQr('HELLO');
  const covered = [...qrPath(code).matchAll(/h(\d+)v/g)].reduce((sum, [, length]) => sum + Number(length), 0);
  assert.equal(covered, code.rows.flat().filter(Boolean).length);
});
