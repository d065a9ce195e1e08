import type { Bytes } from '../bytes.ts';
import { refuse } from '../refusal.ts';
import type { ClaimValue, IssuerPart } from './credential.ts';

/** A proof whose holder signature and claims hold together; who the issuer is, and what its status is, is another question. */
export interface CompactPresentation {
  readonly issuer: IssuerPart;
  /** By claim key. */
  readonly claims: ReadonlyMap<number, ClaimValue>;
  /** SHA-256 of the challenge it answers. */
  readonly binding: Bytes;
}

export function isProof(text: string): boolean {
  return text.startsWith('IDP:');
}

/** Reads `IDP:…`, recomputes the root, verifies the holder's signature. Refusals `malformed`, `too_large`, `root_mismatch`, `bad_signature`. */
export async function parseProof(_text: string): Promise<CompactPresentation> {
  return refuse('unsupported', 'not ready');
}
