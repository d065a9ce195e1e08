import type { PublicJwk } from './keys.ts';
import type { Outside } from './outside.ts';
import { refuse } from './refusal.ts';

export type StatusName = 'valid' | 'invalid' | 'suspended' | 'unknown';
export interface StatusReading {
  readonly status: StatusName;
  readonly value: number;
  /** Unix seconds; when the list was signed, and until when this reading may be shown as current. */
  readonly issuedAt: number;
  readonly goodUntil: number;
}

/** Fetches the list a credential names and reads its entry. `keys`: the issuer's, of which one must have signed. Refusals `bad_signature`, `status_stale`, `status_range`, `malformed`, network codes. */
export async function readStatus(_uri: string, _index: number, _keys: readonly PublicJwk[], _outside: Outside): Promise<StatusReading> {
  return refuse('unsupported', 'not ready');
}
