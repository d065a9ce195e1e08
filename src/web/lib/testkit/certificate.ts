import { encodeBase64Url } from '../base64url.ts';
import { decodeBase64Url } from '../base64url.ts';
import { concat, fromHex, sha256, utf8, type Bytes } from '../bytes.ts';
import type { SigningKey } from '../keys.ts';

/** A leaf certificate for tests. The signature on it is a dummy: a wallet has no anchor to check it with. */
export async function certificate(
  key: SigningKey, options: { dnsNames?: string[]; subject?: string; issuer?: string; notBefore?: string; notAfter?: string } = {},
): Promise<{ der: Bytes; x5c: string[]; hash: string }> {
  const { dnsNames = [], subject = 'Harbour Yard', issuer = 'Test Authority', notBefore = '200101000000Z', notAfter = '20600101000000Z' } = options;
  const name = (text: string): Bytes => sequence(der(0x31, sequence(der(6, fromHex('55040a')), der(0x0c, utf8(text)))));
  const algorithm = sequence(der(6, fromHex('2a8648ce3d040302')));
  const { x, y } = key.publicJwk;
  const publicKey = sequence(
    sequence(der(6, fromHex('2a8648ce3d0201')), der(6, fromHex('2a8648ce3d030107'))),
    der(3, concat(Uint8Array.of(0, 4), decodeBase64Url(x), decodeBase64Url(y))));
  const names = sequence(...dnsNames.map(dns => der(0x82, utf8(dns))));
  const extensions = der(0xa3, sequence(sequence(der(6, fromHex('551d11')), der(4, names))));
  const time = (text: string): Bytes => der(text.length === 13 ? 0x17 : 0x18, utf8(text));
  const body = sequence(der(0xa0, der(2, Uint8Array.of(2))), der(2, Uint8Array.of(1)), algorithm, name(issuer), sequence(time(notBefore), time(notAfter)), name(subject), publicKey, extensions);
  const whole = sequence(body, algorithm, der(3, new Uint8Array(65)));
  return { der: whole, x5c: [btoa(String.fromCharCode(...whole))], hash: encodeBase64Url(await sha256(whole)) };
}

function sequence(...parts: Bytes[]): Bytes {
  return der(0x30, concat(...parts));
}

function der(tag: number, content: Bytes): Bytes {
  const length = content.length < 0x80 ? [content.length] : content.length < 0x100 ? [0x81, content.length] : [0x82, content.length >> 8, content.length & 255];
  return concat(Uint8Array.of(tag, ...length), content);
}
