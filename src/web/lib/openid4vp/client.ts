import { type Jws, verifyJws } from '../jws.ts';
import { thumbprintText } from '../keys.ts';
import { isLoopbackHost } from '../outside.ts';
import { refuse } from '../refusal.ts';
import { readX5cLeaf, type Certificate } from '../x509.ts';

/** Who asks. Nothing here is vouched for: names come from a certificate nobody anchored or from the verifier itself. */
export interface Verifier {
  readonly kind: 'x509_hash' | 'x509_san_dns' | 'redirect_uri';
  /** Host that gets the answer. */
  readonly host: string;
  readonly name: string | undefined;
  readonly certificateHash: string | undefined;
  /** Thumbprint of the key that signed the request: what a registration names. */
  readonly keyThumbprint: string | undefined;
}

/** Splits a client id at its first colon (OpenID4VP 1.0 §5.9). An id without prefix, or with one we do not know, is refused. */
export function splitClientId(clientId: string): { kind: Verifier['kind']; value: string } {
  const colon = clientId.indexOf(':');
  const kind = clientId.slice(0, Math.max(colon, 0));
  const value = clientId.slice(colon + 1);
  if (value === '' || (kind !== 'x509_hash' && kind !== 'x509_san_dns' && kind !== 'redirect_uri')) return refuse('client_not_supported', 'client_id prefix');
  return { kind, value };
}

/**
 * Verifies a signed request by the certificate it brings, and that this certificate is the one its client id names (§5.9.3).
 * Refusals `client_not_supported`, `client_mismatch`, `bad_signature`, `malformed`.
 */
export async function verifySignedClient(request: Jws, clientId: string, responseUri: URL, now: number): Promise<Verifier> {
  const { kind, value } = splitClientId(clientId);
  if (kind === 'redirect_uri') return refuse('client_not_supported', 'redirect_uri with a signed request');
  const leaf = await readX5cLeaf(request.header['x5c']);
  if (!await verifyJws(request, leaf.key)) refuse('bad_signature', 'request');
  if (now < leaf.notBefore || now > leaf.notAfter) refuse('client_mismatch', 'certificate not valid now');
  if (leaf.selfIssued) refuse('client_mismatch', 'certificate signed by itself');
  if (kind === 'x509_hash' && value !== leaf.hash) refuse('client_mismatch', 'x509_hash');
  if (kind === 'x509_san_dns') requireDnsName(leaf, value, responseUri);
  return { kind, host: responseUri.host, name: leaf.subject, certificateHash: leaf.hash, keyThumbprint: await thumbprintText(leaf.key) };
}

/** An unsigned request: only from loopback to loopback, and only to the address that is its name. */
export function checkUnsignedClient(clientId: string, responseUri: URL, responseUriText: string, development: boolean): Verifier {
  const { kind, value } = splitClientId(clientId);
  if (kind !== 'redirect_uri') return refuse('request_not_signed');
  if (!development || !isLoopbackHost(responseUri.hostname)) refuse('request_not_signed', 'outside of development');
  if (value !== responseUriText) refuse('client_mismatch', 'response_uri is not the client id');
  return { kind, host: responseUri.host, name: undefined, certificateHash: undefined, keyThumbprint: undefined };
}

// Exact names only: a wildcard would let one host answer for another.
function requireDnsName(leaf: Certificate, name: string, responseUri: URL): void {
  if (name.includes('*') || !leaf.dnsNames.includes(name)) refuse('client_mismatch', 'x509_san_dns');
  if (responseUri.hostname !== name) refuse('client_mismatch', 'response_uri on another host');
}
