import { decodeBase64, encodeBase64Url } from './base64url.ts';
import { equalBytes, fromUtf8, sha256, toHex, type Bytes } from './bytes.ts';
import type { Json } from './json.ts';
import type { PublicJwk } from './keys.ts';
import { decompressPoint } from './p256.ts';
import { refuse } from './refusal.ts';

/** What a wallet reads of a leaf certificate (RFC 5280). Nobody's signature on it has been checked: names in it are a statement of its bearer. */
export interface Certificate {
  /** base64url of the SHA-256 of the DER, as x509_hash has it. */
  readonly hash: string;
  readonly key: PublicJwk;
  readonly dnsNames: readonly string[];
  readonly uris: readonly string[];
  /** Organisation, else common name, of the subject. */
  readonly subject: string | undefined;
  readonly selfIssued: boolean;
  /** Unix seconds. */
  readonly notBefore: number;
  readonly notAfter: number;
}

const OID = { commonName: '550403', organisation: '55040a', alternativeName: '551d11', ecPublicKey: '2a8648ce3d0201', p256: '2a8648ce3d030107' };

/** The leaf of an `x5c` header (RFC 7515 §4.1.6). Refusals `malformed`, `unsupported`. */
export async function readX5cLeaf(x5c: Json | undefined): Promise<Certificate> {
  if (!Array.isArray(x5c) || x5c.length === 0 || x5c.length > 6 || !x5c.every(item => typeof item === 'string' && item.length < 12_000)) return refuse('malformed', 'x5c');
  return readCertificate(decodeBase64(x5c[0] as string));
}

/** Reads a DER certificate with a P-256 key. Refusals `malformed`, `unsupported`. */
export async function readCertificate(der: Bytes): Promise<Certificate> {
  const whole = element(der, 0);
  if (whole.end !== der.length || whole.tag !== 0x30) refuse('malformed', 'certificate');
  const body = children(whole)[0] ?? refuse('malformed', 'certificate');
  const fields = children(body);
  if (fields[0]?.tag === 0xa0) fields.shift();
  const [, , issuer, validity, subject, publicKey] = fields;
  if (!issuer || !validity || !subject || !publicKey) return refuse('malformed', 'certificate fields');
  const [notBefore, notAfter] = children(validity).map(time);
  if (notBefore === undefined || notAfter === undefined) return refuse('malformed', 'certificate validity');

  const extensions = fields.find(field => field.tag === 0xa3);
  const names = extensions ? alternativeNames(extensions) : [];
  return {
    hash: encodeBase64Url(await sha256(der)), key: subjectKey(publicKey), notBefore, notAfter,
    dnsNames: names.filter(name => name.tag === 0x82).map(name => ascii(name.content).toLowerCase()),
    uris: names.filter(name => name.tag === 0x86).map(name => ascii(name.content)),
    subject: attribute(subject, OID.organisation) ?? attribute(subject, OID.commonName),
    selfIssued: equalBytes(issuer.content, subject.content),
  };
}

interface Element { readonly tag: number; readonly content: Uint8Array; readonly end: number }

// DER (X.690 §10.1): definite lengths in their shortest form.
function element(bytes: Uint8Array, at: number): Element {
  const tag = bytes[at];
  const first = bytes[at + 1];
  if (tag === undefined || first === undefined || (tag & 31) === 31) return refuse('malformed', 'DER');
  let start = at + 2;
  let length = first;
  if (first >= 0x80) {
    const size = first & 0x7f;
    if (size < 1 || size > 3 || start + size > bytes.length) refuse('malformed', 'DER length');
    length = bytes.subarray(start, start + size).reduce((sum, byte) => sum * 256 + byte, 0);
    if (length < (size === 1 ? 0x80 : 2 ** (8 * (size - 1)))) refuse('malformed', 'DER length');
    start += size;
  }
  if (start + length > bytes.length) refuse('malformed', 'DER cut short');
  return { tag, content: bytes.subarray(start, start + length), end: start + length };
}

function children(parent: Element): Element[] {
  const found: Element[] = [];
  for (let at = 0; at < parent.content.length;) {
    const child = element(parent.content, at);
    found.push(child);
    at = child.end;
    if (found.length > 200) refuse('too_large', 'DER');
  }
  return found;
}

function subjectKey(info: Element): PublicJwk {
  const [algorithm, bits] = children(info);
  if (!algorithm || bits?.tag !== 3) return refuse('malformed', 'public key');
  const oids = children(algorithm).map(part => toHex(part.content));
  if (oids[0] !== OID.ecPublicKey || oids[1] !== OID.p256) refuse('unsupported', 'certificate key');
  const point = bits.content.subarray(1);
  if (bits.content[0] === 0 && point.length === 65 && point[0] === 4) {
    return { kty: 'EC', crv: 'P-256', x: encodeBase64Url(point.subarray(1, 33)), y: encodeBase64Url(point.subarray(33)) };
  }
  return decompressPoint(point);
}

function alternativeNames(extensions: Element): Element[] {
  const list = children(extensions)[0] ?? refuse('malformed', 'extensions');
  for (const extension of children(list)) {
    const parts = children(extension);
    if (!parts[0] || toHex(parts[0].content) !== OID.alternativeName) continue;
    const value = parts.at(-1)!;
    return children(element(value.content, 0));
  }
  return [];
}

// Name ::= SEQUENCE OF SET OF SEQUENCE { type, value }
function attribute(name: Element, oid: string): string | undefined {
  for (const part of children(name).flatMap(children).map(children)) {
    const [type, value] = part;
    if (!type || !value || toHex(type.content) !== oid) continue;
    if (value.tag === 0x0c) return fromUtf8(value.content);
    if (value.tag === 0x13 || value.tag === 0x16) return ascii(value.content);
  }
  return undefined;
}

// UTCTime and GeneralizedTime as RFC 5280 §4.1.2.5 writes them.
function time(value: Element): number {
  const text = ascii(value.content);
  const [, year, month, day, hour, minute, second] = /^(\d{2}|\d{4})(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})Z$/.exec(text) ?? [];
  if (year === undefined || (value.tag === 0x17 ? year.length !== 2 : value.tag !== 0x18 || year.length !== 4)) return refuse('malformed', 'certificate time');
  const full = year.length === 4 ? Number(year) : Number(year) + (Number(year) < 50 ? 2000 : 1900);
  return Date.UTC(full, Number(month) - 1, Number(day), Number(hour), Number(minute), Number(second)) / 1000;
}

function ascii(bytes: Uint8Array): string {
  if (bytes.some(byte => byte < 0x20 || byte > 0x7e)) refuse('malformed', 'ASCII');
  return fromUtf8(bytes);
}
