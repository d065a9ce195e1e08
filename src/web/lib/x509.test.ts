import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodeBase64 } from './base64url.ts';
import { certificate } from './testkit/certificate.ts';
import { keys } from './testkit/people.ts';
import { refuses } from './testkit/refuses.ts';
import { readCertificate, readX5cLeaf } from './x509.ts';

// Made with OpenSSL: P-256, CN and O, SAN of a dNSName, a URI and an address.
const OPENSSL = 'MIIB/TCCAaOgAwIBAgIUMHrqpJTSK9dQd/NO5P4j5xrBXZkwCgYIKoZIzj0EAwIwKjERMA8GA1UEAwwIdmVyaWZpZXIxFTATBgNVBAoMDEhhcmJvdXIgWWFyZDAgFw0yNjExMjIwNDAxMDJaGA8yMDgxMDgyNTA0MDEwMlowKjERMA8GA1UEAwwIdmVyaWZpZXIxFTATBgNVBAoMDEhhcmJvdXIgWWFyZDBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABA0rfooUnil4orirVwtvVSX86ekwJ+hJlzO0C/cazcXhXoiE8BQe6nnLic6IQ086LLi6NYFCsZ7X2laBZ6xPt26jgaQwgaEwHQYDVR0OBBYEFPhGjbS2KF513MsrSYYhyOtACkzUMB8GA1UdIwQYMBaAFPhGjbS2KF513MsrSYYhyOtACkzUMA8GA1UdEwEB/wQFMAMBAf8wTgYDVR0RBEcwRYIQdmVyaWZpZXIuZXhhbXBsZYIOKi53aWxkLmV4YW1wbGWGG2h0dHBzOi8vdmVyaWZpZXIuZXhhbXBsZS9pZIcECgAAATAKBggqhkjOPQQDAgNIADBFAiEAyBPvGF+FVo4ZoE0ec42gLyglkbqMXoD1XzQFjKdCWGACIF5oGaDfn5ZS1z5k5nyWcNfNR51+xYqXonDa1BtZ1TXO';
const OPENSSL_HASH = 'ztS0sEiM_J6OV4agzXl1Av63r5d5-mP4-PSLMyTc_iU';
const RSA = 'MIIB9jCCAV+gAwIBAgIUFfZuQN+Z1T0wZJQhPSQvws2g9DMwDQYJKoZIhvcNAQELBQAwDDEKMAgGA1UEAwwBcjAgFw0yNjExMjIwNDAxMDJaGA8yMDgxMDgyNTA0MDEwMlowDDEKMAgGA1UEAwwBcjCBnzANBgkqhkiG9w0BAQEFAAOBjQAwgYkCgYEA1/IAR75kiJEiBxTn+syhnHFy0MO1dW33VhgeXALvCYJoWSwZ513cV1nPNg9Q4+2jMILuRSk4O9xY8r2dN7OeJ8Al4xz0ONwFVJ6M6T4VVdb6JNQnq5X+S2nw94EpsC+oq+dmxGgQ9ru1o6MtoHNf8tiHTKzDBrsNwzlwWRlOdCsCAwEAAaNTMFEwHQYDVR0OBBYEFAiyTktfB31oqXg1tTUh+xaHWVQnMB8GA1UdIwQYMBaAFAiyTktfB31oqXg1tTUh+xaHWVQnMA8GA1UdEwEB/wQFMAMBAf8wDQYJKoZIhvcNAQELBQADgYEAMkUQpAcpyxzjZy80r7c7gipQWPRtnDqVgakYqT07ebQGlU/PvjjBNDR/SUXhQfxop7VMhvTr7CXQ37unT1A+I8/TkSiXwYWnHzSsSLw0ZYKkWn6hVX9rYER4BU3AhKy96m94W1/3R2itzcwXBqYfjtYEz0jA5TPYOy2ziapDJdQ=';

test('a certificate made by OpenSSL is read', async () => {
  const leaf = await readCertificate(decodeBase64(OPENSSL));
  assert.equal(leaf.hash, OPENSSL_HASH);
  assert.deepEqual(leaf.dnsNames, ['verifier.example', '*.wild.example']);
  assert.deepEqual(leaf.uris, ['https://verifier.example/id']);
  assert.equal(leaf.subject, 'Harbour Yard');
  assert.equal(leaf.selfIssued, true);
  assert.ok(leaf.notBefore < 2_000_000_000 && leaf.notAfter > 2_500_000_000);
});

test('the fields of our own certificate come back', async () => {
  const [key] = await keys(1);
  const made = await certificate(key!, { dnsNames: ['A.example'], notAfter: '20600101000000Z' });
  const leaf = await readX5cLeaf(made.x5c);
  assert.deepEqual(leaf.key, key!.publicJwk);
  assert.deepEqual([leaf.hash, leaf.dnsNames, leaf.selfIssued, leaf.notAfter], [made.hash, ['a.example'], false, Date.UTC(2060, 0, 1) / 1000]);
});

test('attack: x5c that is no list of certificates, cut short, or with bytes left over', async () => {
  const [key] = await keys(1);
  const { der, x5c } = await certificate(key!);
  for (const bad of [undefined, [], 'x', [1], ['@@'], Array.from({ length: 7 }, () => x5c[0]!)]) await refuses(() => readX5cLeaf(bad as string[]), 'malformed');
  for (let length = 0; length < der.length; length += 7) await refuses(() => readCertificate(der.slice(0, length)), 'malformed');
  await refuses(() => readCertificate(new Uint8Array([...der, 0])), 'malformed');
});

test('attack: any byte of a certificate changed never throws anything but a refusal', async () => {
  const [key] = await keys(1);
  const { der } = await certificate(key!, { dnsNames: ['a.example'] });
  for (let i = 0; i < der.length; i++) {
    const bad = der.slice();
    bad[i]! ^= 0x81;
    await readCertificate(bad).catch(error => assert.equal((error as Error).name, 'Refusal'));
  }
});

test('a certificate with another kind of key is unsupported', () => refuses(() => readCertificate(decodeBase64(RSA)), 'unsupported'));
